import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';

const DELAYS = { firstMs: 50, maxMs: 2_000 };

/** How long something is tried again, with growing pauses. */
export class Patience {
  private readonly until: number;
  private tries = 0;

  constructor(ms: number) {
    this.until = performance.now() + ms;
  }

  get over() {
    return performance.now() > this.until;
  }

  /** Waits a little. @returns false once patience has ended */
  async more(): Promise<boolean> {
    if (this.over) return false;
    await pause(retryDelayMs(++this.tries, DELAYS));
    return true;
  }
}
