import { retryDelayMs } from '#kernel';
/** How fast one endpoint is sent to. */
export interface PaceLimits {
  /** Most requests at once. */
  readonly concurrency: number;
  /** Most requests a second. */
  readonly perSecond: number;
}

/** The least that an endpoint gets in a second when it is back, and twice as many every RAMP_MS. */
const RAMP_START = 2;
const RAMP_MS = 5_000;
const TROUBLE_DELAYS = { firstMs: 1_000, maxMs: 60_000 };

/**
 * Says when an endpoint may be sent to. After trouble: one request at a time, after pauses that double, with
 * jitter. Once one is answered, the rate starts smaller the longer it took, and doubles until it is what was agreed.
 */
export class Pace {
  private troubles = 0;
  private notBefore = 0;
  private inFlight = 0;
  private ramp: { readonly from: number; readonly start: number } | undefined;
  /** Requests that may go now; at most one second's. */
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly limits: PaceLimits,
    now: number,
    private readonly random: () => number = Math.random,
  ) {
    this.filledAt = now;
    this.tokens = this.rate(now);
  }

  /** How many requests may start now. */
  room(now: number): number {
    this.fill(now);
    if (now < this.notBefore) return 0;
    if (this.troubles > 0) return this.inFlight === 0 ? 1 : 0;
    return Math.max(0, Math.min(Math.floor(this.tokens), this.limits.concurrency - this.inFlight));
  }

  /** How long to wait before asking again, when nothing ends meanwhile. */
  pause(now: number): number {
    return Math.max(10, this.notBefore - now, this.troubles > 0 ? 0 : (1_000 * (1 - this.tokens)) / this.rate(now));
  }

  started(): void {
    this.inFlight++;
    this.tokens--;
  }

  /** @param wait what the endpoint asked for, in ms */
  ended(now: number, answered: boolean, wait = 0): void {
    this.inFlight--;
    if (answered) {
      if (this.troubles > 0) this.back(now);
      return;
    }
    if (now >= this.notBefore) this.troubles++; // those that were under way together are one trouble
    const delayMs = retryDelayMs(this.troubles, TROUBLE_DELAYS, this.random);
    this.notBefore = Math.max(this.notBefore, now + Math.max(wait, delayMs));
  }

  private back(now: number) {
    const start = Math.max(RAMP_START, this.limits.perSecond / 2 ** this.troubles); // a moment away costs little
    this.ramp = { from: now, start };
    this.troubles = 0;
    this.notBefore = 0;
    this.tokens = 0;
    this.filledAt = now;
  }

  private rate(now: number): number {
    const { perSecond } = this.limits;
    if (!this.ramp) return perSecond;
    return Math.min(perSecond, this.ramp.start * 2 ** Math.floor((now - this.ramp.from) / RAMP_MS));
  }

  private fill(now: number) {
    const rate = this.rate(now);
    this.tokens = Math.min(Math.max(1, rate), this.tokens + (rate * (now - this.filledAt)) / 1_000);
    this.filledAt = now;
  }
}
