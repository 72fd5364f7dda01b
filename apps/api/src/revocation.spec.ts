import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aDelivery, aLocation, app, as, revoked, send, url } from './api.fixture.js';
import { Feed } from './feed/feed.js';

afterEach(() => revoked.clear());

const openFeed = (key: string, end = new AbortController()) =>
  fetch(`${url}/v1/feed`, { headers: as(key), signal: end.signal });

describe('a feed', () => {
  it('ends within a second of the revocation of its key, while others go on', async () => {
    const [key, end] = ['shop-1,feed:read', new AbortController()];
    const [feed, other] = await Promise.all([openFeed(key), openFeed('shop-2,feed:read', end)]);
    revoked.add(key);
    const since = performance.now();
    await feed.text();
    expect(performance.now() - since).toBeLessThan(1000);
    const reader = other.body?.getReader();
    await expect(reader?.read()).resolves.toMatchObject({ done: false });
    end.abort();
  });

  it('is one of at most twenty of its key', () => {
    const feed = app.get(Feed);
    const principal = { keyId: 'k', channel: 'web', scopes: new Set<string>(), isStaff: false };
    for (let i = 0; i < 20; i++) feed.takePlace(principal);
    expect(() => feed.takePlace(principal)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    expect(feed.takePlace({ ...principal, keyId: 'another' })).toBeDefined();
  });
});

it('a batch answers 401 to the lines that come after the revocation of its key', async () => {
  await send('RegisterLocation', aLocation);
  const key = 'shop-5,stock:write';
  const batch = request(`${url}/v1/commands`, {
    method: 'POST',
    headers: { ...as(key), 'content-type': 'application/x-ndjson' },
  });
  const line = (id: string) => `${JSON.stringify({ command: 'ReceiveStock', id, data: { ...aDelivery, ref: id } })}\n`;
  batch.write(line('1'));
  const [response] = (await once(batch, 'response')) as [IncomingMessage];
  const answers = createInterface(response)[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await answers.next()).value)) as object;
  expect(await next()).toMatchObject({ line: 1, status: 200 });
  revoked.add(key);
  let answer: object = { status: 200 };
  for (let number = 2; 'status' in answer && answer.status === 200; number++) {
    batch.write(line(String(number)));
    answer = await next();
  }
  expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
  batch.end();
  await once(response, 'end');
});
