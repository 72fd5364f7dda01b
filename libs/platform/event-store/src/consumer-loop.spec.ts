import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventStore, newEvents } from '#testing';
import {
  asPosition,
  ConsumerLoop,
  NO_STREAM,
  LogMismatch,
  START,
  type Batch,
  type Consumer,
  type ConsumerStatus,
} from './index.js';

let store: InMemoryEventStore;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  store = new InMemoryEventStore();
  stop = new AbortController();
  running = Promise.resolve();
});
afterEach(async () => {
  stop.abort();
  await running;
});

const append = async (what: number) => {
  await store.append(`thing-${what}`, NO_STREAM, newEvents([{ type: 'Happened', data: { what } }]));
};

/** A consumer that keeps its position and events together, as a projection does. */
class Memory implements Consumer {
  readonly name = 'memory';
  readonly categories = ['thing'];
  position = START;
  resumes = 0;
  readonly seen: number[] = [];
  /** Called before each batch; throws to fail it. */
  before: (batch: Batch) => void | Promise<void> = () => undefined;

  startOver: (reason: Error) => void = () => undefined;

  resume(startOver: (reason: Error) => void) {
    this.startOver = startOver;
    this.resumes++;
    return Promise.resolve(this.position);
  }

  async handle(batch: Batch) {
    await this.before(batch);
    this.seen.push(...batch.events.map(({ event }) => (event.data as { what: number }).what));
    ({ position: this.position } = batch);
  }
}

/** Runs a loop, and gives a way to wait for a status. */
const start = (memory: Memory, options = {}) => {
  const changes: ConsumerStatus[] = [];
  let changed: () => void = () => undefined;
  const onChange = (status: ConsumerStatus) => {
    changes.push(status);
    changed();
  };
  const loop = new ConsumerLoop(store, memory, { backoff: () => 1, onChange, ...options });
  running = loop.run(stop.signal);
  const until = async (condition: (status: ConsumerStatus) => boolean) => {
    while (!condition(loop.status())) await new Promise<void>((resolve) => (changed = resolve));
  };
  return { loop, until, changes };
};

describe('a consumer loop', () => {
  it('handles existing events, then new ones', async () => {
    await append(0);
    const memory = new Memory();
    const { loop, until } = start(memory);
    await until(({ handledEvents }) => handledEvents === 1);
    await append(1);
    await until(({ handledEvents, state }) => handledEvents === 2 && state === 'live');
    expect(memory.seen).toEqual([0, 1]);
    expect(loop.status()).toMatchObject({ name: 'memory', position: await store.head(), restarts: 0 });
    expect(Date.now() - (loop.status().lastContactAt ?? 0)).toBeLessThan(10_000);
  });

  it('names the command that fixes it when there is no event at the checkpoint', async () => {
    await append(0);
    const memory = new Memory();
    memory.position = asPosition(12_345);
    const { loop, until } = start(memory);
    await until(({ lastError }) => lastError instanceof LogMismatch);
    expect(String(loop.status().lastError)).toContain('kontor consumers reset');
    expect(memory.seen).toEqual([]);
  });

  it('continues from the checkpoint of the consumer', async () => {
    for (const what of [0, 1, 2]) await append(what);
    const memory = new Memory();
    memory.position = store.events[1]?.position ?? START;
    const { until } = start(memory);
    await until(({ state }) => state === 'live');
    expect(memory.seen).toEqual([2]);
  });

  it('continues with the next event when the one at the checkpoint was scavenged', async () => {
    await append(0);
    store.appendAnything('foreign-1', { type: 'Happened', data: {} });
    const memory = new Memory();
    memory.position = await store.head();
    store.appendAnything('foreign-1', { type: 'Happened', data: {} });
    store.setMetadata('foreign-1', { $maxCount: 1 });
    store.scavenge();
    await append(1);
    const { until } = start(memory);
    await until(({ state }) => state === 'live');
    expect(memory.seen).toEqual([1]);
  });

  it('says whether it is catching up or live', async () => {
    for (let what = 0; what < 10; what++) await append(what);
    const { until, changes } = start(new Memory(), { batchSize: 4 });
    await until(({ state }) => state === 'live');
    stop.abort();
    await running;
    expect([...new Set(changes.map(({ state }) => state))]).toEqual(['catching-up', 'live', 'stopped']);
  });

  it.each([
    ['breaks', new Error('cut')],
    ['ends cleanly', undefined],
  ])('goes on without gap or repetition when the subscription %s', async (_, reason) => {
    const memory = new Memory();
    const { until, loop } = start(memory);
    for (let what = 0; what < 20; what++) {
      await append(what);
      if (what % 5 === 0) store.dropSubscriptions(reason);
    }
    await until(({ handledEvents }) => handledEvents === 20);
    expect(memory.seen).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(loop.status().restarts).toBeGreaterThan(0);
  });

  it('delivers a batch again that the consumer could not handle, and says why it waits', async () => {
    const memory = new Memory();
    let failures = 3;
    memory.before = () => {
      if (failures-- > 0) throw new Error('the database is away');
    };
    await append(0);
    const { until, changes } = start(memory);
    await until(({ handledEvents }) => handledEvents === 1);
    expect(memory.seen).toEqual([0]);
    expect(memory.resumes).toBe(4);
    const waiting = changes.filter(({ state }) => state === 'waiting');
    expect(waiting).toHaveLength(3);
    expect(waiting[0]?.lastError).toEqual(new Error('the database is away'));
    expect(changes.at(-1)).toMatchObject({ state: 'live', lastError: undefined, restarts: 3 });
  });

  it('starts over when the consumer has lost handled events, even without new ones', async () => {
    await append(0);
    const memory = new Memory();
    const { until, changes } = start(memory);
    await until(({ state }) => state === 'live');
    memory.position = START;
    memory.startOver(new Error('the database has crashed'));
    await until(({ handledEvents }) => handledEvents === 2);
    expect(memory.seen).toEqual([0, 0]);
    expect(changes.find(({ state }) => state === 'waiting')?.lastError).toEqual(new Error('the database has crashed'));
  });

  it('waits longer after each failure in a row, and little after a success', async () => {
    const failures: number[] = [];
    const memory = new Memory();
    memory.before = () => {
      if (failures.length < 3) throw new Error('away');
    };
    await append(0);
    const { until } = start(memory, { backoff: (n: number) => (failures.push(n), 1) });
    await until(({ handledEvents }) => handledEvents === 1);
    store.dropSubscriptions();
    await until(({ restarts }) => restarts === 4);
    expect(failures).toEqual([1, 2, 3, 1]);
  });

  it('handles one batch at a time, and does not read on without end', async () => {
    for (let what = 0; what < 100; what++) await append(what);
    const memory = new Memory();
    let inside = 0;
    memory.before = async () => {
      expect(++inside).toBe(1);
      await new Promise(setImmediate);
      inside--;
    };
    const { until } = start(memory, { batchSize: 7 });
    await until(({ handledEvents }) => handledEvents === 100);
    expect(memory.seen).toHaveLength(100);
  });

  it('finishes the current batch when it is stopped', async () => {
    await append(0);
    const memory = new Memory();
    memory.before = async () => {
      stop.abort();
      await new Promise(setImmediate);
    };
    const { loop } = start(memory);
    await running;
    expect(memory.seen).toEqual([0]);
    expect(loop.status().state).toBe('stopped');
  });
});
