import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from './api-client.js';

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let url: string;
let received: Received;
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received = { method: request.method, path: request.url, headers: request.headers, body };
    if (request.url !== '/silent') response.end('{}');
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close().closeAllConnections());

describe('a client of the API', () => {
  it('sends a command with what its headers say', async () => {
    const client = new ApiClient({ url, key: 'secret' });
    await client.sendCommand(
      'PlaceOrder',
      { orderId: 'o-1' },
      { id: 'k', channel: 'web', occurredAt: 'then', wait: 5 },
    );
    expect(received).toMatchObject({
      method: 'POST',
      path: '/v1/commands/PlaceOrder',
      body: '{"orderId":"o-1"}',
      headers: {
        authorization: 'Bearer secret',
        'content-type': 'application/json',
        'idempotency-key': 'k',
        'kontor-channel': 'web',
        'kontor-occurred-at': 'then',
        prefer: 'wait=5',
      },
    });
  });

  it('acts for its channel, unless a command names another', async () => {
    const client = new ApiClient({ url, key: 'secret', channel: 'web' });
    await client.sendCommand('PlaceOrder', {}, { id: 'k' });
    expect(received.headers['kontor-channel']).toBe('web');
    await client.sendCommand('PlaceOrder', {}, { id: 'k', channel: 'till' });
    expect(received.headers['kontor-channel']).toBe('till');
    await client.request('/v1/orders/o-1');
    expect(received).toMatchObject({ method: 'GET', headers: { 'kontor-channel': 'web' } });
  });

  it('sends a batch as one line for each command', async () => {
    const client = new ApiClient({ url, key: 'secret', channel: 'web' });
    await client.sendBatch([
      { command: 'ReceiveStock', id: 'a', data: { sku: 'MUG' } },
      { command: 'ReceiveStock', id: 'b', data: {}, channel: 'till' },
    ]);
    expect(received.headers['content-type']).toBe('application/x-ndjson');
    expect(received.body.split('\n').map((line) => (line === '' ? line : (JSON.parse(line) as object)))).toEqual([
      { channel: 'web', command: 'ReceiveStock', id: 'a', data: { sku: 'MUG' } },
      { channel: 'till', command: 'ReceiveStock', id: 'b', data: {} },
      '',
    ]);
  });

  it('gives up a request that takes too long', async () => {
    const client = new ApiClient({ url, key: 'secret', timeoutMs: 50 });
    await expect(client.request('/silent')).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
