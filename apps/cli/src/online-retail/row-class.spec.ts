import { describe, expect, it } from '@jest/globals';
import { FREE, aRow, GUEST } from './row.fixture.js';
import { classify, skuOf, type RowClass } from './row-class.js';
import { type Row } from './rows.js';

const cancelled = { invoice: 'C561904', quantity: -1 };

describe('a row is', () => {
  it.each<[RowClass, string, Partial<Row>]>([
    ['ledger_adjustment', 'an A-invoice, whatever its code', { invoice: 'A563185', code: 'B' }],
    [
      'ledger_adjustment',
      'an A-invoice with a negative price',
      { invoice: 'A563186', price: { amount: -1106206, scale: 2 } },
    ],
    ['refund_shipping', 'a cancelled POST', { ...cancelled, code: 'POST' }],
    ['refund_shipping', 'a cancelled DOT', { ...cancelled, code: 'DOT' }],
    ['refund_shipping', 'a cancelled C2', { ...cancelled, code: 'C2' }],
    ['credit_discount', 'a cancelled D', { ...cancelled, code: 'D' }],
    ['credit_manual', 'a cancelled M', { ...cancelled, code: 'M' }],
    ['credit_manual', 'a cancelled m', { ...cancelled, code: 'm' }],
    ['credit_samples', 'a cancelled S', { ...cancelled, code: 'S' }],
    ['fee', 'a cancelled AMAZONFEE', { ...cancelled, ...GUEST, code: 'AMAZONFEE' }],
    ['fee', 'a cancelled CRUK', { ...cancelled, code: 'CRUK' }],
    ['return_with_customer', 'cancelled goods', cancelled],
    ['return_with_customer', 'cancelled goods that were free', { ...cancelled, price: FREE }],
    ['return_anonymous', 'cancelled goods of a guest', { ...cancelled, ...GUEST }],
    ['stock_writeoff', 'a plain negative quantity', { ...GUEST, quantity: -5, price: FREE }],
    ['stock_writeoff', 'a negative quantity, shipping or not', { ...GUEST, quantity: -5, code: 'POST' }],
    ['stock_found', 'free goods of a guest', { ...GUEST, price: FREE }],
    ['stock_found', 'a free gift card of a guest', { ...GUEST, price: FREE, code: 'gift_0001_10' }],
    ['shipping_charge', 'POST', { code: 'POST' }],
    ['gift_card_sale', 'a gift card', { code: 'gift_0001_20' }],
    ['charge_manual', 'M', { code: 'M' }],
    ['charge_manual', 'M for nothing', { code: 'M', price: FREE }],
    ['fee', 'BANK CHARGES', { code: 'BANK CHARGES' }],
    ['free_line', 'free goods of a customer', { price: FREE }],
    ['product_sale', 'anything else', {}],
    ['product_sale', 'goods of a guest with a price', GUEST],
    ['product_sale', 'PADS', { code: 'PADS', price: { amount: 1, scale: 3 } }],
    ['product_sale', 'DCGS…', { code: 'DCGSSGIRL' }],
    ['product_sale', 'a D on a plain invoice', { code: 'D' }],
  ])('%s: %s', (expected, _, row) => {
    expect(classify(aRow(row))).toBe(expected);
  });

  it('of the same SKU in whatever case its code is written', () => {
    expect(skuOf(aRow({ code: '15056bl' }))).toBe('15056BL');
  });
});
