import { describe, expect, it } from '@jest/globals';
import { type Clock } from '../clock.js';
import { RateLimitedCaller } from './rate-limited-caller.js';

const NEVER = new AbortController().signal;

const run = async (answers: readonly { available: boolean; retryAfterMs?: number }[], perMinute: number) => {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => {
      now += Math.ceil(ms);
      return Promise.resolve();
    },
  };
  const caller = new RateLimitedCaller(perMinute, clock);
  const times: number[] = [];
  for (const answer of answers) {
    const request = () => {
      times.push(now);
      return Promise.resolve(answer);
    };
    await caller.call(request, NEVER);
  }
  return times;
};

describe('calls of an endpoint', () => {
  it('are as many a minute as agreed, at even intervals', async () => {
    const times = await run(
      Array.from({ length: 100 }, () => ({ available: true })),
      30,
    );
    expect((times[99] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(99 * 2_000 - 1_000);
    for (const from of times) expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThan(32);
  });

  it('wait as long as the endpoint asks for', async () => {
    const [, first = 0, second = 0] = await run(
      [{ available: true }, { available: false, retryAfterMs: 45_000 }, { available: true }],
      600,
    );
    expect(second - first).toBeGreaterThanOrEqual(45_000);
  });

  it('reject with the error of the request', async () => {
    const caller = new RateLimitedCaller(600, { now: () => 0, sleep: () => Promise.resolve() });
    await expect(caller.call(() => Promise.reject(new Error('away')), NEVER)).rejects.toThrow('away');
  });
});
