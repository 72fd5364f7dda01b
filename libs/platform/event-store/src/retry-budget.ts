import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';

const DELAYS = { firstMs: 50, maxMs: 2_000 };

/** The time for which something may be tried again, with pauses that grow from 50 ms to 2 s. */
export class RetryBudget {
  private readonly endsAt: number;
  private tries = 0;

  constructor(ms: number) {
    this.endsAt = performance.now() + ms;
  }

  get isSpent() {
    return performance.now() > this.endsAt;
  }

  /** Pauses before the next try. @returns false, at once, when the budget is spent */
  async waitForNextTry(): Promise<boolean> {
    if (this.isSpent) return false;
    await pause(retryDelayMs(++this.tries, DELAYS));
    return true;
  }
}
