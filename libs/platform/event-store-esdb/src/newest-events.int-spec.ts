import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { asPosition, NO_STREAM, START } from '#event-store';
import { newEvents } from '#testing';
import { TestEventStore } from '../../../../test/support/test-event-store.js';
import { EsdbEventStore } from './index.js';

let server: TestEventStore;
let store: EsdbEventStore;

beforeEach(async () => {
  server = await TestEventStore.start();
  store = EsdbEventStore.connect(server.url);
});
afterEach(async () => {
  await store.close();
  await server.stop('SIGKILL');
});

let streams = 0;
/** @returns the position of the last of them */
const append = async (category: string, count = 1) => {
  const events = newEvents(Array.from({ length: count }, () => ({ type: 'Happened', data: {} })));
  const appended = await store.append(`${category}-${streams++}`, NO_STREAM, events);
  if (appended.outcome !== 'stored') throw new Error(appended.outcome);
  return appended.position;
};

it('knows the newest event of categories, whatever others write', async () => {
  expect(await store.head(['order', 'stock'])).toBe(0);
  const order = await append('order');
  await append('orders-of-others', 10);
  expect(await store.head(['order', 'stock'])).toBe(order);
  const foreign = await append('foreign', 5_000);
  expect(await store.head(['order', 'stock'])).toBe(order);
  expect(await store.head()).toBe(foreign);
  const stock = await append('stock', 3);
  await append('foreign', 100);
  expect([await store.head(['order', 'stock']), await store.head(['order'])]).toEqual([stock, order]);
  expect(await store.head([])).toBe(0);
});

it('does not look through what it has looked through before', async () => {
  const order = await append('order');
  for (let round = 0; round < 40; round++) await append('foreign', 1_000);
  expect(await store.head(['order'])).toBe(order);
  await append('foreign', 1);
  const begun = performance.now();
  for (let round = 0; round < 20; round++) expect(await store.head(['order'])).toBe(order);
  expect((performance.now() - begun) / 20).toBeLessThan(20);
});

it('reads what there is of categories after an event, and knows whether one stands at a position', async () => {
  const first = await append('order');
  await append('foreign', 3);
  const stock = await append('stock');
  const read = [];
  for await (const { position } of store.readAll(first, ['order', 'stock'])) read.push(position);
  expect(read).toEqual([stock]);
  expect([await store.contains(START), await store.contains(first), await store.contains(stock)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(await store.contains(asPosition(1e12))).toBe(false);
});
