import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';
import { isTransient } from './store-unavailable.js';

const DELAYS = { firstMs: 20, maxMs: 500 };

/**
 * A subscription that has ended is opened again, which is an everyday event: servers drop who is slow, nodes restart and
 * leaders move. At once when it has brought something since the last time; else after pauses that grow.
 */
export class Reopening {
  private failures = 0;
  private failingSince = 0;

  constructor(private readonly patienceMs: number) {}

  /** It has brought something. */
  progress(): void {
    this.failures = 0;
  }

  /** Waits until it is to be opened again, or is not wanted any more. @returns false when its consumer should hear of the failure */
  async mayGoOn(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return true;
    if (!isTransient(error)) return false;
    const now = performance.now();
    if (this.failures === 0) this.failingSince = now;
    if (now - this.failingSince > this.patienceMs) return false;
    if (this.failures > 0) {
      await pause(retryDelayMs(this.failures, DELAYS), undefined, { signal }).catch(() => undefined);
    }
    this.failures++;
    return true;
  }
}
