import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BatchCommand } from '#client';
import { KontorClient } from './client.js';
import { BatchSender } from './send-batches.js';
import { settle } from './settle.js';
import { Progress } from './terminal.js';

let server: Server;
let client: KontorClient;
/** The requests to the API, and its answers: a text is a body, a number a bare status, undefined closes the connection. */
let requests: string[];
let answers: (string | number | undefined)[];

beforeEach(async () => {
  requests = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push(body);
      const answer = answers.shift();
      if (answer === undefined) request.socket.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new KontorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'key');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const line = (id: string): BatchCommand => ({ command: 'ReceiveStock', id, data: {} });
const results = (...all: { line: number; status: number; repeated?: boolean; code?: string }[]) =>
  all.map((one) => `${JSON.stringify(one)}\n`).join('');
const idsOf = (body: string | undefined) =>
  (body ?? '')
    .trim()
    .split('\n')
    .map((text) => (JSON.parse(text) as BatchCommand).id);

describe('a batch', () => {
  const send = (...ids: string[]) =>
    new BatchSender(client, new Progress('Sending', 'commands', ids.length)).send(ids.map(line));

  it('is counted line by line', async () => {
    answers = [
      results({ line: 1, status: 200 }, { line: 2, status: 200, repeated: true }, { line: 3, status: 409, code: 'no' }),
    ];
    const sent = await send('a', 'b', 'c');
    expect(sent).toEqual({
      accepted: 1,
      repeated: 1,
      refused: [{ id: 'c', command: 'ReceiveStock', reason: 'no', code: 'no' }],
    });
  });

  it('names what is wrong with a command once', async () => {
    const errors = [{ field: 'lines.0.quantity', message: 'must not be less than 1' }];
    const detail = 'lines.0.quantity: must not be less than 1';
    answers = [`${JSON.stringify({ line: 1, status: 400, code: 'validation-failed', detail, errors })}\n`];
    expect(await send('a')).toMatchObject({ refused: [{ reason: `validation-failed · ${detail}` }] });
  });

  it('is sent again for the lines that could not be carried out now', async () => {
    answers = [results({ line: 1, status: 200 }, { line: 2, status: 503 }), results({ line: 1, status: 200 })];
    expect(await send('a', 'b')).toMatchObject({ accepted: 2, refused: [] });
    expect(idsOf(requests[1])).toEqual(['b']);
  });

  it('is sent again for the lines without an answer, with the same ids', async () => {
    answers = [undefined, 503, results({ line: 1, status: 200 }, { line: 2, status: 200 })];
    expect(await send('a', 'b')).toMatchObject({ accepted: 2 });
    expect(requests.map(idsOf)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('is not repeated when the API refuses it as a whole', async () => {
    answers = [403];
    await expect(send('a')).rejects.toMatchObject({ status: 403 });
  });
});

describe('waiting for the consumers', () => {
  const status = (head: number, lag: number) =>
    JSON.stringify({ head, consumers: [{ name: 'one', position: head, lag }] });

  it('ends when all events are handled and no new ones have followed', async () => {
    answers = [status(10, 3), status(10, 0), status(12, 0), status(12, 0), status(99, 0)];
    await settle(client);
    expect(requests).toHaveLength(4);
  });

  it('goes on while the API cannot tell, or does not answer', async () => {
    answers = [status(10, 3), 503, undefined, status(10, 0), status(10, 0)];
    await settle(client);
    expect(requests).toHaveLength(5);
  });

  it('ends with what the API refuses', async () => {
    answers = [403];
    await expect(settle(client)).rejects.toMatchObject({ status: 403 });
  });
});
