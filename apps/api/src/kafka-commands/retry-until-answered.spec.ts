import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknown } from '#event-store';
import { DomainError } from '#kernel';
import { PartitionReassigned, RetryingQueue, retryUntilAnswered } from './retry-until-answered.js';

const { signal } = new AbortController();

/** Fails once with each of the errors, and then returns ok. */
const failingWith = (...errors: Error[]) => {
  let calls = 0;
  const work = () => {
    const error = errors[calls++];
    return error ? Promise.reject(error) : Promise.resolve('ok');
  };
  return { work, calls: () => calls };
};
const unknownOutcome = () => new OutcomeUnknown('stock-1', 'the log is unavailable');

describe('a command from Kafka', () => {
  it('is retried as long as its outcome is unknown', async () => {
    const unreachable = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    const { work, calls } = failingWith(unknownOutcome(), unknownOutcome(), unreachable);
    await expect(retryUntilAnswered(work, signal)).resolves.toBe('ok');
    expect(calls()).toBe(4);
  });

  it('is refused at once by a domain error, and after three attempts by a defect', async () => {
    const refused = failingWith(new DomainError('sold-out', 'none left'));
    await expect(retryUntilAnswered(refused.work, signal)).rejects.toThrow('none left');
    expect(refused.calls()).toBe(1);
    const broken = failingWith(new TypeError('x'), new TypeError('x'), new TypeError('x'));
    await expect(retryUntilAnswered(broken.work, signal)).rejects.toThrow(TypeError);
    expect(broken.calls()).toBe(3);
  });

  it('is not retried once another member has the partition', async () => {
    const end = new AbortController();
    const waiting = retryUntilAnswered(() => Promise.reject(unknownOutcome()), end.signal);
    end.abort();
    await expect(waiting).rejects.toThrow(PartitionReassigned);
  });

  it('waits for the retries of the one before it to the same stream, and for no other', async () => {
    const queue = new RetryingQueue(signal);
    const done: string[] = [];
    const record = (name: string) => () => Promise.resolve(void done.push(name));
    const { work } = failingWith(unknownOutcome(), unknownOutcome());
    await Promise.all([
      queue.enqueue('one', work).then(record('first')),
      queue.enqueue('one', record('second')),
      queue.enqueue('two', record('other')),
    ]);
    expect(done).toEqual(['other', 'first', 'second']);
  });
});
