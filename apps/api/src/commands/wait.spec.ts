import { describe, expect, it, jest } from '@jest/globals';
import { OutcomeUnknown } from '#event-store';
import { answerWithin, waitOf } from './wait.js';

describe('a caller with Prefer: wait', () => {
  it('gets an unknown outcome when that time is over, although the command goes on', async () => {
    jest.useFakeTimers();
    const { promise, reject } = Promise.withResolvers<string>();
    const answer = expect(answerWithin(promise, waitOf(5))).rejects.toThrow(OutcomeUnknown);
    await jest.advanceTimersByTimeAsync(5_000);
    await answer;
    reject(new Error('is not reported'));
    jest.useRealTimers();
  });

  it('has the rest of the time left after the command was carried out', async () => {
    const wait = waitOf(5);
    expect(await answerWithin(Promise.resolve('done'), wait)).toBe('done');
    expect(wait?.leftMs()).toBeLessThanOrEqual(5_000);
  });

  it('waits for the log for a short time even with wait=0', async () => {
    const soon = new Promise((resolve) => setTimeout(resolve, 20, 'done'));
    expect(await answerWithin(soon, waitOf(0))).toBe('done');
    expect(waitOf(undefined)).toBeUndefined();
  });
});
