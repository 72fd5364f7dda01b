import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { aCause } from '#testing';
import { orderCommands } from './order-commands.js';

const find = (name: string) => {
  const contract = orderCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract;
};

const pathsOf = (errors: readonly ValidationError[], path = ''): string[] =>
  errors.flatMap(({ property, constraints, children = [] }) => [
    ...Object.keys(constraints ?? {}).map((rule) => `${path}${property}: ${rule}`),
    ...pathsOf(children, `${path}${property}.`),
  ]);

/** The rules that a body breaks, for example `lines.0.quantity: min`. */
const broken = (name: string, body: object) =>
  pathsOf(validateSync(plainToInstance(find(name).dto, body), { whitelist: true, forbidNonWhitelisted: true }));

const line = { lineId: '1', sku: 'TEA', quantity: 1, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' };
const anOrder = { orderId: 'o-1', lines: [line] };
const charge = { chargeId: 'c', kind: 'discount', quantity: 1, unitPrice: { amount: -5, scale: 2 } };

describe('the body of PlaceOrder', () => {
  it.each([
    ['only required fields', anOrder],
    [
      'all fields',
      {
        ...anOrder,
        externalRef: 'W-1',
        customerId: 'c-1',
        currency: 'GBP',
        locale: 'en-GB',
        contact: { name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0000' },
        shipTo: { lines: ['1 High Street'], postalCode: 'EH1 1AA', city: 'Edinburgh' },
        country: 'GB',
        lines: [
          {
            ...line,
            title: ' WHITE "METAL" LANTERN, £',
            method: 'pickup',
            locationId: 'leeds',
            attributes: { a: 'b', imei: '356938035643809', serialNumber: '4111111111111111' },
          },
        ],
        charges: [{ ...charge, title: 'Voucher' }],
        attributes: { campaign: 'spring' },
      },
    ],
    [
      'an e-mail that a shop has made of a time',
      { ...anOrder, contact: { email: 'shop-20210917131347022@example.com' } },
    ],
    ['the newest currency', { ...anOrder, currency: 'XCG', country: 'XK' }],
  ])('may have %s', (_, body) => expect(broken('PlaceOrder', body)).toEqual([]));

  it.each<[string, object]>([
    ['lines.0.quantity: min', { lines: [{ ...line, quantity: 0 }] }],
    ['lines.0.quantity: isInt', { lines: [{ ...line, quantity: 1.5 }] }],
    ['lines.0.quantity: max', { lines: [{ ...line, quantity: 1_000_001 }] }],
    ['lines.0.unitPrice.amount: min', { lines: [{ ...line, unitPrice: { amount: -1, scale: 2 } }] }],
    ['lines.0.unitPrice.scale: max', { lines: [{ ...line, unitPrice: { amount: 1, scale: 7 } }] }],
    ['lines.0.method: isIn', { lines: [{ ...line, method: 'drone' }] }],
    ['lines.0.sku: matches', { lines: [{ ...line, sku: 'a~b' }] }],
    ['lines.0.locationId: matches', { lines: [{ ...line, locationId: 'Leeds' }] }],
    ['lines.0.title: matches', { lines: [{ ...line, title: 'a\u0000b' }] }],
    ['lines.0.title: noCardNumber', { lines: [{ ...line, title: 'paid by 4111 1111 1111 1111' }] }],
    ['lines.0.attributes: noCardNumber', { lines: [{ ...line, attributes: { note: '4111111111111111' } }] }],
    ['lines.0.attributes: attributes', { lines: [{ ...line, attributes: { note: 5 } }] }],
    ['lines.0.surprise: whitelistValidation', { lines: [{ ...line, surprise: 1 }] }],
    ['lines: arrayMaxSize', { lines: Array.from({ length: 1001 }, () => line) }],
    ['charges.0.quantity: notEquals', { charges: [{ ...charge, quantity: 0 }] }],
    ['orderId: noCardNumber', { orderId: '4111111111111111' }],
    ['externalRef: noCardNumber', { externalRef: 'W-4111111111111111' }],
    ['lines.0.lineId: noCardNumber', { lines: [{ ...line, lineId: '5555-5555-5555-4444' }] }],
    ['lines.0.sku: noCardNumber', { lines: [{ ...line, sku: '4111 1111 1111 1111' }] }],
    ['shipTo.lines: noCardNumber', { shipTo: { lines: ['4111-1111-1111-1111'] } }],
    ['contact.email: isEmail', { contact: { email: 'ada' } }],
    ['contact.phone: matches', { contact: { phone: '4111111111111111' } }],
    ['currency: currency code of ISO 4217', { currency: 'XYZ' }],
    ['country: matches', { country: 'gb' }],
    ['orderId: matches', { orderId: 'ada@example.com' }],
  ])('breaks %s', (rule, part) => expect(broken('PlaceOrder', { ...anOrder, ...part })).toContain(rule));
});

describe('the other bodies', () => {
  it.each<[string, object]>([
    ['RecordOrder', { ...anOrder, currency: 'GBP', charges: [charge] }],
    ['HoldOrder', { orderId: 'o-1', holdId: 'fraud', reason: 'odd' }],
    ['ReleaseOrderHold', { orderId: 'o-1', holdId: 'fraud' }],
    ['CancelOrderLines', { orderId: 'o-1', lines: [{ lineId: '1', quantity: 1 }], reason: 'regret' }],
    [
      'AdjustLedger',
      { entryId: 'A1', title: 'Bad debt', currency: 'GBP', quantity: 1, unitPrice: { amount: -1, scale: 2 } },
    ],
  ])('%s accepts its required fields and refuses to do without them', (name, body) => {
    expect(broken(name, body)).toEqual([]);
    expect(broken(name, {})).not.toEqual([]);
  });
});

describe('the subject of an order', () => {
  const subject = (body: object) => find('PlaceOrder').subject?.(body, aCause());

  it('is the customer', () => expect(subject({ ...anOrder, customerId: 'c-1', contact: {} })).toBe('c-1'));
  it('of a guest depends on the order id only', () => {
    const guest = subject({ ...anOrder, contact: { name: 'Ada' } });
    expect(subject({ ...anOrder, shipTo: { lines: [] } })).toBe(guest);
    expect(subject({ ...anOrder, orderId: 'o-2', contact: { name: 'Ada' } })).not.toBe(guest);
  });
  it('is absent without personal data', () => expect(subject(anOrder)).toBeUndefined());
});

it('every command names its own stream', () => {
  const body = { orderId: 'x', entryId: 'x' };
  expect(Object.fromEntries(orderCommands.map(({ name, stream }) => [name, stream(body)]))).toEqual({
    PlaceOrder: 'order-x',
    PayOrder: 'order-x',
    ProposeOrderEdit: 'order-x',
    ApplyOrderEdit: 'order-x',
    DiscardOrderEdit: 'order-x',
    RecordOrder: 'order-x',
    HoldOrder: 'order-x',
    ReleaseOrderHold: 'order-x',
    CancelOrderLines: 'order-x',
    AdjustLedger: 'ledger-x',
  });
});
