import { describe, expect, it } from '@jest/globals';
import { type BatchCommand } from '#client';
import { commandsOf, customerIdOf } from './documents.js';
import { FREE, aRow, GUEST } from './row.fixture.js';
import { type Row } from './rows.js';

type Data = Readonly<Record<string, unknown>>;
interface Line {
  readonly lineId: string;
  readonly quantity: number;
  readonly original?: object;
  readonly attributes: Readonly<Record<string, string>>;
}

const commands = (...rows: Partial<Row>[]): BatchCommand[] => [...commandsOf(rows.map((row) => aRow(row)))];
const named = (name: string, all: readonly BatchCommand[]) => all.filter(({ command }) => command === name);
const data = (command: BatchCommand | undefined) => command?.data as Data;
const linesOf = (command: BatchCommand | undefined) => data(command)['lines'] as readonly Line[];

const back = { invoice: 'C561999', quantity: -96, at: '2011-08-02T07:30:00.000Z' };

describe('a sale', () => {
  it('registers its customer, once, and records the order', () => {
    const all = commands({}, { invoice: '561905' });
    expect(all.map(({ command }) => command)).toEqual([
      'RegisterCustomer',
      'LinkIdentity',
      'RecordOrder',
      'RecordOrder',
    ]);
    expect(data(all[2])).toMatchObject({
      orderId: 'or-561904',
      externalRef: '561904',
      customerId: customerIdOf('17941'),
      currency: 'GBP',
      attributes: { source: 'online-retail', country: 'United Kingdom' },
      lines: [{ lineId: '1', sku: '22075', quantity: 96, unitPrice: { amount: 145, scale: 2 } }],
    });
  });

  it('of a guest has no customer', () => {
    const all = commands(GUEST);
    expect(all.map(({ command }) => command)).toEqual(['RecordOrder']);
    expect(data(all[0])).not.toHaveProperty('customerId');
  });

  it('has all rows of its invoice, wherever they are in the file', () => {
    const all = commands({ quantity: 1 }, { invoice: '561905' }, { quantity: 2 });
    const [first, second] = named('RecordOrder', all);
    expect(linesOf(first).map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(linesOf(second)).toHaveLength(1);
  });

  it('keeps exact duplicates as separate lines', () => {
    expect(linesOf(named('RecordOrder', commands({}, {}))[0]).map(({ lineId }) => lineId)).toEqual(['1', '2']);
  });

  it('keeps the time of a row that differs from that of the invoice', () => {
    const later = '2011-08-01T07:31:00.000Z';
    const [order] = named('RecordOrder', commands({}, { at: later }));
    expect(order?.occurredAt).toBe('2011-08-01T07:30:00.000Z');
    expect(linesOf(order).map(({ attributes }) => attributes['at'])).toEqual([undefined, later]);
  });

  it('keeps the class of each row and its original code', () => {
    const [order] = named('RecordOrder', commands({ code: '15056bl' }, { code: 'POST' }));
    expect(linesOf(order)).toMatchObject([{ sku: '15056BL', attributes: { class: 'product_sale', code: '15056bl' } }]);
    expect(data(order)['charges']).toMatchObject([
      { chargeId: '2', kind: 'shipping', attributes: { class: 'shipping_charge', code: 'POST' } },
    ]);
  });

  it.each([
    ['wholesale', '22075'],
    ['web', 'DOT'],
    ['marketplace', 'AMAZONFEE'],
  ])('comes through the %s channel with a %s', (channel, code) => {
    expect(named('RecordOrder', commands({}, { code }))[0]?.channel).toBe(`online-retail-${channel}`);
  });
});

describe('a return', () => {
  it('refers to the order line of the purchase', () => {
    const all = commands({ code: '21877' }, {}, back);
    expect(linesOf(named('RecordReturn', all)[0])).toMatchObject([
      { quantity: 96, disposition: 'restock', original: { orderId: 'or-561904', lineId: '2' } },
    ]);
  });

  it('prefers a purchase of the same quantity and price to a newer one', () => {
    const newer = { invoice: '561950', quantity: 100 };
    expect(linesOf(named('RecordReturn', commands({}, newer, back))[0])[0]?.original).toEqual({
      orderId: 'or-561904',
      lineId: '1',
    });
  });

  it('does not refer to a line that was returned already', () => {
    const originals = named('RecordReturn', commands({}, back, { ...back, invoice: 'C562000' }))
      .flatMap(linesOf)
      .map(({ original }) => original);
    expect(originals).toEqual([{ orderId: 'or-561904', lineId: '1' }, undefined]);
  });

  it.each([
    ['of more than was bought', { ...back, quantity: -97 }],
    ['by another customer', { ...back, customer: '12345' }],
    ['of a guest', { ...back, ...GUEST }],
    ['of other goods', { ...back, code: '21877' }],
  ])('%s refers to no line', (_, row) => {
    expect(linesOf(named('RecordReturn', commands({}, row))[0])[0]).not.toHaveProperty('original');
  });

  it('before the purchase refers to no line', () => {
    expect(linesOf(named('RecordReturn', commands(back, {}))[0])[0]).not.toHaveProperty('original');
  });

  it('without goods has credits', () => {
    const [goodsReturn] = named('RecordReturn', commands({ ...back, code: 'M', quantity: -1 }));
    expect(data(goodsReturn)).toMatchObject({ lines: [], credits: [{ kind: 'manual', quantity: -1 }] });
  });
});

describe('a row without trade', () => {
  it('writes stock off', () => {
    const at = '2011-08-01T07:31:00.000Z';
    const all = commands({ ...GUEST }, { ...GUEST, quantity: -5, price: FREE, at });
    expect(named('AdjustStock', all)).toMatchObject([
      {
        id: 'online-retail/or-561904/2',
        occurredAt: at,
        data: { sku: '22075', delta: -5, reason: 'stock_writeoff', ref: '561904/2' },
      },
    ]);
  });

  it('records found stock, with its original code', () => {
    expect(commands({ ...GUEST, price: FREE, code: '15056bl' }).map(data)).toMatchObject([
      { sku: '15056BL', delta: 96, reason: 'stock_found', ref: '561904/1/15056bl' },
    ]);
  });

  it('adjusts the ledger', () => {
    const row = { ...GUEST, invoice: 'A563185', code: 'B', quantity: 1, price: { amount: -1106206, scale: 2 } };
    expect(commands(row)).toMatchObject([
      {
        command: 'AdjustLedger',
        data: {
          entryId: 'or-A563185-1',
          externalRef: 'A563185',
          unitPrice: { amount: -1106206, scale: 2 },
          attributes: { class: 'ledger_adjustment', code: 'B' },
        },
      },
    ]);
  });
});

it('the same rows make the same commands with the same ids', () => {
  const rows = [{}, { code: 'POST' }, back, { ...GUEST, invoice: '561906', quantity: -1, price: FREE }];
  expect(commands(...rows)).toEqual(commands(...rows));
  const ids = commands(...rows).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
