import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Batch, type Recorded, type SubscribeOptions, asPosition, type Position, START } from '#event-store';
import { LogTail } from './log-tail.js';

const at = (position: Position, stream = 'order-1') => ({ position, stream }) as Recorded;
const batch = (events: readonly Recorded[], position = events.at(-1)?.position ?? START, caughtUp = true): Batch => ({
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

  async *read(_after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
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
  let tail: LogTail;

  beforeEach(() => {
    source = new Source();
    tail = new LogTail(['order', 'stock'], asPosition(10), (after, options) => source.read(after, options));
  });

  const reader = (after: Position, categories: string[], batchSize = 500) => {
    const options = { categories, batchSize, signal: new AbortController().signal };
    const batches = tail.batches(after, options)[Symbol.asyncIterator]();
    return async () => (await batches.next()) as { done: boolean; value: Batch };
  };
  const positions = ({ value }: { value: Batch }) => value.events.map(({ position }) => position);

  it('tells each reader what it has not seen, wherever that is', async () => {
    const behind = reader(asPosition(10), ['order']);
    source.give(batch([at(asPosition(11)), at(asPosition(12)), at(asPosition(13))]));
    expect(positions(await behind())).toEqual([11, 12, 13]);
    expect(positions(await reader(asPosition(12), ['order'])())).toEqual([13]);
    const ahead = reader(asPosition(15), ['order'])();
    source.give(batch([at(asPosition(14)), at(asPosition(15)), at(asPosition(16))]));
    expect(positions(await ahead)).toEqual([16]);
    expect(positions(await behind())).toEqual([14, 15, 16]);
  });

  it('cuts what there is into batches, and says which is the last', async () => {
    const next = reader(asPosition(10), ['order'], 2);
    source.give(batch([at(asPosition(11)), at(asPosition(12)), at(asPosition(13), 'stock-1'), at(asPosition(14))]));
    expect(await next()).toMatchObject({ value: { position: asPosition(12), caughtUp: false } });
    expect(await next()).toEqual({ done: false, value: batch([at(asPosition(14))]) });
  });

  it('is no more caught up than what it reads', async () => {
    const next = reader(asPosition(10), ['order']);
    source.give(batch([at(asPosition(11))], asPosition(11), false));
    expect(await next()).toMatchObject({ value: { caughtUp: false } });
    source.give(batch([at(asPosition(12))]));
    expect(await next()).toMatchObject({ value: { caughtUp: true } });
  });

  it('tells a reader that nothing is for of its position when the log is silent, and every now and then', async () => {
    const next = reader(asPosition(10), ['stock']);
    const silent = next();
    source.give(batch([at(asPosition(11))]), batch([], asPosition(12)));
    expect(await silent).toEqual({ done: false, value: batch([], asPosition(12)) });
    const skipped = next();
    const others = Array.from({ length: 1_025 }, (_, index) => at(asPosition(13 + index)));
    source.give(batch(others.slice(0, 1_024)), batch(others.slice(1_024)));
    expect(await skipped).toEqual({ done: false, value: batch([], asPosition(1_037)) });
  });

  it('has what comes after its beginning, of what it reads', () => {
    expect([
      tail.has(asPosition(10), ['order']),
      tail.has(asPosition(9), ['order']),
      tail.has(asPosition(10), ['customer']),
    ]).toEqual([true, false, false]);
  });

  it('lets its readers go when it retires, and ends with the last', async () => {
    const next = reader(asPosition(10), ['order']);
    source.give(batch([at(asPosition(11))]));
    await next();
    const waiting = next();
    tail.retire();
    expect(await waiting).toMatchObject({ done: true });
    expect(tail.has(asPosition(11), ['order'])).toBe(false);
    expect(source.options?.signal.aborted).toBe(true);
  });
});
