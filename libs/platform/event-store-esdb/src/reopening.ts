import { setTimeout as pause } from 'node:timers/promises';
import { isTransient } from './store-unavailable.js';

const LONGEST_PAUSE_MS = 500;

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
      const ms = Math.min(LONGEST_PAUSE_MS, 10 * 2 ** this.failures);
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
    this.failures++;
    return true;
  }
}
