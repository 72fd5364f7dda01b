import { describe, expect, it } from '@jest/globals';
import { AdaptiveRate } from './adaptive-rate.js';

const limits = { concurrency: 4, perSecond: 10 };
const rateWith = (random = 1) => new AdaptiveRate(limits, 0, () => random);

/** Sends all requests that may start now, each of them answered at once. @returns how many */
const send = (rate: AdaptiveRate, now: number, answered = true) => {
  const count = rate.availableRequests(now);
  for (let request = 0; request < count; request++) rate.requestStarted();
  for (let request = 0; request < count; request++) rate.requestEnded(now, answered);
  return count;
};

/** The number of requests between two times, tried every 10 ms. */
const sent = (rate: AdaptiveRate, from: number, to: number) => {
  let count = 0;
  for (let now = from; now < to; now += 10) count += send(rate, now);
  return count;
};

describe('the rate of an endpoint', () => {
  it('keeps to the limits of requests at the same time and a second', () => {
    const rate = rateWith();
    expect(rate.availableRequests(0)).toBe(4);
    for (let count = 0; count < 4; count++) rate.requestStarted();
    expect(rate.availableRequests(0)).toBe(0);
    for (let count = 0; count < 4; count++) rate.requestEnded(0, true);
    expect(sent(rate, 0, 10_000)).toBeLessThanOrEqual(10 + 10 * 10);
  });

  it('admits one request at a time after a failure, after pauses that double up to a minute', () => {
    const rate = rateWith();
    expect(send(rate, 0, false)).toBe(4);
    const tries: number[] = [];
    for (let now = 0; now < 300_000; now += 10) if (send(rate, now, false) > 0) tries.push(now);
    const pauses = tries.map((at, index) => Math.round((at - (tries[index - 1] ?? 0)) / 1_000));
    expect(pauses.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('takes half of each pause or more, so that endpoints are not tried at the same time', () => {
    const rate = rateWith(0);
    send(rate, 0, false);
    expect(rate.availableRequests(490)).toBe(0);
    expect(rate.availableRequests(510)).toBe(1);
  });

  it('waits as long as the endpoint asks for', () => {
    const rate = rateWith(0);
    rate.requestStarted();
    rate.requestEnded(0, false, 30_000);
    expect(rate.availableRequests(29_999)).toBe(0);
    expect(rate.availableRequests(30_000)).toBe(1);
  });

  it('grows from two a second to the agreed rate after a long outage', () => {
    const rate = rateWith(0);
    for (let now = 0; now < 90_000; now += 100) send(rate, now, false);
    expect(send(rate, 100_000)).toBe(1);
    expect(sent(rate, 100_010, 105_000)).toBeLessThanOrEqual(2 * 5);
    expect(sent(rate, 105_000, 110_000)).toBeLessThanOrEqual(4 * 5 + 1);
    expect(sent(rate, 120_000, 130_000)).toBeGreaterThan(95);
  });

  it('loses half of its rate by one failure', () => {
    const rate = rateWith(0);
    send(rate, 0, false);
    expect(send(rate, 1_000)).toBe(1);
    const count = sent(rate, 1_010, 6_000);
    expect(count).toBeGreaterThan(22);
    expect(count).toBeLessThanOrEqual(5 * 5);
  });
});
