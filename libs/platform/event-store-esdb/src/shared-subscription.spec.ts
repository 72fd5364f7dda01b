import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Batch,
  categoryOf,
  type Recorded,
  type SubscribeOptions,
  type Position,
  START,
  asPosition,
} from '#event-store';
import { aCause, newEvents } from '#testing';
import { SharedSubscription } from './shared-subscription.js';

const at = (position: Position, stream: string): Recorded => {
  const [made] = newEvents([{ type: 'Happened', data: { position } }], aCause());
  if (!made) throw new Error('no event');
  return { ...made, stream, revision: 0, position, recordedAt: 0 };
};

/** A log that yields its events to each subscriber, and then new ones. */
class Log {
  readonly events: Recorded[] = [];
  /** The start and the categories of each subscription so far. */
  readonly read: { readonly after: Position; readonly categories: readonly string[] }[] = [];
  open = 0;
  private wake = Promise.withResolvers<undefined>();
  private failure: Error | undefined;
  private reported: Error | undefined;

  add(...streams: string[]) {
    for (const stream of streams) this.events.push(at(asPosition(this.events.length + 1), stream));
    this.notify();
  }

  /** All that are reading now fail. */
  fail() {
    this.failure = new Error('the connection is lost');
    this.notify();
    this.failure = undefined;
  }

  async *subscribe(after: Position, { categories = [], signal }: SubscribeOptions): AsyncIterable<Batch> {
    this.read.push({ after, categories });
    this.open++;
    signal.addEventListener('abort', () => this.notify());
    let [position, isTold] = [after, false];
    try {
      for (;;) {
        const news = this.after(position, categories);
        if (news.length === 0 && isTold) await this.change(signal);
        else {
          position = asPosition(this.events.length);
          isTold = true;
          yield { events: news, position, caughtUp: true };
        }
        if (signal.aborted) return;
      }
    } finally {
      this.open--;
    }
  }

  private after(position: Position, categories: readonly string[]) {
    return this.events.slice(Number(position)).filter(({ stream }) => categories.includes(categoryOf(stream)));
  }

  private async change(signal: AbortSignal) {
    if (!signal.aborted) await this.wake.promise;
    if (this.reported) throw this.reported;
  }

  private notify() {
    this.reported = this.failure;
    this.wake.resolve(undefined);
    this.wake = Promise.withResolvers();
  }
}

describe('subscribers that share a reading', () => {
  let log: Log;
  let shared: SharedSubscription;
  let stop: AbortController;

  beforeEach(() => {
    log = new Log();
    shared = new SharedSubscription((after, options) => log.subscribe(after, options));
    stop = new AbortController();
  });

  /** Reads in the background; `until` resolves when so many events have come. */
  const reader = (categories: string[], after: Position = START) => {
    const seen: Position[] = [];
    let position = after;
    let failure: unknown;
    let wake = Promise.withResolvers<undefined>();
    const changed = () => {
      wake.resolve(undefined);
      wake = Promise.withResolvers();
    };
    const run = async () => {
      try {
        for await (const batch of shared.batches(after, { categories, signal: stop.signal })) {
          seen.push(...batch.events.map((event) => event.position));
          ({ position } = batch);
          changed();
        }
      } catch (error) {
        failure = error;
      }
      changed();
    };
    const done = run();
    const until = async (what: () => boolean) => {
      while (!what()) await wake.promise;
    };
    return { seen, done, until, position: () => position, failure: () => failure };
  };

  it('all get their own, each once, in order, by one subscription', async () => {
    log.add('order-1', 'stock-1', 'order-2');
    const [orders, both] = [reader(['order']), reader(['order', 'stock'])];
    await Promise.all([orders.until(() => orders.seen.length === 2), both.until(() => both.seen.length === 3)]);
    log.add('stock-2');
    log.add('order-3', 'customer-1');
    log.add('order-4');
    await Promise.all([orders.until(() => orders.seen.length === 4), both.until(() => both.seen.length === 6)]);
    expect(orders.seen).toEqual([1, 3, 5, 7]);
    expect(both.seen).toEqual([1, 2, 3, 4, 5, 7]);
    expect(log.open).toBe(1);
  });

  it('a newcomer from before reads alone until it has caught up, and misses nothing', async () => {
    log.add('order-1', 'order-2');
    const first = reader(['order']);
    await first.until(() => first.seen.length === 2);
    const late = reader(['order']);
    await late.until(() => late.seen.length === 2);
    log.add('order-3');
    await Promise.all([first.until(() => first.seen.length === 3), late.until(() => late.seen.length === 3)]);
    expect(late.seen).toEqual([1, 2, 3]);
    expect(log.open).toBe(1);
  });

  it('begin where the log is, however long ago their own last event was', async () => {
    log.add('location-1', ...Array.from({ length: 1_000 }, (_, n) => `order-${n}`));
    const rare = reader(['location']);
    await rare.until(() => rare.position() === asPosition(1_001));
    const often = reader(['order'], asPosition(990));
    await often.until(() => often.seen.length === 11);
    log.add('order-1', 'location-1');
    await Promise.all([rare.until(() => rare.seen.length === 2), often.until(() => often.seen.length === 12)]);
    expect([rare.seen, often.seen.at(-1)]).toEqual([[1, 1_003], 1_002]);
    expect(log.read.slice(2).every(({ after }) => after >= asPosition(1_001))).toBe(true);
  });

  it('a newcomer with other interests is served, too', async () => {
    const orders = reader(['order']);
    log.add('order-1');
    await orders.until(() => orders.seen.length === 1);
    const stock = reader(['stock']);
    log.add('stock-1', 'order-2');
    await Promise.all([orders.until(() => orders.seen.length === 2), stock.until(() => stock.seen.length === 1)]);
    log.add('stock-2', 'order-3');
    await Promise.all([orders.until(() => orders.seen.length === 3), stock.until(() => stock.seen.length === 2)]);
    expect([orders.seen, stock.seen]).toEqual([
      [1, 3, 5],
      [2, 4],
    ]);
    expect(log.open).toBe(1);
  });

  it('one that stays behind for long reads by itself, and misses nothing', async () => {
    const quick = reader(['order']);
    log.add('order-0');
    await quick.until(() => quick.seen.length === 1);
    const slow = shared.batches(START, { categories: ['order'], signal: stop.signal })[Symbol.asyncIterator]();
    const seen: Position[] = [];
    const take = async () => {
      const { value } = (await slow.next()) as { value: Batch };
      seen.push(...value.events.map(({ position }) => position));
    };
    while (seen.length < 1) await take();
    log.add('order-0');
    while (seen.length < 2) await take(); // from the tail
    for (let round = 0; round < 12; round++) {
      log.add(...Array.from({ length: 400 }, (_, n) => `order-${n}`));
      await quick.until(() => quick.seen.length === log.events.length);
    }
    while (seen.length < log.events.length) await take();
    expect(seen).toEqual(log.events.map(({ position }) => position));
    expect(quick.seen).toEqual(seen);
  });

  it('a failure reaches all, and they can subscribe again', async () => {
    const [one, other] = [reader(['order']), reader(['order'])];
    log.add('order-1');
    await Promise.all([one.until(() => one.seen.length === 1), other.until(() => other.seen.length === 1)]);
    log.add('order-2');
    await Promise.all([one.until(() => one.seen.length === 2), other.until(() => other.seen.length === 2)]);
    log.fail();
    await Promise.all([one.done, other.done]);
    expect([one.failure(), other.failure()]).toEqual([expect.any(Error), expect.any(Error)]);
    const again = reader(['order'], asPosition(2));
    log.add('order-3');
    await again.until(() => again.seen.length === 1);
    expect(again.seen).toEqual([3]);
  });

  it('nothing is read any more when all have gone', async () => {
    const [one, other] = [reader(['order']), reader(['stock'])];
    log.add('order-1', 'stock-1');
    await Promise.all([one.until(() => one.seen.length === 1), other.until(() => other.seen.length === 1)]);
    stop.abort();
    await Promise.all([one.done, other.done]);
    await new Promise(setImmediate);
    expect(log.open).toBe(0);
    expect([one.failure(), other.failure()]).toEqual([undefined, undefined]);
  });
});
