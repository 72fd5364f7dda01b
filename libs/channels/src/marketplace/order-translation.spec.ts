import { describe, expect, it } from '@jest/globals';
import { type MarketplaceOrder } from './marketplace-api.js';
import {
  decimalTextOf,
  importedOrderOf,
  hasWantedLines,
  orderIdOf,
  placeOrderData,
  priceOf,
  withoutSoldOut,
} from './order-translation.js';

const order: MarketplaceOrder = {
  order_id: 'BZ-1',
  status: 'WAITING_ACCEPTANCE',
  currency: 'GBP',
  shipping_price: '3.9',
  buyer: { name: 'Ada Lovelace' },
  ship_to: { street: ['1 High Street'], zip: 'EH1 1AA', city: 'Edinburgh', country: 'GB' },
  lines: [
    { line_id: 'L1', sku: 'theirs-1', quantity: 3, price: '8.5', cancel_requested: 1 },
    { line_id: 'L2', sku: 'theirs-2', quantity: 1, price: '12', cancel_requested: 0, title: 'A cup' },
    { line_id: 'L3', sku: 'strange', quantity: 1, price: '1', cancel_requested: 0 },
  ],
};
const skus = new Map([
  ['theirs-1', 'MUG'],
  ['theirs-2', 'CUP'],
]);

describe('a price of a marketplace', () => {
  it.each([
    ['8.5', 'GBP', 850, 2],
    ['8', 'GBP', 800, 2],
    ['0.0049', 'GBP', 49, 4],
    ['100', 'JPY', 100, 0],
    ['1.5', 'KWD', 1500, 3],
  ])('%s %s is %d of scale %d', (text, currency, amount, scale) =>
    expect(priceOf(text, currency)).toEqual({ amount, scale }),
  );

  it.each(['', '-1', '1,5', '1e3', '.5', '1.1234567'])('is not "%s"', (text) =>
    expect(() => priceOf(text, 'GBP')).toThrow('is not a price'),
  );

  it.each([
    [850, 'GBP', '8.50'],
    [5, 'GBP', '0.05'],
    [-5, 'GBP', '-0.05'],
    [100, 'JPY', '100'],
  ])('%d minor units of %s are written as %s', (amount, currency, text) =>
    expect(decimalTextOf(amount, currency)).toBe(text),
  );
});

describe('an order of a marketplace', () => {
  it('has the same id however often it is imported, and another for each attempt and adapter', () => {
    expect(orderIdOf('a', 'BZ-1', 1)).toBe(orderIdOf('a', 'BZ-1', 1));
    expect(new Set(['a', 'b'].flatMap((name) => [1, 2].map((n) => orderIdOf(name, 'BZ-1', n)))).size).toBe(4);
  });

  it('becomes an order of the mapped lines that are still wanted, without tenders', () =>
    expect(placeOrderData('o', order, importedOrderOf(order, skus))).toEqual({
      orderId: 'o',
      externalRef: 'BZ-1',
      currency: 'GBP',
      contact: { name: 'Ada Lovelace' },
      shipTo: { lines: ['1 High Street'], postalCode: 'EH1 1AA', city: 'Edinburgh' },
      country: 'GB',
      lines: [
        { lineId: 'L1', sku: 'MUG', quantity: 2, unitPrice: { amount: 850, scale: 2 }, method: 'ship' },
        {
          lineId: 'L2',
          sku: 'CUP',
          quantity: 1,
          unitPrice: { amount: 1200, scale: 2 },
          title: 'A cup',
          method: 'ship',
        },
      ],
      charges: [{ chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice: { amount: 390, scale: 2 } }],
    }));

  it('has the rest of a long address in its last line', () => {
    const long = { ...order, ship_to: { ...order.ship_to, street: ['1', '2', '3', '4', '5', '6', '7'] } };
    expect(placeOrderData('o', long, importedOrderOf(order, skus))).toMatchObject({
      shipTo: { lines: ['1', '2', '3', '4', '5', '6, 7'] },
    });
  });

  it('becomes a new order without what is sold out, until nothing is left', () => {
    const rest = withoutSoldOut(importedOrderOf(order, skus), new Set(['MUG']));
    expect(rest).toMatchObject({ attempt: 2, lines: [{ wanted: 0 }, { wanted: 1 }, { wanted: 0 }] });
    expect(hasWantedLines(rest)).toBe(true);
    expect(hasWantedLines(withoutSoldOut(rest, new Set(['CUP'])))).toBe(false);
  });

  it('is stored without personal data', () =>
    expect(JSON.stringify(importedOrderOf(order, skus))).not.toMatch(/Ada|High Street|EH1/));
});
