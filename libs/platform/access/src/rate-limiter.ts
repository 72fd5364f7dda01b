export type RouteClass = 'read' | 'write';

export interface RateLimit {
  readonly perSecond: number;
  /** Most requests at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** One token bucket per key and route class. In memory: each process of the API grants the whole rate. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly limits: Readonly<Record<RouteClass, RateLimit>>) {}

  /** @returns 0 when the request may go on, otherwise after how many seconds to try again (`Retry-After`) */
  take(keyId: string, routeClass: RouteClass, nowMs: number, cost = 1): number {
    const { perSecond, burst } = this.limits[routeClass];
    const id = `${routeClass}:${keyId}`;
    let bucket = this.buckets.get(id);
    if (!bucket) this.buckets.set(id, (bucket = { tokens: burst, at: nowMs }));
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.at) / 1000) * perSecond);
    bucket.at = nowMs;
    // What costs more than a whole burst must pass some time: it leaves a debt.
    const needed = Math.min(cost, burst);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
    bucket.tokens -= cost;
    return 0;
  }
}

/** From KONTOR_READS_PER_SECOND and KONTOR_WRITES_PER_SECOND; bursts are twice the rate. @throws RangeError */
export const rateLimitsFrom = (env: Readonly<Record<string, string | undefined>>): Record<RouteClass, RateLimit> => {
  const limit = (name: string): RateLimit => {
    const perSecond = Number(env[name] ?? 10_000);
    if (!(perSecond > 0)) throw new RangeError(`${name} must be a number above 0, not ${env[name]}`);
    return { perSecond, burst: Math.max(1, perSecond * 2) };
  };
  return { read: limit('KONTOR_READS_PER_SECOND'), write: limit('KONTOR_WRITES_PER_SECOND') };
};
