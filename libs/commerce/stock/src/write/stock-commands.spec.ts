import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { aCause } from '#testing';
import { type ChangeStock } from './change-stock.js';
import { stockCommands } from './stock-commands.js';

const contractOf = (name: string) => {
  const contract = stockCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract;
};

const bodyOf = (name: string, body: object) => plainToInstance(contractOf(name).dto, body);

/** The rules that a body violates, for example `quantity: min`. */
const violations = (name: string, body: object) =>
  validateSync(bodyOf(name, body), { whitelist: true, forbidNonWhitelisted: true }).flatMap(
    ({ property, constraints, children = [] }) => [
      ...Object.keys(constraints ?? {}).map((rule) => `${property}: ${rule}`),
      ...children.flatMap((child) => Object.keys(child.constraints ?? {}).map((rule) => `${child.property}: ${rule}`)),
    ],
  );

const messageOf = (name: string, body: object) => contractOf(name).message(bodyOf(name, body), aCause()) as ChangeStock;

const place = { sku: 'TEA 1/2 KG', locationId: 'store-12' };
const LOCAL = '2026-01-31T18:30:00+01:00';
const UTC = '2026-01-31T17:30:00.000Z';
const owner = { type: 'cart', id: 'cart-1' };
const reservationId = 'r-1';

/** Command → a body with all fields → the command of the domain that follows. */
const all: [name: string, body: object, command: string, data: object][] = [
  [
    'ReceiveStock',
    { quantity: 5, ref: 'DN-1', incomingRef: 'PO-1', incomingRest: true, factId: 'f' },
    'ReceiveStock',
    {},
  ],
  ['RecordStockCount', { countId: 'c-1', counted: 0, asOf: LOCAL, sourceSeq: 4 }, 'RecordStockCount', { asOf: UTC }],
  ['AdjustStock', { delta: -2, reason: 'theft', ref: 'R-1', factId: 'f' }, 'AdjustStock', {}],
  ['MarkStockUnavailable', { quantity: 1, reason: 'display', ref: 'window' }, 'MarkStockUnavailable', {}],
  ['MarkStockAvailable', { quantity: 1, reason: 'display', ref: 'window' }, 'MarkStockAvailable', {}],
  ['AnnounceIncomingStock', { ref: 'PO-1', quantity: 5, eta: LOCAL }, 'AnnounceIncomingStock', { eta: UTC }],
  ['ChangeIncomingStock', { ref: 'PO-1', quantity: 0, eta: LOCAL }, 'ChangeIncomingStock', { eta: UTC }],
  ['SetBackorderLimit', { limit: 0 }, 'SetBackorderLimit', {}],
  ['RestockReturn', { quantity: 1, returnId: 'return-1', disposition: 'refurbish', factId: 'f' }, 'RestockReturn', {}],
  [
    'ReserveStock',
    { reservationId, quantity: 2, kind: 'soft', owner, expiresAt: LOCAL, promisedFor: LOCAL },
    'ReserveStock',
    { expiresAt: UTC, promisedFor: UTC },
  ],
  ['ExtendReservation', { reservationId, expiresAt: LOCAL }, 'ExtendReservation', { expiresAt: UTC, ofChannel: 'web' }],
  ['FirmReservation', { reservationId }, 'FirmReservation', { ofChannel: 'web' }],
  ['ReduceReservation', { reservationId, by: 1 }, 'ReduceReservation', { ofChannel: 'web' }],
  ['ReleaseReservation', { reservationId, reason: 'cancelled' }, 'ReleaseReservation', { ofChannel: 'web' }],
  ['ConsumeReservation', { reservationId, ref: 'parcel-1', quantity: 1 }, 'ConsumeReservation', { ofChannel: 'web' }],
];

const optional = (command: string, field: string) =>
  ['incomingRef', 'incomingRest', 'factId', 'expiresAt', 'promisedFor'].includes(field) ||
  (command === 'ConsumeReservation' && field === 'quantity');

const anInstant = 'date and time with an offset from UTC, in a year from 1900 to 9999';

describe('the stock commands', () => {
  it('are those that channels may send', () => {
    const tested = [...all.map(([name]) => name), 'RecordStoreSale'];
    expect(stockCommands.map(({ name }) => name).sort()).toEqual(tested.sort());
  });

  it.each(all)('include %s', (name, body, type, data) => {
    expect(violations(name, { ...place, ...body })).toEqual([]);
    const { sku, locationId, command } = messageOf(name, { ...place, ...body });
    expect({ sku, locationId }).toEqual(place);
    expect(command).toStrictEqual({ type, data: { ...body, ...data } });
  });

  it.each(all)('of which %s refuses unknown fields and requires all others', (name, body) => {
    expect(violations(name, { ...place, ...body, surprise: 1 })).toContain('surprise: whitelistValidation');
    const required = Object.keys(body).filter((field) => name.startsWith('Extend') || !optional(name, field));
    for (const field of ['sku', 'locationId', ...required]) {
      expect(violations(name, { ...place, ...body, [field]: undefined })).not.toEqual([]);
      expect(violations(name, { ...place, ...body, [field]: null })).not.toEqual([]);
    }
  });

  it('turn a line of a receipt into an issue', () => {
    const sale = { ...place, quantity: 2, tillId: 'till-1', receiptNo: '2026-77', line: 3 };
    expect(violations('RecordStoreSale', sale)).toEqual([]);
    expect(messageOf('RecordStoreSale', sale).command).toEqual({
      type: 'RecordStockIssue',
      data: { quantity: 2, cause: 'store-sale', ref: 'till-1/2026-77/3', factId: 'till-1/2026-77/3' },
    });
  });

  it('name the stream that they write to', () => {
    const contract = contractOf('FirmReservation');
    expect(contract.stream(bodyOf('FirmReservation', { ...place, reservationId }))).toBe('stock-TEA 1/2 KG~store-12');
  });

  it('need the scope stock:write or stock:reserve', () => {
    const reserving = stockCommands.filter(({ scope }) => scope === 'stock:reserve').map(({ name }) => name);
    const aboutReservations = stockCommands.map(({ name }) => name).filter((name) => /Reserv(e|ation)/.test(name));
    expect(reserving).toEqual(aboutReservations.filter((name) => name !== 'ConsumeReservation')); // it reports a fact
    expect(new Set(stockCommands.map(({ scope }) => scope))).toEqual(new Set(['stock:write', 'stock:reserve']));
  });

  it('reach the reservations of all channels when staff send them', () => {
    const message = contractOf('FirmReservation').message(
      bodyOf('FirmReservation', { ...place, reservationId }),
      aCause({ channel: 'system' }),
    );
    expect((message as ChangeStock).command.data).toEqual({ reservationId, byStaff: true });
  });

  it('omit fields that the caller omitted', () => {
    const { command } = messageOf('ReceiveStock', { ...place, quantity: 1, ref: 'DN-1' });
    expect(command.data).toStrictEqual({ quantity: 1, ref: 'DN-1' });
  });

  it.each<[string, string, object]>([
    ['sku: matches', 'ReceiveStock', { sku: 'a~b' }],
    ['locationId: matches', 'ReceiveStock', { locationId: 'Store' }],
    ['quantity: min', 'ReceiveStock', { quantity: 0 }],
    ['quantity: max', 'ReceiveStock', { quantity: 10_000_001 }],
    ['quantity: isInt', 'ReceiveStock', { quantity: 1.5 }],
    ['quantity: isInt', 'ReceiveStock', { quantity: '5' }],
    ['ref: matches', 'ReceiveStock', { ref: '' }],
    ['incomingRef: matches', 'ReceiveStock', { incomingRef: null }],
    ['counted: min', 'RecordStockCount', { counted: -1 }],
    [`asOf: ${anInstant}`, 'RecordStockCount', { asOf: '2026-02-30T12:00:00Z' }],
    [`asOf: ${anInstant}`, 'RecordStockCount', { asOf: '2026-02-01' }],
    [`asOf: ${anInstant}`, 'RecordStockCount', { asOf: '2026-02-01T12:00:00' }],
    [`asOf: ${anInstant}`, 'RecordStockCount', { asOf: '2026-W01-1T12:00:00Z' }],
    ['delta: notEquals', 'AdjustStock', { delta: 0 }],
    ['reason: notEquals', 'AdjustStock', { reason: 'count' }],
    ['reason: isIn', 'MarkStockUnavailable', { reason: 'lost' }],
    ['disposition: isIn', 'RestockReturn', { disposition: 'eaten' }],
    ['kind: isIn', 'ReserveStock', { kind: 'firm' }],
    ['owner: isObject', 'ReserveStock', { owner: 'order-1' }],
    ['type: isIn', 'ReserveStock', { owner: { type: 'person', id: 'a' } }],
    ['id: matches', 'ReserveStock', { owner: { type: 'order', id: 'ada@example.com' } }],
    [`expiresAt: ${anInstant}`, 'ReserveStock', { expiresAt: 'tomorrow' }],
    ['surprise: whitelistValidation', 'ReserveStock', { owner: { ...owner, surprise: 1 } }],
    ['replaces: whitelistValidation', 'ReserveStock', { replaces: 'r-0' }],
    ['locationPaused: whitelistValidation', 'ReserveStock', { locationPaused: false }],
  ])('violate %s in %s', (rule, name, part) => {
    const [, body] = all.find(([one]) => one === name) ?? [];
    expect(violations(name, { ...place, ...body, ...part })).toContain(rule);
  });
});
