import { expect, it } from '@jest/globals';
import { ApiProblem } from '../client.js';
import { customerIdOf } from './customers.js';
import { RecordedTrade } from './recorded-trade.js';

const orders = `/v1/orders?customerId=${customerIdOf('17941')}&state=recorded&limit=200`;
const line = { sku: '22075', unitPrice: { amount: 145, scale: 2, currency: 'GBP' }, ordered: 96, returned: 1 };
const original = { orderId: 'or-1', lineId: '1' };
const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/returns/or-C1': { lines: [{ lineId: '1', original }, { lineId: '2' }] },
  [orders]: { items: [{ orderId: 'or-3' }, { orderId: 'or-2' }], next: 'a b' },
  [`${orders}&cursor=a%20b`]: { items: [{ orderId: 'or-1' }] },
  '/v1/orders/or-2': { placedAt: 'second', lines: [{ lineId: '1', ...line }] },
  '/v1/orders/or-1': { placedAt: 'first', lines: [{ lineId: '7', ...line }] },
};

const trade = new RecordedTrade(
  {
    get: (path) => {
      const { [path]: answer } = ANSWERS;
      return answer ? Promise.resolve(answer as never) : Promise.reject(new ApiProblem(404, {}));
    },
  },
  (orderId) => orderId === 'or-3',
);

it('knows what a customer has bought besides the orders of the file, the oldest first', async () => {
  const sold = { code: '22075', quantity: 96, left: 95 };
  expect(await trade.purchasesOf('17941')).toMatchObject([
    { ...sold, at: 'first', line: { orderId: 'or-1', lineId: '7' } },
    { ...sold, at: 'second', line: { orderId: 'or-2', lineId: '1' } },
  ]);
});

it('knows what a return that was recorded names', async () => {
  expect(await trade.originalsOf('or-C1')).toEqual(new Map([['1', original]]));
  expect(await trade.originalsOf('or-C2')).toBeUndefined();
});
