import { totalOf } from '#kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expandKits, type KitComponent } from './expand-kits.js';
import { aLine } from './samples.js';

const tray: readonly KitComponent[] = [
  { sku: 'CUP', quantity: 2 },
  { sku: 'POT', quantity: 1 },
];
const kits = new Map([['TRAY', tray]]);
const expand = (...lines: ReturnType<typeof aLine>[]) => expandKits(lines, (sku) => kits.get(sku), 'GBP');
const euros = (amount: number) => ({ amount, scale: 2 });

const currencies = fc.constantFrom('JPY', 'EUR', 'KWD');
const component = fc.record({
  sku: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
  quantity: fc.integer({ min: 1, max: 1000 }),
});
const components = fc.uniqueArray(component, { selector: ({ sku }) => sku, minLength: 1, maxLength: 5 });
const unitPrice = fc.record({
  amount: fc.integer({ min: 0, max: 1_000_000 }),
  scale: fc.integer({ min: 0, max: 6 }),
});
const quantity = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1_000_000 }));

describe('a line of a kit', () => {
  it('becomes lines of its components, which name the kit', () =>
    expect(expand(aLine('7', { sku: 'TRAY', quantity: 2, title: 'Tea tray', unitPrice: euros(3000) }))).toEqual([
      aLine('7.a', {
        ...{ sku: 'CUP', quantity: 4, title: 'Tea tray', unitPrice: euros(1000) },
        kit: { sku: 'TRAY', lineId: '7', quantity: 2 },
      }),
      aLine('7.b', {
        ...{ sku: 'POT', quantity: 2, title: 'Tea tray', unitPrice: euros(1000) },
        kit: { sku: 'TRAY', lineId: '7', quantity: 2 },
      }),
    ]));

  it('uses unit prices with more decimals where cents cannot be split', () =>
    expect(expand(aLine('1', { sku: 'TRAY', unitPrice: euros(1000) }))).toMatchObject([
      { sku: 'CUP', quantity: 2, unitPrice: { amount: 3_335_000, scale: 6 } },
      { sku: 'POT', quantity: 1, unitPrice: euros(333) },
    ]));

  it('becomes two lines where no unit price is exact', () => {
    const many = expandKits(
      [aLine('1', { sku: 'DROPS', unitPrice: euros(100_001) })],
      () => [{ sku: 'DROP', quantity: 30_000 }],
      'GBP',
    );
    expect(many).toMatchObject([
      { lineId: '1.a', quantity: 19_999, unitPrice: euros(3) },
      { lineId: '1.b', quantity: 10_001, unitPrice: euros(4) },
    ]);
  });

  it('leaves other lines unchanged and does not reuse their ids', () =>
    expect(expand(aLine('1', { sku: 'TRAY' }), aLine('1.a')).map(({ lineId }) => lineId)).toEqual([
      '1.b',
      '1.c',
      '1.a',
    ]));

  it('is refused if its id is used twice', () =>
    expect(() => expand(aLine('1', { sku: 'TRAY' }), aLine('1'))).toThrow('The id 1 is used twice'));

  it('is refused if the order would have too many lines', () =>
    expect(() => expand(...Array.from({ length: 1001 }, (_, index) => aLine(`${index}`, { sku: 'TRAY' })))).toThrow(
      'the order has 2002 lines',
    ));

  it('keeps the total and the quantities of the kit to the minor unit', () =>
    fc.assert(
      fc.property(currencies, components, unitPrice, quantity, (currency, parts, price, units) => {
        const line = aLine('1', { sku: 'KIT', unitPrice: price, quantity: units });
        const lines = expandKits([line], (sku) => (sku === 'KIT' ? parts : undefined), currency);
        expect(totalOf(lines, currency)).toBe(totalOf([line], currency));
        for (const { sku, quantity: each } of parts) {
          const of = lines.filter((one) => one.sku === sku);
          expect(of.reduce((all, one) => all + one.quantity, 0)).toBe(each * units);
        }
        expect(lines.every((one) => one.quantity > 0 && one.unitPrice.amount >= 0 && one.unitPrice.scale <= 6)).toBe(
          true,
        );
      }),
      { numRuns: 1000 },
    ));

  it('has ids that are unique and no longer than an id may be', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.]{1,64}$/), fc.integer({ min: 1, max: 60 }), (lineId, count) => {
        const parts = Array.from({ length: count }, (_, index) => ({ sku: `S${index}`, quantity: 1 }));
        const ids = expandKits(
          [aLine(lineId, { sku: 'KIT' })],
          (sku) => (sku === 'KIT' ? parts : undefined),
          'EUR',
        ).map((one) => one.lineId);
        expect(new Set(ids).size).toBe(count);
        expect(ids.every((id) => id.length <= 64)).toBe(true);
      }),
    ));
});
