import { describe, expect, it } from '@jest/globals';
import { type BatchCommand } from '#client';
import { customerIdOf, identitiesOf, registrationsOf } from './customers.js';
import { commandsOf } from './documents.js';
import { invoicesOf } from './invoices.js';
import { Originals } from './originals.js';
import { type RecordedTrade } from './recorded-trade.js';
import { FREE, aRow, GUEST, read } from './row.fixture.js';
import { type Row } from './rows.js';
import { surveyOf } from './survey.js';

type Data = Readonly<Record<string, unknown>>;
interface Line {
  readonly lineId: string;
  readonly quantity: number;
  readonly original?: object;
  readonly attributes: Readonly<Record<string, string>>;
}

const NOTHING_RECORDED: Pick<RecordedTrade, 'originalsOf' | 'purchasesOf'> = {
  originalsOf: () => Promise.resolve(undefined),
  purchasesOf: () => Promise.resolve([]),
};

const commandsAfter = async (recorded: typeof NOTHING_RECORDED, ...given: Partial<Row>[]): Promise<BatchCommand[]> => {
  const rows = given.map((row, index) => aRow({ ...row, line: index + 2 }));
  const survey = await surveyOf(read(rows));
  const originals = new Originals(recorded);
  const all = [...registrationsOf(survey), ...identitiesOf(survey)];
  for await (const invoice of invoicesOf(read(rows), survey)) {
    for await (const command of commandsOf(invoice, originals)) all.push(command);
  }
  return all;
};
const commands = (...rows: Partial<Row>[]) => commandsAfter(NOTHING_RECORDED, ...rows);
const named = (name: string, all: readonly BatchCommand[]) => all.filter(({ command }) => command === name);
const data = (command: BatchCommand | undefined) => command?.data as Data;
const linesOf = (command: BatchCommand | undefined) => data(command)['lines'] as readonly Line[];

const back = { invoice: 'C561999', quantity: -96, at: '2011-08-02T07:30:00.000Z' };

describe('a sale', () => {
  it('registers its customer, once, and records the order', async () => {
    const all = await commands({}, { invoice: '561905' });
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

  it('of a guest has no customer', async () => {
    const all = await commands(GUEST);
    expect(all.map(({ command }) => command)).toEqual(['RecordOrder']);
    expect(data(all[0])).not.toHaveProperty('customerId');
  });

  it('has all rows of its invoice, wherever they are in the file', async () => {
    const all = await commands({ quantity: 1 }, { invoice: '561905' }, { quantity: 2 });
    const [second, first] = named('RecordOrder', all); // an invoice is complete after its last row
    expect(linesOf(first).map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(linesOf(second)).toHaveLength(1);
  });

  it('keeps exact duplicates as separate lines', async () => {
    expect(linesOf(named('RecordOrder', await commands({}, {}))[0]).map(({ lineId }) => lineId)).toEqual(['1', '2']);
  });

  it('keeps the time of a row that differs from that of the invoice', async () => {
    const later = '2011-08-01T07:31:00.000Z';
    const [order] = named('RecordOrder', await commands({}, { at: later }));
    expect(order?.occurredAt).toBe('2011-08-01T07:30:00.000Z');
    expect(linesOf(order).map(({ attributes }) => attributes['at'])).toEqual([undefined, later]);
  });

  it('tells rows apart that differ by their description only', async () => {
    const [order] = named(
      'RecordOrder',
      await commands({}, { description: 'RIBBONS' }, {}, { description: 'RIBBONS' }),
    );
    expect(linesOf(order).map(({ attributes }) => attributes['variant'])).toEqual([undefined, '1', undefined, '1']);
    const found = { ...GUEST, price: FREE };
    const corrections = await commands(found, { ...found, description: 'found' });
    expect(corrections.map(data)).toMatchObject([{ ref: '561904/1' }, { ref: '561904/2//1' }]);
  });

  it('keeps the class of each row and its original code', async () => {
    const [order] = named('RecordOrder', await commands({ code: '15056bl' }, { code: 'POST' }));
    expect(linesOf(order)).toMatchObject([{ sku: '15056BL', attributes: { class: 'product_sale', code: '15056bl' } }]);
    expect(data(order)['charges']).toMatchObject([
      { chargeId: '2', kind: 'shipping', attributes: { class: 'shipping_charge', code: 'POST' } },
    ]);
  });

  it.each([
    ['wholesale', '22075'],
    ['web', 'DOT'],
    ['marketplace', 'AMAZONFEE'],
  ])('comes through the %s channel with a %s', async (channel, code) => {
    expect(named('RecordOrder', await commands({}, { code }))[0]?.channel).toBe(`online-retail-${channel}`);
  });
});

describe('a return', () => {
  it('refers to the order line of the purchase', async () => {
    const all = await commands({ code: '21877' }, {}, back);
    expect(linesOf(named('RecordReturn', all)[0])).toMatchObject([
      { quantity: 96, disposition: 'restock', original: { orderId: 'or-561904', lineId: '2' } },
    ]);
  });

  it('prefers a purchase of the same quantity and price to a newer one', async () => {
    const newer = { invoice: '561950', quantity: 100 };
    expect(linesOf(named('RecordReturn', await commands({}, newer, back))[0])[0]?.original).toEqual({
      orderId: 'or-561904',
      lineId: '1',
    });
  });

  it('does not refer to a line that was returned already', async () => {
    const originals = named('RecordReturn', await commands({}, back, { ...back, invoice: 'C562000' }))
      .flatMap(linesOf)
      .map(({ original }) => original);
    expect(originals).toEqual([{ orderId: 'or-561904', lineId: '1' }, undefined]);
  });

  it.each([
    ['of more than was bought', { ...back, quantity: -97 }],
    ['by another customer', { ...back, customer: '12345' }],
    ['of a guest', { ...back, ...GUEST }],
    ['of other goods', { ...back, code: '21877' }],
  ])('%s refers to no line', async (_, row) => {
    expect(linesOf(named('RecordReturn', await commands({}, row))[0])[0]).not.toHaveProperty('original');
  });

  it('before the purchase refers to no line', async () => {
    expect(linesOf(named('RecordReturn', await commands(back, {}))[0])[0]).not.toHaveProperty('original');
  });

  it('without goods has credits', async () => {
    const [goodsReturn] = named('RecordReturn', await commands({ ...back, code: 'M', quantity: -1 }));
    expect(data(goodsReturn)).toMatchObject({ lines: [], credits: [{ kind: 'manual', quantity: -1 }] });
  });
});

describe('a row without trade', () => {
  it('writes stock off', async () => {
    const at = '2011-08-01T07:31:00.000Z';
    const all = await commands({ ...GUEST }, { ...GUEST, quantity: -5, price: FREE, at });
    expect(named('AdjustStock', all)).toMatchObject([
      {
        id: 'online-retail/or-561904/2',
        occurredAt: at,
        data: { sku: '22075', delta: -5, reason: 'stock_writeoff', ref: '561904/2' },
      },
    ]);
  });

  it('records found stock, with its original code', async () => {
    expect((await commands({ ...GUEST, price: FREE, code: '15056bl' })).map(data)).toMatchObject([
      { sku: '15056BL', delta: 96, reason: 'stock_found', ref: '561904/1/15056bl' },
    ]);
  });

  it('adjusts the ledger', async () => {
    const row = { ...GUEST, invoice: 'A563185', code: 'B', quantity: 1, price: { amount: -1106206, scale: 2 } };
    expect(await commands(row)).toMatchObject([
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

it('the same rows make the same commands with the same ids', async () => {
  const rows = [{}, { code: 'POST' }, back, { ...GUEST, invoice: '561906', quantity: -1, price: FREE }];
  expect(await commands(...rows)).toEqual(await commands(...rows));
  const ids = (await commands(...rows)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
