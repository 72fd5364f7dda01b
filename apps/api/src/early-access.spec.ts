import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { app, url } from './api.fixture.js';
import { checkBeforeBody } from './http/early-access.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Routes } from './http/routes.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const open = async (...lines: string[]): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(lines.join('\r\n'));
  return socket;
};

const statusOf = async (socket: Socket) => String((await once(socket, 'data'))[0]).slice(9, 12);

const unfinished = (path: string, ...headers: string[]) =>
  open(`POST ${path} HTTP/1.1`, 'Host: kontor', 'Content-Length: 900000', ...headers, '', '{"sku":');

it.each([
  ['without a key', '/v1/commands/ReceiveStock', ['Content-Type: application/json'], '401'],
  ['with a wrong key', '/v1/commands/ReceiveStock', ['Authorization: Bearer nobody'], '401'],
  ['of a batch without a key', '/v1/commands', ['Content-Type: application/x-ndjson'], '401'],
  ['to a path that does not exist', '/v1/nothing', ['Content-Type: application/json'], '404'],
  ['to a webhook that takes no such type', '/v1/webhooks/payments', ['Content-Type: application/json'], '415'],
  [
    'to a webhook that is larger than webhooks are',
    '/v1/webhooks/payments',
    ['Content-Type: application/vnd.kontor.payment+json'],
    '413',
  ],
])('a body %s is not waited for', async (_, path, headers, status) => {
  expect(await statusOf(await unfinished(path, ...headers))).toBe(status);
});

it('a connection that is late with its headers is ended', async () => {
  const server = app.getHttpServer() as { headersTimeout: number };
  expect(server.headersTimeout).toBe(10_000);
  server.headersTimeout = 200;
  const since = performance.now();
  const socket = await open('POST /v1/commands/ReceiveStock HTTP/1.1', 'Host: kontor', '');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408/);
  expect(performance.now() - since).toBeLessThan(5_000);
  server.headersTimeout = 10_000;
});

it('a body that does not arrive in time is ended, and a batch is not', async () => {
  const server = fastify();
  const problems = new ProblemFilter(new Routes());
  checkBeforeBody(server, { access: { authenticateEarly: () => Promise.resolve() }, problems, bodyTimeoutMs: 100 });
  server.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  server.post('/body', () => 'taken');
  server.post('/batch', (request) => text(request.body as Readable));
  await server.listen({ port: 0, host: '127.0.0.1' });
  const port = (server.server.address() as AddressInfo).port;
  const send = (path: string, type: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: ReadableStream.from(slowly()).pipeThrough(new TextEncoderStream()),
      duplex: 'half',
    });
  await expect(send('/body', 'application/json')).rejects.toThrow();
  await expect((await send('/batch', 'application/x-ndjson')).text()).resolves.toBe('{"a":1}');
  await server.close();
});

async function* slowly() {
  yield '{"a"';
  await pause(400);
  yield ':1}';
}
