import { expect, it, jest } from '@jest/globals';
import { type Decider, type Message } from '#kernel';
import { aCause, InMemoryEventStore, plainPersonalData } from '#testing';
import { DeciderRunner, OutcomeUnknown, type Snapshot, type SnapshotStore, type StreamType } from './index.js';

type Count = Message<'Count'>;
type Counted = Message<'Counted'>;

const counter: Decider<number, Count, Counted> = {
  initialState: () => 0,
  decide: () => [{ type: 'Counted', data: {} }],
  evolve: (count) => count + 1,
};
/** Long streams have snapshots, short ones do not. */
const short: StreamType<number, Count, Counted> = {
  category: 'short',
  decider: counter,
  events: { Counted: { version: 1 } },
};
const long: StreamType<number, Count, Counted> = {
  ...short,
  category: 'long',
  snapshot: { version: 1, save: (count) => ({ count }), load: (saved) => (saved as { count: number }).count },
};
const count: Count = { type: 'Count', data: {} };

/** Does not answer appends until the test lets it. */
class StoreThatIsDown extends InMemoryEventStore {
  readonly up = Promise.withResolvers<undefined>();

  override async append(...args: Parameters<InMemoryEventStore['append']>) {
    await this.up.promise;
    return super.append(...args);
  }
}

/** Takes a turn of the event loop for each call. */
class SlowStore extends InMemoryEventStore {
  mostUnderWay = 0;
  eventsRead = 0;
  private underWay = 0;

  override async append(...args: Parameters<InMemoryEventStore['append']>) {
    await this.begin();
    return super.append(...args).finally(() => this.underWay--);
  }

  override async *read(stream: string, from?: number) {
    await this.begin();
    try {
      for await (const recorded of super.read(stream, from)) {
        this.eventsRead++;
        yield recorded;
      }
    } finally {
      this.underWay--;
    }
  }

  private begin() {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    return new Promise(setImmediate);
  }
}

const inMemorySnapshots = (): SnapshotStore => {
  const saved = new Map<string, Snapshot>();
  return {
    load: (stream) => Promise.resolve(saved.get(stream)),
    save: (stream, snapshot) => {
      saved.set(stream, structuredClone(snapshot));
      return Promise.resolve();
    },
  };
};

const ids = (n: number) => Array.from({ length: n }, (_, index) => String(index));

it('has few streams under way at once, however many commands come together, and carries all of them out', async () => {
  const store = new SlowStore();
  const runner = new DeciderRunner(store, plainPersonalData, undefined, { concurrency: 8 });
  await Promise.all(ids(300).map((id) => runner.run(short, id, count, aCause())));
  expect(store.mostUnderWay).toBe(8);
  expect(store.events).toHaveLength(300);
});

it('tells callers that wait too long for others that the outcome is unknown, and stores nothing of what they sent', async () => {
  const store = new StoreThatIsDown();
  const runner = new DeciderRunner(store, plainPersonalData, undefined, { concurrency: 1, maxWaitMs: 1 });
  const asked = runner.run(short, '1', count, aCause());
  await expect(runner.run(short, '2', count, aCause())).rejects.toThrow(OutcomeUnknown);
  await expect(runner.cachedState(short, '3')).rejects.toThrow(OutcomeUnknown);
  store.up.resolve(undefined);
  await asked;
  await runner.run(short, '2', count, aCause());
  expect(store.events.map(({ stream, revision }) => [stream, revision])).toEqual([
    ['short-1', 0],
    ['short-2', 0],
  ]);
});

it('refuses only those of a stream that have waited too long, not those that have just come', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  try {
    const store = new StoreThatIsDown();
    const runner = new DeciderRunner(store, plainPersonalData, undefined, { concurrency: 1, maxWaitMs: 15_000 });
    const asked = runner.run(short, '1', count, aCause());
    const early = expect(runner.run(short, '2', count, aCause())).rejects.toThrow(OutcomeUnknown);
    await jest.advanceTimersByTimeAsync(14_000);
    const justCame = runner.run(short, '2', count, aCause());
    await jest.advanceTimersByTimeAsync(1_000);
    await early;
    store.up.resolve(undefined);
    await Promise.all([asked, justCame]);
    expect(store.events.map(({ stream }) => stream)).toEqual(['short-1', 'short-2']);
  } finally {
    jest.useRealTimers();
  }
});

it('keeps long streams in memory while many short ones come and go', async () => {
  const store = new SlowStore();
  const runner = new DeciderRunner(store, plainPersonalData, undefined, { cacheBytes: 20_000 });
  for (const id of ids(3)) await runner.run(long, id, count, aCause());
  for (const id of ids(100)) await runner.run(short, id, count, aCause());
  const { reads } = store;
  for (const id of ids(3)) await runner.run(long, id, count, aCause());
  expect(store.reads).toBe(reads);
});

it('reads a bounded number of events again for each command when nothing stays in memory', async () => {
  const store = new SlowStore();
  const runner = new DeciderRunner(store, plainPersonalData, inMemorySnapshots(), { cacheBytes: 1 });
  for (let round = 0; round < 200; round++) for (const id of ids(3)) await runner.run(long, id, count, aCause());
  expect(store.events).toHaveLength(600);
  expect(store.eventsRead / store.events.length).toBeLessThan(40);
});
