import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { aLocation, as, staff, url } from '../api.fixture.js';
import { compressAnswers } from './compression.js';
import { sendTagged } from './conditional.js';

/** Sends what `fetch` would not, and leaves the answer as it came. */
const raw = (path: string, acceptEncoding: string | undefined, method = 'GET') =>
  new Promise<{ headers: Readonly<Record<string, unknown>>; body: Buffer }>((resolve, reject) => {
    const headers = {
      ...as(`*,network:read,feed:read,${path}${acceptEncoding}`),
      ...(acceptEncoding && { 'accept-encoding': acceptEncoding }),
    };
    const sent = request(url + path, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end();
  });

const LARGE = '/problems';

describe('a large answer', () => {
  it.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
    ['gzip', 'br;q=0, GZIP;q=0.5', gunzipSync],
  ])('is compressed with %s for a caller that accepts %s', async (encoding, accepted, decompress) => {
    const plain = await raw(LARGE, undefined);
    const { headers, body } = await raw(LARGE, accepted);
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-length': String(body.length),
      vary: 'accept-encoding',
    });
    expect(body.length).toBeLessThan(plain.body.length / 3);
    expect(decompress(body).equals(plain.body)).toBe(true);
  });

  it.each([undefined, 'identity', 'deflate'])('is not compressed for a caller that accepts %s', async (accepted) => {
    const { headers, body } = await raw(LARGE, accepted);
    expect(headers).toMatchObject({ 'content-length': String(body.length), vary: 'accept-encoding' });
    expect(headers).not.toHaveProperty('content-encoding');
  });

  it('has the same headers when only these are asked for', async () => {
    const { headers } = await raw(LARGE, 'gzip');
    const head = await raw(LARGE, 'gzip', 'HEAD');
    expect(head.body).toHaveLength(0);
    expect(head.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': headers['content-length'] });
  });
});

describe('an answer with an entity tag', () => {
  const server = fastify();
  compressAnswers(server);
  server.get<{ Params: { length: number } }>('/:length', (asked, reply) =>
    sendTagged(asked, reply, '"12"', { text: 'a'.repeat(asked.params.length) }),
  );
  let address: string;
  beforeAll(async () => {
    address = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());
  const get = async (path: string, headers: Readonly<Record<string, string>>) => {
    const answer = await fetch(address + path, { headers: { 'accept-encoding': 'identity', ...headers } });
    return { status: answer.status, ...Object.fromEntries(answer.headers) };
  };

  it('has a weak one when it is compressed, because its bytes are others', async () => {
    expect(await get('/2000', { 'accept-encoding': 'gzip' })).toMatchObject({ etag: 'W/"12"' });
    expect(await get('/2000', {})).toMatchObject({ etag: '"12"' });
  });

  it('says that it depends on the accepted encoding, small or large, changed or not', async () => {
    const vary = 'accept-encoding';
    expect(await get('/10', { 'accept-encoding': 'gzip' })).toMatchObject({ vary });
    expect(await get('/2000', {})).toMatchObject({ vary });
    expect(await get('/2000', { 'if-none-match': 'W/"12"' })).toMatchObject({ status: 304, vary });
  });
});

describe('an answer that is not compressed, although the caller accepts it', () => {
  it('is a small one', async () => {
    const { headers } = await raw('/health/live', 'gzip, br');
    expect(headers).not.toHaveProperty('content-encoding');
  });

  it('is an event stream', async () => {
    const end = new AbortController();
    const headers = { ...staff, 'accept-encoding': 'gzip, br' };
    const answer = await fetch(`${url}/v1/feed`, { headers, signal: end.signal });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('content-encoding')).toBeNull();
    end.abort();
  });

  it('is that to a batch, whose lines come one by one', async () => {
    const line = { id: 'l-1', command: 'RegisterLocation', data: aLocation };
    const lines = Array.from({ length: 30 }, () => JSON.stringify(line)).join('\n');
    const answer = await fetch(`${url}/v1/commands`, {
      method: 'POST',
      headers: { ...staff, 'content-type': 'application/x-ndjson', 'accept-encoding': 'gzip, br' },
      body: lines,
    });
    expect((await answer.text()).length).toBeGreaterThan(1_500);
    expect(answer.headers.get('content-encoding')).toBeNull();
  });
});
