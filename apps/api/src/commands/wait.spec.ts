import { describe, expect, it, jest } from '@jest/globals';
import { OutcomeUnknown } from '#event-store';
import { answerWithin, waitOf } from './wait.js';

describe('a caller that wants to wait for so long', () => {
  it('hears by then that the log has not answered, whatever the command goes on to do', async () => {
    jest.useFakeTimers();
    const { promise, reject } = Promise.withResolvers<string>();
    const answer = expect(answerWithin(promise, waitOf(5))).rejects.toThrow(OutcomeUnknown);
    await jest.advanceTimersByTimeAsync(5_000);
    await answer;
    reject(new Error('nobody hears of it'));
    jest.useRealTimers();
  });

  it('has what is left of the time when the command has been carried out', async () => {
    const wait = waitOf(5);
    expect(await answerWithin(Promise.resolve('done'), wait)).toBe('done');
    expect(wait?.leftMs()).toBeLessThanOrEqual(5_000);
  });

  it('waits for the log a little even if it does not want to wait', async () => {
    const soon = new Promise((resolve) => setTimeout(resolve, 20, 'done'));
    expect(await answerWithin(soon, waitOf(0))).toBe('done');
    expect(waitOf(undefined)).toBeUndefined();
  });
});
