import { describe, expect, it } from '@jest/globals';
import { type Clock } from '../clock.js';
import { Turns } from './turns.js';

const NEVER = new AbortController().signal;

const run = async (answers: readonly { works: boolean; waitMs?: number }[], perMinute: number) => {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => {
      now += Math.ceil(ms);
      return Promise.resolve();
    },
  };
  const turns = new Turns(perMinute, clock);
  const times: number[] = [];
  for (const answer of answers) {
    const ask = () => {
      times.push(now);
      return Promise.resolve(answer);
    };
    await turns.take(ask, NEVER);
  }
  return times;
};

describe('turns at an endpoint', () => {
  it('are as many a minute as were agreed, evenly', async () => {
    const times = await run(
      Array.from({ length: 100 }, () => ({ works: true })),
      30,
    );
    expect((times[99] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(99 * 2_000 - 1_000);
    for (const from of times) expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThan(32);
  });

  it('wait for as long as the endpoint asks', async () => {
    const [, first = 0, second = 0] = await run(
      [{ works: true }, { works: false, waitMs: 45_000 }, { works: true }],
      600,
    );
    expect(second - first).toBeGreaterThanOrEqual(45_000);
  });

  it('end with the error of who asks, and go on', async () => {
    const turns = new Turns(600, { now: () => 0, sleep: () => Promise.resolve() });
    await expect(turns.take(() => Promise.reject(new Error('away')), NEVER)).rejects.toThrow('away');
  });
});
