import { OutcomeUnknown } from './errors.js';

const MIN_AT_ONCE = 4;
const REDUCE_EVERY_MS = 1_000;

export interface ConcurrencyLimitOptions {
  /** The number of pieces of work that run at once, at most. */
  readonly max: number;
  /** How long callers wait for work to begin before they are refused. Default: as long as it takes. */
  readonly maxWaitMs?: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Carries out at most `max` pieces of work at once, and less while there are no answers in time: a store that is slow for a while
 * must get less to do, not more. The rest waits, and begins in the order in which it came.
 */
export class ConcurrencyLimit {
  private readonly max: number;
  private readonly maxWaitMs: number | undefined;
  private readonly now: () => number;
  private running = 0;
  /** How much may run at once now. */
  private current: number;
  private reducedAt = -Infinity;
  private readonly waiting = new Set<() => void>();

  constructor({ max, maxWaitMs, now = () => performance.now() }: ConcurrencyLimitOptions) {
    this.max = max;
    this.maxWaitMs = maxWaitMs;
    this.now = now;
    this.current = max;
  }

  /**
   * Call it when there was no answer in time: half as much runs at once, then a little more with every work that ends. What fails
   * together counts once.
   */
  reduce(): void {
    const now = this.now();
    if (now - this.reducedAt < REDUCE_EVERY_MS) return;
    this.reducedAt = now;
    this.current = Math.max(Math.min(MIN_AT_ONCE, this.max), this.current / 2);
  }

  /** Waits for its turn without a limit of time. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.isFree) this.running++;
    else await new Promise<void>((begin) => this.waiting.add(begin));
    return this.carryOut(work);
  }

  /** Waits for its turn for at most `maxWaitMs`. @throws OutcomeUnknown if work on the stream could not begin within that time */
  async runWithWaitLimit<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    if (this.isFree) this.running++;
    else await this.waitForTurn(stream);
    return this.carryOut(work);
  }

  /**
   * Starts a timer that calls `refuse` after `maxWaitMs`. Clear it when the work begins.
   * @returns undefined if there is no limit
   */
  startWaitTimer(stream: string, refuse: (error: OutcomeUnknown) => void): NodeJS.Timeout | undefined {
    const { maxWaitMs } = this;
    if (maxWaitMs === undefined) return undefined;
    const why = `the request was not sent, because earlier ones occupied the event store for ${maxWaitMs} ms`;
    return setTimeout(() => refuse(new OutcomeUnknown(stream, why)), maxWaitMs);
  }

  private async carryOut<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } finally {
      this.running--;
      this.current = Math.min(this.max, this.current + 1 / this.current);
      this.beginWaiting();
    }
  }

  private get isFree() {
    return this.running < Math.floor(this.current);
  }

  private waitForTurn(stream: string) {
    return new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = this.startWaitTimer(stream, (error) => {
        this.waiting.delete(begin);
        reject(error);
      });
      this.waiting.add(begin);
    });
  }

  private beginWaiting() {
    for (const begin of this.waiting) {
      if (!this.isFree) return;
      this.waiting.delete(begin);
      this.running++;
      begin();
    }
  }
}
