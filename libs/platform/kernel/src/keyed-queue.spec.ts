import { expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

it('lets the work of one key follow each other, past failures, and does not hold up other keys', async () => {
  const order = new KeyedQueue();
  const seen: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const work = (name: string, before?: Promise<unknown>) => async () => {
    await before;
    seen.push(name);
    if (name === 'a1') throw new Error('refused');
  };
  const a1 = order.enqueue('a', work('a1', gate.promise));
  const a2 = order.enqueue('a', work('a2'));
  const b1 = order.enqueue('b', work('b1'));
  await b1;
  gate.resolve(undefined);
  await expect(a1).rejects.toThrow('refused');
  await a2;
  expect(seen).toEqual(['b1', 'a1', 'a2']);
});
