import { setTimeout as pause } from 'node:timers/promises';

/** How long something is tried again, with growing pauses. */
export class Patience {
  private readonly until: number;
  private pauseMs = 50;

  constructor(ms: number) {
    this.until = performance.now() + ms;
  }

  get over() {
    return performance.now() > this.until;
  }

  /** Waits a little. @returns false once patience has ended */
  async more(): Promise<boolean> {
    if (this.over) return false;
    await pause(this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, 2000);
    return true;
  }
}
