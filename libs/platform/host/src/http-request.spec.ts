import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requestHttp } from './http-request.js';

let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => answer(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close().closeAllConnections();
});

const post = (body: string, signal = AbortSignal.timeout(5_000)) =>
  requestHttp(`${url}/path`, { method: 'POST', headers: { 'x-name': 'value' }, body, signal });

it('sends what it is given, and tells what comes back', async () => {
  answer = (request, response) => {
    void text(request).then((sent) => {
      const { method, url: path, headers } = request;
      response.writeHead(201).end(JSON.stringify([method, path, headers['x-name'], headers['content-length'], sent]));
    });
  };
  const { status, text: received } = await post('grüße');
  expect(status).toBe(201);
  expect(JSON.parse(received)).toEqual(['POST', '/path', 'value', '7', 'grüße']);
});

it('fails when the answer breaks off', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half of it', () => response.destroy());
  };
  await expect(post('')).rejects.toThrow('other side closed');
});

it('fails with the reason for which it was given up', async () => {
  answer = () => undefined;
  await expect(post('', AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
});

it('fails when nobody listens', async () => {
  const signal = AbortSignal.timeout(5_000);
  await expect(requestHttp('http://127.0.0.1:1', { method: 'GET', headers: {}, signal })).rejects.toThrow(
    'ECONNREFUSED',
  );
});
