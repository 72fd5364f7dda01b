import { createServer } from 'node:http2';
import { type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { EsdbEventStore } from './index.js';

it('lets the server send much ahead of reads, so that they do not wait for each other in every round trip', async () => {
  const server = createServer();
  const asked = new Promise<readonly (number | undefined)[]>((resolve) =>
    server.on('stream', ({ session }) =>
      resolve([session?.state.remoteWindowSize, session?.remoteSettings.initialWindowSize]),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const store = EsdbEventStore.connect(`esdb://127.0.0.1:${(server.address() as AddressInfo).port}?tls=false`);
  const reading = store.head().catch(() => undefined);
  try {
    for (const bytes of await asked) expect(bytes).toBeGreaterThanOrEqual(16 * 1024 * 1024);
  } finally {
    await store.close();
    server.close();
    await reading;
  }
});
