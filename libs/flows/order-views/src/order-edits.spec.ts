import { expect, it } from '@jest/globals';
import { aLine } from '#orders/samples';
import { orderEdits } from './order-edits.js';

it('the edits of an order have their amounts and their state', () => {
  const proposed = (editId: string) => {
    const amounts = { totalBefore: 3000, totalAfter: 4000, difference: 1000 };
    return { type: 'OrderEditProposed', data: { editId, add: [aLine('2')], remove: [], ...amounts } } as const;
  };
  const applied = { type: 'OrderEditApplied', data: { editId: 'a', add: [aLine('2')], worth: 1000 } } as const;
  const discarded = { type: 'OrderEditDiscarded', data: { editId: 'b' } } as const;
  expect(orderEdits([proposed('a'), proposed('b'), applied, discarded, proposed('c')])).toMatchObject([
    { editId: 'a', state: 'applied', difference: 1000, add: [{ lineId: '2' }] },
    { editId: 'b', state: 'discarded' },
    { editId: 'c', state: 'proposed', totalAfter: 4000 },
  ]);
});
