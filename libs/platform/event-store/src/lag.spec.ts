import { expect, it } from '@jest/globals';
import { InMemoryEventStore, newEvents } from '#testing';
import { measureLag, MAX_COUNTED_EVENTS } from './lag.js';
import { NO_STREAM } from './port.js';
import { START } from './position.js';

const events = (count: number) => newEvents(Array.from({ length: count }, () => ({ type: 'Happened', data: {} })));

it('counts the events of the categories alone, whatever others have written', async () => {
  const store = new InMemoryEventStore();
  await store.append('stock-1', NO_STREAM, events(3));
  await store.append('foreign-1', NO_STREAM, events(50));
  expect(await measureLag(store, START, ['stock'])).toMatchObject({ events: 3 });
  expect(await measureLag(store, await store.head(['stock']), ['stock'])).toEqual({ events: 0, seconds: 0 });
});

it('counts up to a maximum', async () => {
  const store = new InMemoryEventStore();
  await store.append('stock-1', NO_STREAM, events(MAX_COUNTED_EVENTS + 5));
  expect(await measureLag(store, START, ['stock'])).toMatchObject({ events: MAX_COUNTED_EVENTS });
});
