const MIN_AT_ONCE = 4;

/**
 * Carries out at most `max` pieces of work at once, and less while there are no answers in time: a store that is slow for a while
 * must get less to do, not more. The rest waits, and begins in the order in which it came.
 */
export class ConcurrencyLimit {
  private running = 0;
  /** How much may run at once now. */
  private current: number;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly max: number) {
    this.current = max;
  }

  /** Call it when there was no answer in time: half as much runs at once, then a little more with every work that ends. */
  reduce(): void {
    this.current = Math.max(Math.min(MIN_AT_ONCE, this.max), this.current / 2);
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.isFree) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
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

  private beginWaiting() {
    while (this.isFree) {
      const next = this.waiting.shift();
      if (!next) return;
      this.running++;
      next();
    }
  }
}
