import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

const limits = { concurrency: 4, perSecond: 10 };
const paced = (random = 1) => new Pace(limits, 0, () => random);

/** Sends all that there is room for, each answered at once. @returns how many */
const send = (pace: Pace, now: number, answered = true) => {
  const room = pace.room(now);
  for (let count = 0; count < room; count++) pace.started();
  for (let count = 0; count < room; count++) pace.ended(now, answered);
  return room;
};

/** Requests between two instants, asked every 10 ms. */
const sent = (pace: Pace, from: number, to: number) => {
  let count = 0;
  for (let now = from; now < to; now += 10) count += send(pace, now);
  return count;
};

describe('the pace of an endpoint', () => {
  it('keeps to so many requests at once, and a second', () => {
    const pace = paced();
    expect(pace.room(0)).toBe(4);
    for (let count = 0; count < 4; count++) pace.started();
    expect(pace.room(0)).toBe(0);
    for (let count = 0; count < 4; count++) pace.ended(0, true);
    expect(sent(pace, 0, 10_000)).toBeLessThanOrEqual(10 + 10 * 10);
  });

  it('tries one at a time after trouble, after pauses that double up to a minute', () => {
    const pace = paced();
    expect(send(pace, 0, false)).toBe(4);
    const tries: number[] = [];
    for (let now = 0; now < 300_000; now += 10) if (send(pace, now, false) > 0) tries.push(now);
    const pauses = tries.map((at, index) => Math.round((at - (tries[index - 1] ?? 0)) / 1_000));
    expect(pauses.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('takes each pause from half to all of that, so that endpoints do not come back together', () => {
    const pace = paced(0);
    send(pace, 0, false);
    expect(pace.room(490)).toBe(0);
    expect(pace.room(510)).toBe(1);
  });

  it('waits as long as it was asked to', () => {
    const pace = paced(0);
    pace.started();
    pace.ended(0, false, 30_000);
    expect(pace.room(29_999)).toBe(0);
    expect(pace.room(30_000)).toBe(1);
  });

  it('grows from two a second to what was agreed after a long trouble', () => {
    const pace = paced(0);
    for (let now = 0; now < 90_000; now += 100) send(pace, now, false);
    expect(send(pace, 100_000)).toBe(1);
    expect(sent(pace, 100_010, 105_000)).toBeLessThanOrEqual(2 * 5);
    expect(sent(pace, 105_000, 110_000)).toBeLessThanOrEqual(4 * 5 + 1);
    expect(sent(pace, 120_000, 130_000)).toBeGreaterThan(95);
  });

  it('loses half of its rate by one trouble', () => {
    const pace = paced(0);
    send(pace, 0, false);
    expect(send(pace, 1_000)).toBe(1);
    const count = sent(pace, 1_010, 6_000);
    expect(count).toBeGreaterThan(22);
    expect(count).toBeLessThanOrEqual(5 * 5);
  });
});
