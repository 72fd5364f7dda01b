import { beforeEach, expect, it } from '@jest/globals';
import { InMemoryEventStore, newEvents } from '#testing';
import {
  type Batch,
  InMemoryView,
  NO_STREAM,
  type Recorded,
  restoreViews,
  START,
  StoredView,
  type ViewContent,
} from './index.js';

class Names extends InMemoryView {
  override readonly name = 'names';
  readonly seen: string[] = [];

  constructor(category = 'person') {
    super([{ category, events: { Named: { version: 1 } } }]);
  }

  protected override fold({ event }: Recorded) {
    this.seen.push((event.data as { name: string }).name);
  }
}

/** Stores as JSON, as a database does. */
const inMemoryStore = () => {
  const saved = new Map<string, string>();
  return {
    isAway: false,
    load(view: string): Promise<ViewContent | undefined> {
      if (this.isAway) return Promise.reject(new Error('no database'));
      const text = saved.get(view);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as ViewContent));
    },
    async save(view: string, { position, events }: ViewContent) {
      const before = (await this.load(view))?.events ?? [];
      saved.set(view, JSON.stringify({ position, events: [...before, ...events] }));
    },
  };
};

let log: InMemoryEventStore;
let stored: ReturnType<typeof inMemoryStore>;

const append = (stream: string, name: string) =>
  log.append(stream, NO_STREAM, newEvents([{ type: 'Named', data: { name } }]));

const newestOfAll = () => Promise.resolve(log.events.at(-1)?.position ?? START);

const batchOf = async (category: string): Promise<Batch> => ({
  events: log.events.filter(({ stream }) => stream.startsWith(`${category}-`)),
  position: await log.head(),
  caughtUp: true,
});

/** A view that has followed the log and was stored. */
const follow = async () => {
  const view = new StoredView(new Names(), stored, 0);
  await view.handle(await batchOf('person'));
  await new Promise(setImmediate);
  return view;
};

beforeEach(async () => {
  log = new InMemoryEventStore();
  stored = inMemoryStore();
  await append('person-1', 'Ada');
  await append('order-1', 'not a person');
  await append('person-2', 'Bob');
});

it('begins with what is stored, and reads the log from there', async () => {
  await follow();
  const view = new Names();
  await restoreViews([view], stored, log);
  expect(view.seen).toEqual(['Ada', 'Bob']);
  expect(await view.resume()).toBe(await log.head());
});

it('stores the position, too, while nothing happens that it follows', async () => {
  const view = await follow();
  await append('order-2', 'not a person');
  await view.handle({ events: [], position: await log.head(), caughtUp: true });
  await new Promise(setImmediate);
  const restored = new Names();
  await restoreViews([restored], stored, log);
  expect(await restored.resume()).toBe(await log.head());
});

it('goes on with the next event when the one at the stored position was scavenged', async () => {
  log.appendAnything('foreign-1', { type: 'Happened', data: {} });
  await follow();
  log.appendAnything('foreign-1', { type: 'Happened', data: {} });
  await append('person-3', 'Eve');
  log.setMetadata('foreign-1', { $maxCount: 1 });
  log.scavenge();
  const view = new Names();
  await restoreViews([view], stored, log);
  expect(view.seen).toEqual(['Ada', 'Bob']);
  const followed: string[] = [];
  for await (const { stream } of log.readAll(await view.resume(), view.categories)) followed.push(stream);
  expect(followed).toEqual(['person-3']);
});

it('looks for newer events from there, not from the end of a log that may have millions of others', async () => {
  await follow();
  const view = new Names();
  await restoreViews([view], stored, log);
  log.head = (categories) => (categories ? Promise.reject(new Error('The whole log is searched')) : newestOfAll());
  expect(await view.waitUntilCaughtUp(log, 0)).toBe(true);
  const appended = await append('person-3', 'Eve');
  await append('order-3', 'not a person');
  expect(await view.newestPositionIn(log)).toBe('position' in appended && appended.position);
  expect(await view.waitUntilCaughtUp(log, 0)).toBe(false);
});

it('stores later what could not be stored', async () => {
  stored.isAway = true;
  const view = await follow();
  stored.isAway = false;
  await view.onHeartbeat();
  const restored = new Names();
  await restoreViews([restored], stored, log);
  expect(restored.seen).toEqual(['Ada', 'Bob']);
});

it.each<[string, () => Names]>([
  ['nothing is stored', () => new Names()],
  ['it follows other streams now', () => new Names('order')],
  [
    'the log is another one',
    () => {
      log = new InMemoryEventStore();
      return new Names();
    },
  ],
  [
    'the database does not answer',
    () => {
      stored.isAway = true;
      return new Names();
    },
  ],
])('reads the log from its beginning when %s', async (reason, prepare) => {
  if (reason !== 'nothing is stored') await follow();
  const view = prepare();
  await restoreViews([view], stored, log);
  expect(view.seen).toEqual([]);
  expect(await view.resume()).toBe(START);
});
