import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { freePort } from '#database';
import { checkPort } from './ports.js';

it('a port that is in use leads to an error', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    await expect(checkPort(port, '127.0.0.1')).rejects.toThrow(
      `Port ${port} is in use: stop what uses it, or choose another with --port`,
    );
  } finally {
    other.close();
  }
});

it('a free port can be used', async () => {
  await expect(checkPort(await freePort(), '127.0.0.1')).resolves.toBeUndefined();
});
