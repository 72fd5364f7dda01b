import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalText, exactSum, lineTotal, moneyText, split, sum, totalOf, type Money } from './money.js';

const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const money = (value: number, currency = 'EUR'): Money => ({ amount: value, currency });
const price = (value: number, scale: number, currency = 'EUR') => ({ amount: value, scale, currency });

describe('the total of a line', () => {
  it.each([
    ['a price in cents', price(1999, 2), 3, 5997],
    ['half a cent, which is rounded up', price(5, 3), 1, 1],
    ['less than half a cent, which is rounded down', price(4, 3), 1, 0],
    ['half a cent owed, which is rounded away from zero', price(-5, 3), 1, -1],
    ['half a cent returned', price(5, 3), -1, -1],
    ['a thousand of a fine price', price(123_456, 6), 1000, 12_346],
    ['yen', price(1250, 0, 'JPY'), 2, 2500],
    ['tenths of a yen', price(12_505, 1, 'JPY'), 1, 1251],
    ['fils', price(1005, 3, 'KWD'), 2, 2010],
    ['a tenth of a fils, which is rounded', price(10_005, 4, 'KWD'), 1, 1001],
    ['a price coarser than the currency', price(7, 0), 2, 1400],
  ])('of %s', (_, unit, quantity, total) => expect(lineTotal(unit, quantity)).toEqual(money(total, unit.currency)));

  it('is never off by more than half a minor unit', () =>
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 1000 }),
        (value, scale, quantity) => {
          const exact = BigInt(value) * BigInt(quantity);
          const unit = 10n ** BigInt(scale - 2);
          const error = BigInt(lineTotal(price(value, scale), quantity).amount) * unit - exact;
          expect(2n * (error < 0n ? -error : error) <= unit).toBe(true);
        },
      ),
    ));

  it('refuses what no safe integer can hold', () => {
    expect(() => lineTotal(price(Number.MAX_SAFE_INTEGER, 2), 2)).toThrow(RangeError);
  });
});

describe('a sum', () => {
  it('adds amounts of one currency', () =>
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const total = amounts.reduce((all, value) => all + value, 0);
        expect(
          sum(
            amounts.map((value) => money(value)),
            'EUR',
          ),
        ).toEqual(money(total));
      }),
    ));

  it('refuses to mix currencies', () => {
    expect(() => sum([money(1), money(1, 'JPY')], 'EUR')).toThrow(RangeError);
  });

  it('refuses what no safe integer can hold', () => {
    expect(() => sum([money(Number.MAX_SAFE_INTEGER), money(1)], 'EUR')).toThrow(RangeError);
    expect(() => sum([money(Number.MAX_SAFE_INTEGER), money(2), money(-1000)], 'EUR')).toThrow(RangeError);
  });
});

const MOST = Number.MAX_SAFE_INTEGER;

describe('amounts whose sum is beyond 2^53', () => {
  it('are refused even if others take them back, because a part of them could not be exact', () => {
    expect(() => sum([money(MOST), money(-MOST), money(5)], 'EUR')).toThrow(RangeError);
    const item = (amount: number) => ({ unitPrice: { amount, scale: 2 }, quantity: 1 });
    expect(totalOf([item(MOST)], 'EUR')).toBe(MOST);
    expect(() => totalOf([item(MOST), item(-1)], 'EUR')).toThrow(`exceed ${MOST} minor units`);
    expect(() => totalOf([{ ...item(MOST), quantity: 2 }], 'EUR')).toThrow(`exceed ${MOST} minor units`);
  });

  it('have an exact sum', () => expect(exactSum([MOST, MOST, 1])).toBe(18014398509481983n));
});

describe('the text of an amount', () => {
  it.each([
    [850, 2, '8.50'],
    [-5, 2, '-0.05'],
    [1250, 0, '1250'],
    [0, 3, '0.000'],
    [MOST, 2, '90071992547409.91'],
    [-MOST, 6, '-9007199254.740991'],
  ])('%d of scale %d is %s', (amount, scale, text) => expect(decimalText(amount, scale)).toBe(text));

  it('has the currency', () => expect(moneyText(MOST - 1, 'EUR')).toBe('90071992547409.90 EUR'));
});

describe('a split', () => {
  const weights = fc
    .array(fc.nat(10_000), { minLength: 1, maxLength: 12 })
    .filter((all) => all.some((weight) => weight > 0));

  it('gives the odd cents to the largest remainders', () => {
    expect(split(money(100), [1, 1, 1]).map((part) => part.amount)).toEqual([34, 33, 33]);
    expect(split(money(100), [1, 2, 4]).map((part) => part.amount)).toEqual([14, 29, 57]);
    expect(split(money(-100), [1, 1, 1]).map((part) => part.amount)).toEqual([-34, -33, -33]);
  });

  it('adds up to the amount, and each part is its exact share rounded up or down', () =>
    fc.assert(
      fc.property(amount, weights, (value, shares) => {
        const parts = split(money(value), shares);
        const total = shares.reduce((all, weight) => all + weight, 0);
        expect(parts.reduce((all, part) => all + part.amount, 0)).toBe(value);
        parts.forEach((part, index) => {
          const exact = (value * (shares[index] ?? 0)) / total;
          expect(Math.abs(part.amount - exact)).toBeLessThan(1);
          expect(Object.is(part.amount, -0)).toBe(false);
        });
      }),
    ));

  it('gives nothing to a weight of zero', () =>
    fc.assert(
      fc.property(amount, weights, (value, shares) => {
        expect(split(money(value), [...shares, 0]).at(-1)?.amount).toBe(0);
      }),
    ));

  it.each([[[]], [[0, 0]], [[2, -1]]])('refuses the weights %j', (bad) => {
    expect(() => split(money(100), bad)).toThrow(RangeError);
  });
});
