export type RouteClass = 'read' | 'write';

export interface RateLimit {
  readonly perSecond: number;
  /** Maximum number of requests at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** One token bucket per key and class of requests. In memory: each process of the API grants the whole rate. */
export class RateLimiter<Class extends string = RouteClass> {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly limits: Readonly<Record<Class, RateLimit>>) {}

  /** @returns 0 if the request is allowed, otherwise the seconds until it may be sent again (`Retry-After`) */
  take(keyId: string, routeClass: Class, nowMs: number, cost = 1): number {
    const { perSecond, burst } = this.limits[routeClass];
    const id = `${routeClass}:${keyId}`;
    let bucket = this.buckets.get(id);
    if (!bucket) this.buckets.set(id, (bucket = { tokens: burst, at: nowMs }));
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.at) / 1000) * perSecond);
    bucket.at = nowMs;
    // A request that costs more than a burst is allowed on a full bucket, which then becomes negative.
    const needed = Math.min(cost, burst);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
    bucket.tokens -= cost;
    return 0;
  }

  /** Takes back what `take` has charged for one request. */
  giveBack(keyId: string, routeClass: Class): void {
    const bucket = this.buckets.get(`${routeClass}:${keyId}`);
    if (bucket) bucket.tokens = Math.min(this.limits[routeClass].burst, bucket.tokens + 1);
  }
}

/** Allows bursts of twice the rate. */
export const rateLimitOf = (perSecond: number): RateLimit => ({ perSecond, burst: Math.max(1, perSecond * 2) });
