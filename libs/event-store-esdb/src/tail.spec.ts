import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Batch, type Recorded, type SubscribeOptions } from '#event-store';
import { Tail } from './tail.js';

const at = (position: number, stream = 'order-1') => ({ position, stream }) as Recorded;
const batch = (events: readonly Recorded[], position = events.at(-1)?.position ?? 0, caughtUp = true): Batch => ({
  events,
  position,
  caughtUp,
});

/** A subscription that delivers what it is given. */
class Source {
  options: SubscribeOptions | undefined;
  private given: Batch[] = [];
  private wake = Promise.withResolvers<undefined>();

  give(...batches: Batch[]) {
    this.given.push(...batches);
    this.wake.resolve(undefined);
  }

  async *read(_after: number, options: SubscribeOptions): AsyncIterable<Batch> {
    this.options = options;
    for (;;) {
      for (const one of this.given.splice(0)) yield one;
      await this.wake.promise;
      this.wake = Promise.withResolvers();
    }
  }
}

describe('a tail', () => {
  let source: Source;
  let tail: Tail;

  beforeEach(() => {
    source = new Source();
    tail = new Tail(['order', 'stock'], 10, (after, options) => source.read(after, options));
  });

  const reader = (after: number, categories: string[], batchSize = 500) => {
    const options = { categories, batchSize, signal: new AbortController().signal };
    const batches = tail.batches(after, options)[Symbol.asyncIterator]();
    return async () => (await batches.next()) as { done: boolean; value: Batch };
  };
  const positions = ({ value }: { value: Batch }) => value.events.map(({ position }) => position);

  it('tells each reader what it has not seen, wherever that is', async () => {
    const behind = reader(10, ['order']);
    source.give(batch([at(11), at(12), at(13)]));
    expect(positions(await behind())).toEqual([11, 12, 13]);
    expect(positions(await reader(12, ['order'])())).toEqual([13]);
    const ahead = reader(15, ['order'])();
    source.give(batch([at(14), at(15), at(16)]));
    expect(positions(await ahead)).toEqual([16]);
    expect(positions(await behind())).toEqual([14, 15, 16]);
  });

  it('cuts what there is into batches, and says which is the last', async () => {
    const next = reader(10, ['order'], 2);
    source.give(batch([at(11), at(12), at(13, 'stock-1'), at(14)]));
    expect(await next()).toMatchObject({ value: { position: 12, caughtUp: false } });
    expect(await next()).toEqual({ done: false, value: batch([at(14)]) });
  });

  it('is no more caught up than what it reads', async () => {
    const next = reader(10, ['order']);
    source.give(batch([at(11)], 11, false));
    expect(await next()).toMatchObject({ value: { caughtUp: false } });
    source.give(batch([at(12)]));
    expect(await next()).toMatchObject({ value: { caughtUp: true } });
  });

  it('tells a reader that nothing is for of its position when the log is silent, and every now and then', async () => {
    const next = reader(10, ['stock']);
    const silent = next();
    source.give(batch([at(11)]), batch([], 12));
    expect(await silent).toEqual({ done: false, value: batch([], 12) });
    const skipped = next();
    const others = Array.from({ length: 1_025 }, (_, index) => at(13 + 10 * index));
    source.give(batch(others.slice(0, 1_024)), batch(others.slice(1_024)));
    expect(await skipped).toEqual({ done: false, value: batch([], 10_253) });
  });

  it('has what comes after its beginning, of what it reads', () => {
    expect([tail.has(10, ['order']), tail.has(9, ['order']), tail.has(10, ['customer'])]).toEqual([true, false, false]);
  });

  it('lets its readers go when it retires, and ends with the last', async () => {
    const next = reader(10, ['order']);
    source.give(batch([at(11)]));
    await next();
    const waiting = next();
    tail.retire();
    expect(await waiting).toMatchObject({ done: true });
    expect(tail.has(11, ['order'])).toBe(false);
    expect(source.options?.signal.aborted).toBe(true);
  });
});
