import { type Clock } from '../clock.js';
import { AdaptiveRate } from './adaptive-rate.js';

/** What the caller needs to know of an answer to adapt its rate. */
export interface CallOutcome {
  /** Whether the endpoint is available. */
  readonly available: boolean;
  /** The pause that the endpoint asked for. */
  readonly retryAfterMs?: number | undefined;
}

/** Calls an endpoint with one request at a time, at the rate that was agreed with its operator. */
export class RateLimitedCaller {
  private readonly rate: AdaptiveRate;

  constructor(
    perMinute: number,
    private readonly clock: Clock,
  ) {
    this.rate = new AdaptiveRate({ concurrency: 1, perSecond: perMinute / 60 }, clock.now());
  }

  /** Waits until the rate admits a request. @throws whatever `request` throws; that counts as a failure of the endpoint */
  async call<Answer extends CallOutcome>(request: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    while (this.rate.availableRequests(this.clock.now()) === 0 && !signal.aborted)
      await this.clock.sleep(this.rate.waitMs(this.clock.now()), signal);
    this.rate.requestStarted();
    let outcome: CallOutcome = { available: false };
    try {
      const answer = await request();
      outcome = answer;
      return answer;
    } finally {
      this.rate.requestEnded(this.clock.now(), outcome.available, outcome.retryAfterMs);
    }
  }
}
