import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type ReturnLine } from './recorded-return.js';
import { goodsReturn, type ReturnCommand } from './return.js';
import { type Credit } from './return-messages.js';

const givenReturn = specification(goodsReturn.decider);

const aCharge = (chargeId: string, amount: number): Credit => ({
  chargeId,
  kind: 'shipping',
  quantity: 1,
  unitPrice: { amount, scale: 2 },
});

describe('a recorded return', () => {
  const goods: ReturnLine = {
    lineId: '1',
    sku: 'TEA',
    quantity: 2,
    unitPrice: { amount: 1000, scale: 2 },
    locationId: 'leeds',
    disposition: 'restock',
  };
  const content = { currency: 'GBP', lines: [goods], credits: [aCharge('post', -495), aCharge('fee', 200)] };
  const record = (over: object = {}) =>
    ({ type: 'RecordReturn', data: { returnId: 'ret-1', ...content, ...over } }) satisfies ReturnCommand;

  it('is recorded with the refund: goods and postage less the fee', () =>
    givenReturn()
      .when(record())
      .then({ type: 'ReturnRecorded', data: { ...content, total: 2295 } }));
  it('is recorded once', () =>
    givenReturn({ type: 'ReturnRecorded', data: { ...content, total: 2295 } })
      .when(record())
      .thenFails('return-exists'));
  it.each([
    ['nothing', { lines: [], credits: [] }],
    ['a line twice', { lines: [goods, goods] }],
    ['a credit twice', { credits: [aCharge('post', 1), aCharge('post', 1)] }],
  ])('is refused with %s', (_, over) => givenReturn().when(record(over)).thenFails('invalid-lines'));
  it('is refused when its total cannot be exact', () => {
    const most = { amount: Number.MAX_SAFE_INTEGER, scale: 2 };
    const lines = [{ ...goods, quantity: 1, unitPrice: most }];
    givenReturn()
      .when(record({ lines, credits: [aCharge('post', -495)] }))
      .thenFails('amount-out-of-range');
  });
});
