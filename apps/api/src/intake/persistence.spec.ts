import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknown } from '#event-store';
import { DomainError } from '#kernel';
import { NoLongerOurs, PersistentOrder, persistently } from './persistence.js';

const { signal } = new AbortController();

/** Fails as often as there are errors, and then says ok. */
const after = (...errors: Error[]) => {
  let calls = 0;
  const work = () => {
    const error = errors[calls++];
    return error ? Promise.reject(error) : Promise.resolve('ok');
  };
  return { work, calls: () => calls };
};
const unknown = () => new OutcomeUnknown('stock-1', 'the log is away');

describe('a command from Kafka', () => {
  it('is tried again as long as nobody knows what became of it', async () => {
    const { work, calls } = after(unknown(), unknown(), Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    await expect(persistently(work, signal)).resolves.toBe('ok');
    expect(calls()).toBe(4);
  });

  it('is refused at once, and given up after three tries of a defect', async () => {
    const refused = after(new DomainError('sold-out', 'none left'));
    await expect(persistently(refused.work, signal)).rejects.toThrow('none left');
    expect(refused.calls()).toBe(1);
    const broken = after(new TypeError('x'), new TypeError('x'), new TypeError('x'));
    await expect(persistently(broken.work, signal)).rejects.toThrow(TypeError);
    expect(broken.calls()).toBe(3);
  });

  it('is left alone once the partition is somebody else’s', async () => {
    const end = new AbortController();
    const waiting = persistently(() => Promise.reject(unknown()), end.signal);
    end.abort();
    await expect(waiting).rejects.toThrow(NoLongerOurs);
  });

  it('waits for the one before it of its stream, however often that is tried, and for no other', async () => {
    const order = new PersistentOrder(signal);
    const done: string[] = [];
    const note = (name: string) => () => Promise.resolve(void done.push(name));
    const { work } = after(unknown(), unknown());
    await Promise.all([
      order.enqueue('one', work).then(note('first')),
      order.enqueue('one', note('second')),
      order.enqueue('two', note('other')),
    ]);
    expect(done).toEqual(['other', 'first', 'second']);
  });
});
