import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { NoiseMakers, NOISES } from './noise.js';
import { TestEventStore } from './test-event-store.js';
import { until } from './until.js';

let store: TestEventStore;
let client: EventStoreDBClient;

beforeEach(async () => {
  store = await TestEventStore.start();
  client = EventStoreDBClient.connectionString(store.url);
});

afterEach(async () => {
  await client.dispose();
  await store.stop();
});

/** The event types in a stream, with links resolved. */
const typesIn = async (stream: string) => {
  const types: (string | undefined)[] = [];
  for await (const { event } of client.readStream(stream, { resolveLinkTos: true })) types.push(event?.type);
  return types;
};

it('noise has events of another application, of the server and of the standard projections', async () => {
  const metadata = { correlationId: 'one' };
  await client.appendToStream('stock-1', [
    jsonEvent({ type: 'StockReceived', data: {}, metadata }),
    jsonEvent({ type: 'StockIssued', data: {}, metadata }),
  ]);
  const noise = new NoiseMakers(store.url, NOISES);
  try {
    const both = ['StockReceived', 'StockIssued'];
    await until(async () => (await typesIn('$bc-one')).length > 1, { for: 'links by correlation' });
    expect(await typesIn('$ce-stock')).toEqual(both);
    expect(await typesIn('$bc-one')).toEqual(both);
    expect(await typesIn('$et-StockIssued')).toEqual(['StockIssued']);
    expect(await typesIn('$category-stock')).toEqual(['$@']);
    await until(async () => (await typesIn('$stats-127.0.0.1:2113')).length > 1, { for: 'statistics' });
    await until(async () => (await typesIn('foreign-1')).length > 100, { for: 'foreign events' });
    await until(async () => (await typesIn('$ce-inventory')).length > 100, { for: 'links to foreign events' });
    expect(new Set(await typesIn('$streams'))).toEqual(new Set(['StockReceived', 'ItemCounted']));
  } finally {
    await noise.stop();
  }
});

it('noise goes on after the event store was killed, and can be stopped while the store is frozen', async () => {
  const noise = new NoiseMakers(store.url, ['foreign']);
  const hasForeignEvents = async () => (await typesIn('foreign-1')).length > 0;
  await until(hasForeignEvents, { for: 'foreign events' });
  await store.stop('SIGKILL');
  await store.start();
  await until(hasForeignEvents, { for: 'foreign events after the restart', withinMs: 30_000 });
  store.signal('SIGSTOP');
  await noise.stop();
  store.signal('SIGCONT');
});
