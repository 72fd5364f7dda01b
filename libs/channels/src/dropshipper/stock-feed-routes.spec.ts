import { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from '@jest/globals';
import { createHttpHost, listenAt, MetricsRegistry } from '#host/service';
import { stockFeedRoutes } from './stock-feed-routes.js';
import { type ReceivedFeed, type StockFeed } from './stock-feed.js';

const NOW = Date.parse('2026-11-30T12:00:00.000Z');

let app: FastifyInstance;
afterEach(() => app.close());

/** Sends a feed of one SKU to a location whose clock stands at {@link NOW}. */
const sendFeed = async (query: string) => {
  const received: ReceivedFeed[] = [];
  const record = (feed: ReceivedFeed) => Promise.resolve(void received.push(feed)).then(() => ({}));
  app = createHttpHost({ metrics: new MetricsRegistry(), checkReadiness: () => Promise.resolve({ troubles: [] }) });
  const clock = { now: () => NOW, sleep: () => Promise.resolve() };
  await app.register(
    (scoped, _, done) => {
      stockFeedRoutes(scoped, { record } as unknown as StockFeed, { clock });
      done();
    },
    { prefix: '/acme' },
  );
  const url = `${await listenAt(app, '127.0.0.1', 0)}/acme/stock?mode=full&${query}`;
  const headers = { 'content-type': 'text/csv' };
  const answer = await fetch(url, { method: 'POST', headers, body: 'sku,quantity\nMUG,1\n' });
  const { title } = (await answer.json()) as { title?: string };
  return { status: answer.status, title, received };
};

it.each([
  ['asOf=2026-11-30T08:00:00Z', '2026-11-30T08:00:00.000Z'],
  ['asOf=2026-11-30T08:00:00%2B02:00', '2026-11-30T06:00:00.000Z'],
  ['asOf=2026-11-30T18:00:00Z', '2026-11-30T12:00:00.000Z'],
  ['', '2026-11-30T12:00:00.000Z'],
])('a feed with "%s" is of %s', async (query, asOf) => {
  const { status, received } = await sendFeed(query);
  expect([status, received]).toMatchObject([200, [{ asOf, sequence: Date.parse(asOf) }]]);
});

it.each(['2026-02-30T08:00:00Z', '2026-11-30T08:00:00', '11/30/2026', '30', '0001-01-01T00:00:00Z'])(
  'a time that is %s is refused, because it can be read in two ways or not at all',
  async (asOf) => {
    expect(await sendFeed(`asOf=${encodeURIComponent(asOf)}`)).toEqual({
      status: 400,
      title: 'asOf must be a time with its offset from UTC, such as 2026-11-30T08:00:00Z (in a URL, + is %2B)',
      received: [],
    });
  },
);
