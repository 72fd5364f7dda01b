import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { TestServer } from './test-server.fixture.js';
import { grpcFrame } from '#wire';

const STREAMS = '/event_store.client.streams.Streams';

let server: TestServer;
let session: ClientHttp2Session;

beforeAll(async () => {
  server = await TestServer.start();
  session = connect(`http://${server.address}`);
});
afterAll(async () => {
  session.close();
  await server.stop();
});

interface Given {
  headers?: OutgoingHttpHeaders;
  isOpen?: boolean;
}

/** What a call is answered: the headers, and the trailers if they came apart. */
async function call(path: string, frames: Buffer[], { headers = {}, isOpen = false }: Given = {}) {
  const request = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  let trailers: IncomingHttpHeaders = {};
  request.on('error', () => undefined);
  request.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  frames.forEach((frame) => request.write(frame));
  if (!isOpen) request.end();
  const [response] = (await once(request, 'response')) as [IncomingHttpHeaders & { ':status'?: number }];
  request.resume();
  if (response['grpc-status'] === undefined && response[':status'] !== 500) await once(request, 'end');
  request.close();
  return { ...response, ...trailers };
}

const identifier = (name: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(name));
const message = (content: { serializeBinary(): Uint8Array }) => grpcFrame(content.serializeBinary());

function appendOptions(name: string) {
  const options = new streams.AppendReq.Options().setStreamIdentifier(identifier(name)).setAny(new shared.Empty());
  return new streams.AppendReq().setOptions(options);
}

function tombstone(name: string, revision: string) {
  const options = new streams.TombstoneReq.Options().setStreamIdentifier(identifier(name)).setRevision(revision);
  return message(new streams.TombstoneReq().setOptions(options));
}

describe('a call that EventStoreDB cannot serve', () => {
  test.each([
    [`${STREAMS}/Nope`, 'Method is unimplemented.'],
    ['/nope.Nope/Nope', 'Service is unimplemented.'],
    [
      '/event_store.client.projections.Projections/Create',
      'This event store does not offer event_store.client.projections.Projections.',
    ],
  ])('%s: %s', async (path, text) => {
    expect(await call(path, [])).toMatchObject({ 'grpc-status': '12', 'grpc-message': text });
  });

  test('has another content type', async () => {
    expect(await call(`${STREAMS}/Read`, [], { headers: { 'content-type': 'application/json' } })).toMatchObject({
      'grpc-status': '13',
      'grpc-message': "Content-Type 'application/json' is not supported.",
    });
  });

  test.each(['Read', 'Delete'])('%s has no request', async (method) => {
    expect(await call(`${STREAMS}/${method}`, [])).toMatchObject({ 'grpc-message': 'Incomplete message.' });
  });

  test.each([
    ['no messages', []],
    ['garbage', [grpcFrame(Buffer.from('ffffff', 'hex'))]],
    ['an event first', [grpcFrame(Buffer.from('1200', 'hex'))]],
    ['options twice', [message(appendOptions('a')), message(appendOptions('b'))]],
    ['the stream $$', [message(appendOptions('$$'))]],
    ['no stream', [message(appendOptions(''))]],
  ])('Append has %s', async (_, frames) => {
    expect(await call(`${STREAMS}/Append`, frames)).toMatchObject({
      'grpc-status': '2',
      'grpc-message': 'Exception was thrown by handler.',
    });
  });
});

test('an error escapes the percent sign alone, and names what is expected to the digit', async () => {
  expect(await call(`${STREAMS}/Tombstone`, [tombstone('100% a', '9223372036854775807')])).toMatchObject({
    'grpc-message':
      'Delete failed due to WrongExpectedVersion. Stream: 100%25 a, Expected version: 9223372036854775807, Actual version: -1',
    'stream-name': '100% a',
  });
});

test('an error about a stream whose name is no header has no status', async () => {
  const answer = await call(`${STREAMS}/Tombstone`, [tombstone('größe', '5')]);
  expect([answer[':status'], answer['grpc-status']]).toEqual([500, undefined]);
});

test('a compressed message is read', async () => {
  const packed = grpcFrame(gzipSync(appendOptions('packed').serializeBinary()));
  packed[0] = 1;
  expect(await call(`${STREAMS}/Append`, [packed], { headers: { 'grpc-encoding': 'gzip' } })).toMatchObject({
    'grpc-status': '0',
  });
});

test('a call ends at its deadline', async () => {
  const given = { headers: { 'grpc-timeout': '100m' }, isOpen: true };
  expect(await call(`${STREAMS}/Append`, [message(appendOptions('late'))], given)).toMatchObject({
    'grpc-status': '4',
    'grpc-message': 'Deadline Exceeded',
  });
});
