import { describe, expect, it } from '@jest/globals';
import { RateLimiter, rateLimitOf } from './rate-limiter.js';

const limiter = () => new RateLimiter({ read: { perSecond: 10, burst: 20 }, write: { perSecond: 1, burst: 1 } });
const takeMany = (from: RateLimiter, count: number, nowMs: number) =>
  Array.from({ length: count }, () => from.take('k1', 'read', nowMs)).filter((wait) => wait === 0).length;

describe('the rate limiter', () => {
  it('allows a burst, and then the rate', () => {
    const limits = limiter();
    expect(takeMany(limits, 50, 0)).toBe(20);
    expect(takeMany(limits, 50, 1000)).toBe(10);
    expect(takeMany(limits, 50, 1500)).toBe(5);
    expect(takeMany(limits, 50, 60_000)).toBe(20);
  });

  it('returns the seconds to wait', () => {
    const limits = limiter();
    expect(limits.take('k1', 'write', 0)).toBe(0);
    expect(limits.take('k1', 'write', 0)).toBe(1);
    expect(limits.take('k1', 'write', 1000)).toBe(0);
  });

  it('limits keys and classes of routes separately', () => {
    const limits = limiter();
    limits.take('k1', 'write', 0);
    expect(limits.take('k2', 'write', 0)).toBe(0);
    expect(limits.take('k1', 'read', 0)).toBe(0);
  });

  it('allows a batch larger than the burst once, and delays the next requests', () => {
    const limits = limiter();
    expect(limits.take('k1', 'read', 0, 100)).toBe(0);
    expect(limits.take('k1', 'read', 0)).toBe(9);
    expect(limits.take('k1', 'read', 9000)).toBe(0);
  });

  it('grants nothing if the clock goes back', () => {
    const limits = limiter();
    expect(takeMany(limits, 20, 5000)).toBe(20);
    expect(takeMany(limits, 20, 0)).toBe(0);
    expect(takeMany(limits, 20, 1000)).toBe(10);
  });

  it.each([
    [5, 10],
    [0.1, 1],
  ])('allows at a rate of %d per second %d requests at once', (perSecond, burst) =>
    expect(rateLimitOf(perSecond)).toEqual({ perSecond, burst }),
  );
});
