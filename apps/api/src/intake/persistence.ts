import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';
import { answerTo } from '../http/problem.js';
import { StreamQueue } from '../commands/stream-queue.js';

const DELAYS = { firstMs: 100, maxMs: 5_000 };
/** Of errors that nobody foresaw: a defect does not go away, and others wait behind it. */
const TRIES = 3;

/** The partition is somebody else's: whatever this was about is theirs. */
export class NoLongerOurs extends Error {
  override name = 'NoLongerOurs';
}

/** An answer that says `later` is none: the log or the database is away, or has not said what it did. */
const isLater = (error: unknown) => answerTo(error)?.document['retryable'] === true;

/**
 * Does it until there is an answer, with growing pauses, however long the log or the database are away.
 * @throws what it throws that is final, and NoLongerOurs
 */
export const persistently = async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
  let defects = 0;
  for (let tries = 1; ; tries++) {
    if (signal.aborted) throw new NoLongerOurs('The partition has been taken over');
    try {
      return await work();
    } catch (error) {
      const isDefect = answerTo(error) === undefined;
      if (isDefect ? ++defects >= TRIES : !isLater(error)) throw error;
    }
    await pause(retryDelayMs(tries, DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
  }
};

/** What waits for its stream waits as long as the one before it is tried again. */
export class PersistentOrder extends StreamQueue {
  constructor(private readonly signal: AbortSignal) {
    super();
  }

  override enqueue<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    return super.enqueue(stream, () => persistently(work, this.signal));
  }
}
