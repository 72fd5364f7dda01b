import { setTimeout as sleep } from 'node:timers/promises';
import { KeyedQueue, retryDelayMs } from '#kernel';
import { commandFailureOf } from '#registry';
import { Problem } from '../http/problem.js';

const RETRY_DELAYS = { firstMs: 100, maxMs: 5_000 };
/** Attempts after unexpected errors: a defect does not go away, and other commands wait behind it. */
const MAX_DEFECTS = 3;

/** Another member of the consumer group has taken over the partition, and carries out the command. */
export class PartitionReassigned extends Error {
  override name = 'PartitionReassigned';
}

/**
 * Repeats `work` with growing pauses until it has an answer, however long the log or the database is unavailable.
 * @throws PartitionReassigned when `signal` aborts
 * @throws Error of `work` that is final
 */
export const retryUntilAnswered = async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
  let defects = 0;
  for (let attempts = 1; ; attempts++) {
    if (signal.aborted) throw new PartitionReassigned('Another member has taken over the partition');
    try {
      return await work();
    } catch (error) {
      const failure = error instanceof Problem ? 'final' : commandFailureOf(error);
      if (failure === 'final' || (failure === 'defect' && ++defects >= MAX_DEFECTS)) throw error;
    }
    await sleep(retryDelayMs(attempts, RETRY_DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
  }
};

/** A queue in which a command to a stream is repeated until it is answered, before the next to the stream begins. */
export class RetryingQueue extends KeyedQueue {
  constructor(private readonly signal: AbortSignal) {
    super();
  }

  override enqueue<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    return super.enqueue(stream, () => retryUntilAnswered(work, this.signal));
  }
}
