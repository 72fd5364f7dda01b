import { retryDelayMs } from '#kernel';

/** How fast one endpoint may be called. */
export interface RateLimits {
  /** Requests at the same time, at most. */
  readonly concurrency: number;
  /** Requests a second, at most. */
  readonly perSecond: number;
}

/** Requests a second that an endpoint gets at least when it answers again. The rate doubles every RAMP_STEP_MS. */
const MIN_RAMP_RATE = 2;
const RAMP_STEP_MS = 5_000;
const FAILURE_DELAYS = { firstMs: 1_000, maxMs: 60_000 };

/**
 * Decides when an endpoint may be called. After a failure there is one request at a time, after pauses that double, with
 * jitter. Once a request is answered, the rate starts the smaller the longer the outage was, and doubles until it is
 * the agreed one. All times are milliseconds since 1970.
 */
export class AdaptiveRate {
  /** Failures in a row; those of requests that were in flight together count once. */
  private failures = 0;
  private notBefore = 0;
  private inFlight = 0;
  private ramp: { readonly startedAt: number; readonly startRate: number } | undefined;
  /** Requests that may start now; at most those of one second. */
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly limits: RateLimits,
    now: number,
    private readonly random: () => number = Math.random,
  ) {
    this.filledAt = now;
    this.tokens = this.rateAt(now);
  }

  /** How many requests may start now. */
  availableRequests(now: number): number {
    this.refill(now);
    if (now < this.notBefore) return 0;
    if (this.failures > 0) return this.inFlight === 0 ? 1 : 0;
    return Math.max(0, Math.min(Math.floor(this.tokens), this.limits.concurrency - this.inFlight));
  }

  /** Milliseconds until another request may start, provided that none ends meanwhile. */
  waitMs(now: number): number {
    const untilToken = this.failures > 0 ? 0 : (1_000 * (1 - this.tokens)) / this.rateAt(now);
    return Math.max(10, this.notBefore - now, untilToken);
  }

  requestStarted(): void {
    this.inFlight++;
    this.tokens--;
  }

  /** @param retryAfterMs the pause that the endpoint asked for */
  requestEnded(now: number, answered: boolean, retryAfterMs = 0): void {
    this.inFlight--;
    if (answered) {
      if (this.failures > 0) this.startRamp(now);
      return;
    }
    if (now >= this.notBefore) this.failures++;
    const delayMs = retryDelayMs(this.failures, FAILURE_DELAYS, this.random);
    this.notBefore = Math.max(this.notBefore, now + Math.max(retryAfterMs, delayMs));
  }

  private startRamp(now: number) {
    const startRate = Math.max(MIN_RAMP_RATE, this.limits.perSecond / 2 ** this.failures);
    this.ramp = { startedAt: now, startRate };
    this.failures = 0;
    this.notBefore = 0;
    this.tokens = 0;
    this.filledAt = now;
  }

  private rateAt(now: number): number {
    const { perSecond } = this.limits;
    if (!this.ramp) return perSecond;
    return Math.min(perSecond, this.ramp.startRate * 2 ** Math.floor((now - this.ramp.startedAt) / RAMP_STEP_MS));
  }

  private refill(now: number) {
    const rate = this.rateAt(now);
    this.tokens = Math.min(Math.max(1, rate), this.tokens + (rate * (now - this.filledAt)) / 1_000);
    this.filledAt = now;
  }
}
