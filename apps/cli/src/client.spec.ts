import { expect, it } from '@jest/globals';
import { KontorClient } from './client.js';

it('the error of a failed connection names the address', async () => {
  const url = 'http://127.0.0.1:1';
  await expect(new KontorClient(url, 'key').get('/v1/status')).rejects.toThrow(`Nothing answers at ${url}`);
});

it('an address without its protocol is distinguished from one where nothing answers', async () => {
  await expect(new KontorClient('localhost:1', 'key').get('/v1/status')).rejects.toThrow(
    'localhost:1 does not begin with http:// or https://',
  );
});
