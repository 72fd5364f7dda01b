import { EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { TestEventStore } from '../support/test-event-store.js';
import { until } from '../support/until.js';
import { EventStoreProxy } from './event-store-proxy.js';
import { type Requests } from './event-store-requests.js';

let store: TestEventStore;
let proxy: EventStoreProxy;
let client: EventStoreDBClient;

beforeEach(async () => {
  store = await TestEventStore.start();
  proxy = await EventStoreProxy.start(store.url);
  client = EventStoreDBClient.connectionString(proxy.url);
});

afterEach(async () => {
  await client.dispose();
  await proxy.stop();
  await store.stop();
});

const happened = (count: number, text = '') =>
  Array.from({ length: count }, (_, index) => jsonEvent({ type: 'Happened', data: { index, text } }));

const all = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** A subscription to `$all` until it is dropped. */
const follow = (name: string) => {
  const seen: string[] = [];
  const dropped = (async () => {
    for await (const { event } of client.subscribeToAll({ fromPosition: START }))
      if (event?.streamId === name) seen.push(event.id);
  })().catch((error: unknown) => error);
  return { seen, dropped };
};

it('the proxy passes on appends and reads, also large ones', async () => {
  const events = happened(40, 'x'.repeat(20_000));
  await client.appendToStream('thing-1', events);
  const read = await all(client.readStream('thing-1'));
  expect(read.map(({ event }) => event?.id)).toEqual(events.map(({ id }) => id));
});

it('the proxy passes on errors with their details', async () => {
  await client.tombstoneStream('thing-1');
  const reading = all(client.readStream('thing-1'));
  await expect(reading).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'thing-1' });
});

it('the proxy drops subscriptions like a server with a slow reader, and leaves other calls alone', async () => {
  const [first, second] = [follow('thing-1'), follow('thing-1')];
  const events = happened(3);
  await client.appendToStream('thing-1', events);
  const ids = events.map(({ id }) => id);
  await until(() => first.seen.length === 3 && second.seen.length === 3, { for: 'both to have all events' });
  proxy.drop();
  for (const { dropped, seen } of [first, second]) {
    await expect(dropped).resolves.toMatchObject({ message: expect.stringMatching(/^10 ABORTED: .*too slow/) });
    expect(seen).toEqual(ids);
  }
  expect(proxy.drops).toBe(2);
  await client.appendToStream('thing-1', happened(1));
  expect(await all(client.readStream('thing-1'))).toHaveLength(4);
});

it('connections keep working however often subscriptions with much to deliver are dropped', async () => {
  for (let count = 0; count < 20; count++) await client.appendToStream('thing-1', happened(100, 'x'.repeat(5_000)));
  for (let drops = 0; drops < 20; drops++) {
    const { seen, dropped } = follow('thing-1');
    await until(() => seen.length > 10 * drops, { for: 'some events', everyMs: 0 });
    proxy.drop();
    await expect(dropped).resolves.toMatchObject({ message: expect.stringContaining('ABORTED') });
  }
  expect(await all(client.readStream('thing-1'))).toHaveLength(2_000);
});

it('the proxy counts requests by kind', async () => {
  const expected: Requests = { appends: 2, events: 5, streamReads: 1, allReads: 1, subscriptions: 1 };
  await client.appendToStream('thing-1', happened(2));
  await client.appendToStream('thing-2', happened(3));
  await all(client.readStream('thing-1'));
  await all(client.readAll({ maxCount: 3 }));
  const { seen, dropped } = follow('thing-2');
  await until(() => seen.length === 3, { for: 'the events' });
  expect(proxy.requests).toEqual(expected);
  proxy.drop();
  await dropped;
});

it('the proxy finds the event store again after a restart', async () => {
  await client.appendToStream('thing-1', happened(1));
  await store.stop('SIGKILL');
  await expect(all(client.readAll())).rejects.toThrow();
  await store.start();
  const isBack = () => client.appendToStream('thing-2', happened(1)).then(({ success }) => success);
  await until(isBack, { for: 'an append to be stored' });
});
