import { describe, expect, it } from '@jest/globals';
import { translateDocument } from './document-translation.js';
import { type ReceiptLine, type TillDocument } from './till-document.js';

const origin = {
  ...{ adapter: 'pos', till: { id: 't1', locationId: 'store' } },
  settings: { currency: 'GBP', scale: 2 },
};
const at = '2025-11-01T09:00:00.000Z';
const mug = { line: '1', sku: 'MUG', quantity: 2, price: 850 };
const of = { till: 't2', number: '17', line: '3' };
const receipt = (lines: readonly ReceiptLine[], discount = 0): TillDocument => ({
  ...{ kind: 'receipt', number: '4711', at, lines, discount },
});
const translated = (document: TillDocument) => translateDocument(document, origin);

describe('a receipt', () => {
  it('becomes an order, with ids that follow from till and number', () =>
    expect(translated(receipt([mug], 100))).toEqual({
      ...{ id: 'pos:t1:4711', waitsFor: [], sold: 2, returned: 0, amount: 1600, moving: 2 },
      commands: [
        {
          ...{ command: 'RecordOrder', id: 'pos:t1:4711/RecordOrder', occurredAt: at },
          data: {
            ...{ orderId: 'pos:t1:4711', externalRef: 't1/4711', currency: 'GBP', attributes: { till: 't1' } },
            charges: [{ chargeId: 'discount', kind: 'discount', quantity: 1, unitPrice: { amount: -100, scale: 2 } }],
            lines: [
              {
                ...{ lineId: '1', sku: 'MUG', quantity: 2, unitPrice: { amount: 850, scale: 2 } },
                ...{ method: 'carry-out', locationId: 'store' },
              },
            ],
          },
        },
      ],
    }));

  it('with goods brought back becomes a return, which waits for the receipt that it names', () =>
    expect(translated(receipt([{ ...mug, quantity: -1, condition: 'damaged', of }]))).toMatchObject({
      ...{ waitsFor: ['pos:t2:17'], sold: 0, returned: 1, amount: -850, moving: 1 },
      commands: [
        {
          command: 'RecordReturn',
          data: {
            returnId: 'pos:t1:4711',
            lines: [{ quantity: 1, disposition: 'damaged', original: { orderId: 'pos:t2:17', lineId: '3' } }],
          },
        },
      ],
    }));

  it('with goods of an order of another channel waits for nothing', () =>
    expect(translated(receipt([{ ...mug, quantity: -1, of: { order: 'web-1', line: '2' } }]))).toMatchObject({
      ...{ waitsFor: [], commands: [{ data: { lines: [{ original: { orderId: 'web-1', lineId: '2' } }] } }] },
    }));

  it('of an exchange becomes an order and a return', () => {
    const { commands, amount } = translated(receipt([mug, { ...mug, line: '2', quantity: -1 }]));
    expect(commands.map(({ command }) => command)).toEqual(['RecordOrder', 'RecordReturn']);
    expect(amount).toBe(850);
  });

  it('that gives money back without goods moves no goods', () =>
    expect(translated(receipt([{ ...mug, quantity: -1, condition: 'none' }]))).toMatchObject({
      returned: 1,
      moving: 0,
    }));
});

describe('a void', () => {
  it('returns everything of its receipt, less the discount', () =>
    expect(translated({ kind: 'void', number: '4712', at, voids: '4711', lines: [mug], discount: 100 })).toMatchObject({
      ...{ waitsFor: ['pos:t1:4711'], returned: 2, amount: -1600, moving: 2 },
      commands: [
        {
          command: 'RecordReturn',
          data: {
            lines: [{ quantity: 2, disposition: 'restock', original: { orderId: 'pos:t1:4711', lineId: '1' } }],
            credits: [{ kind: 'discount', unitPrice: { amount: 100 } }],
          },
        },
      ],
    }));

  it('of goods brought back sells them again', () => {
    const lines = [{ ...mug, quantity: -1 }];
    const { commands, amount } = translated({ kind: 'void', number: '4712', at, voids: '4711', lines, discount: 0 });
    expect(commands).toMatchObject([{ command: 'RecordOrder', data: { lines: [{ quantity: 1 }] } }]);
    expect(amount).toBe(850);
  });
});

it('a count becomes one command for each SKU, with a correlation id of its own', () => {
  const lines = ['MUG', 'TEA'].map((sku, index) => ({ line: String(index + 1), sku, counted: 7 }));
  const { commands, id } = translated({ kind: 'count', number: 'c-1', at, lines });
  expect(commands.map(({ id: key, correlationId }) => [key, correlationId])).toEqual([
    [`${id}/1`, id],
    [`${id}/2`, id],
  ]);
  expect(commands[0]?.data).toMatchObject({ sku: 'MUG', locationId: 'store', counted: 7, asOf: at });
});
