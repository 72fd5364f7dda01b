import { describe, expect, it } from '@jest/globals';
import { MalformedOrder, orderIdIn, readOrder } from './read-order.js';

const line = { line_id: 'L1', sku: 'theirs-1', quantity: 2, price: '8.5', cancel_requested: 0 };
const order = {
  order_id: 'BZ-1',
  status: 'WAITING_ACCEPTANCE',
  currency: 'GBP',
  shipping_price: '3.99',
  buyer: { name: 'Ada', company: 'Analytical Engines' },
  ship_to: { street: ['1 High Street'], zip: 'EH1 1AA', city: 'Edinburgh', country: 'GB' },
  lines: [line],
};

describe('an order of a marketplace', () => {
  it('is read without fields that nobody knows, and without those that say nothing', () => {
    const given = { ...order, gift: true, buyer: { ...order.buyer, phone: '', email: null } };
    expect(readOrder({ ...given, ship_to: { ...order.ship_to, street: ['1 High Street', '', null] } })).toEqual({
      ...order,
      buyer: { name: 'Ada' },
    });
  });

  it.each<[string, object]>([
    ['no buyer and no address', { buyer: null, ship_to: undefined }],
    ['a phone number with letters', { buyer: { phone: '+1 415-555-0100 ext. 12345' } }],
    ['an address of one line', { ship_to: { ...order.ship_to, street: '1 High Street' } }],
    ['ids of digits as numbers', { order_id: 4711, lines: [{ ...line, line_id: 1, sku: 4006381333931 }] }],
    ['nothing about cancellations', { lines: [{ ...line, cancel_requested: undefined }] }],
    ['a title that is no text', { lines: [{ ...line, title: 5 }] }],
  ])('may have %s', (_, more) => expect(readOrder({ ...order, ...more })).toMatchObject({ lines: [{ quantity: 2 }] }));

  it('has no address where there is none', () =>
    expect(readOrder({ ...order, ship_to: null }).ship_to).toEqual({ street: [] }));

  it.each<[string, object]>([
    ['order_id', { order_id: undefined }],
    ['status', { status: 5 }],
    ['currency', { currency: 'pounds' }],
    ['shipping_price', { shipping_price: undefined }],
    ['shipping_price', { shipping_price: '3,99' }],
    ['lines', { lines: null }],
    ['lines', { lines: [] }],
    ['lines[1]: it', { lines: [line, null] }],
    ['lines[0]: line_id', { lines: [{ ...line, line_id: '' }] }],
    ['lines[0]: sku', { lines: [{ ...line, sku: 4.5 }] }],
    ['lines[0]: quantity', { lines: [{ ...line, quantity: '2' }] }],
    ['lines[0]: quantity', { lines: [{ ...line, quantity: 0 }] }],
    ['lines[0]: price', { lines: [{ ...line, price: 8.5 }] }],
    ['lines[0]: cancel_requested', { lines: [{ ...line, cancel_requested: 'one' }] }],
    ['lines has the same line_id twice', { lines: [line, line] }],
  ])('is malformed because of its %s', (why, more) => {
    expect(() => readOrder({ ...order, ...more })).toThrow(MalformedOrder);
    expect(() => readOrder({ ...order, ...more })).toThrow(why);
  });

  it.each([null, 'order', [order]])('cannot be %j', (json) => {
    expect(() => readOrder(json)).toThrow(MalformedOrder);
    expect(orderIdIn(json)).toBeUndefined();
  });

  it('that is malformed has an id all the same, if that is valid', () =>
    expect(orderIdIn({ order_id: 'BZ-1', lines: 'none' })).toBe('BZ-1'));
});
