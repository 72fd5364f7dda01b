import { setTimeout as pause } from 'node:timers/promises';
import { retryDelayMs } from '#kernel';
import { isTransient } from './store-unavailable.js';

const DELAYS = { firstMs: 20, maxMs: 500 };

/**
 * Decides when a subscription that has ended is reopened, as when servers drop slow readers, nodes restart or leaders change. It
 * is reopened at once if it has yielded anything since the last time, and else after growing pauses.
 */
export class ResubscribePolicy {
  private failures = 0;
  private failingSince = 0;

  constructor(private readonly resubscribeForMs: number) {}

  /** The subscription has brought something. */
  reset(): void {
    this.failures = 0;
  }

  /** Pauses before the next try, or until `signal` aborts. @returns false when the consumer should get the error */
  async waitForNextTry(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return true;
    if (!isTransient(error)) return false;
    const now = performance.now();
    if (this.failures === 0) this.failingSince = now;
    if (now - this.failingSince > this.resubscribeForMs) return false;
    if (this.failures > 0) {
      await pause(retryDelayMs(this.failures, DELAYS), undefined, { signal }).catch(() => undefined);
    }
    this.failures++;
    return true;
  }
}
