import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readChannelsFile } from './channels-file.js';

const folder = mkdtempSync(join(tmpdir(), 'kontor-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: unknown, env: Record<string, string> = {}) => {
  const file = join(folder, 'channels.json');
  writeFileSync(file, JSON.stringify(content));
  return readChannelsFile(file, env);
};
const shop = { name: 'shop', kind: 'webshop', channel: 'web' };

describe('a channels file', () => {
  it('names adapters with their settings, and reads secrets from the environment', () =>
    expect(read({ channels: [{ ...shop, deep: [{ secret: 'env:SHOP_SECRET' }] }] }, { SHOP_SECRET: 's' })).toEqual([
      { ...shop, deep: [{ secret: 's' }] },
    ]));

  it.each<[string, unknown, string]>([
    ['without a list', {}, '"channels" must be a list'],
    [
      'with a name that is no part of a path',
      { channels: [{ ...shop, name: 'My shop' }] },
      'channels[0].name must match',
    ],
    ['with the name of the host’s own path', { channels: [{ ...shop, name: 'channels' }] }, 'channels is reserved'],
    ['with the name of its consumer', { channels: [{ ...shop, name: 'channel-promises' }] }, 'promises is reserved'],
    ['with a name twice', { channels: [shop, shop] }, 'two channels named shop'],
    ['without a kind', { channels: [{ name: 'shop', channel: 'web' }] }, 'shop has no "kind"'],
    ['without a channel', { channels: [{ name: 'shop', kind: 'webshop' }] }, 'shop has no "channel"'],
    ['with a variable that is not set', { channels: [{ ...shop, secret: 'env:NONE' }] }, 'NONE is missing'],
  ])('%s is refused with a reason', (_, content, reason) => expect(() => read(content)).toThrow(reason));
});
