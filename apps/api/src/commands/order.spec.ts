import { expect, it } from '@jest/globals';
import { Order } from './order.js';

it('lets the commands of one stream follow each other, past failures, and does not hold up other streams', async () => {
  const order = new Order();
  const seen: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const work = (name: string, before?: Promise<unknown>) => async () => {
    await before;
    seen.push(name);
    if (name === 'a1') throw new Error('refused');
  };
  const a1 = order.after('a', work('a1', gate.promise));
  const a2 = order.after('a', work('a2'));
  const b1 = order.after('b', work('b1'));
  await b1;
  gate.resolve(undefined);
  await expect(a1).rejects.toThrow('refused');
  await a2;
  expect(seen).toEqual(['b1', 'a1', 'a2']);
});
