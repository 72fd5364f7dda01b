import { describe, expect, it } from '@jest/globals';
import { CURRENCIES, exponentOf, isCurrency } from './currencies.js';

/** Of the Unicode CLDR, as Node has it. */
const cldrNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' });
const cldrExponentOf = (currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

describe('the currencies', () => {
  it('have decimals', () => {
    expect(['JPY', 'EUR', 'KWD', 'CLF'].map(exponentOf)).toEqual([0, 2, 3, 4]);
  });

  it('are as ISO 4217 has them, the newest as well', () => {
    for (const code of ['XCG', 'ZWG', 'SLE', 'EUR']) expect([code, isCurrency(code)]).toEqual([code, true]);
    for (const code of ['', 'XYZ', 'eur', 'GBX', 'BTC', undefined, 3, ['EUR']]) expect(isCurrency(code)).toBe(false);
    expect(CURRENCIES).toHaveLength(new Set(CURRENCIES).size);
  });

  it('are known to CLDR, each by a name', () => {
    expect(CURRENCIES.filter((code) => cldrNames.of(code) === undefined)).toEqual([]);
  });

  it('are all that CLDR says are in use', () => {
    expect(Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code))).toEqual([]);
  });

  it('have the decimals of CLDR, which leaves out coins that nobody uses any more', () => {
    const other = CURRENCIES.filter((code) => cldrExponentOf(code) !== exponentOf(code));
    expect(other.join(' ')).toBe('AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER');
    for (const code of other) expect(cldrExponentOf(code)).toBe(0);
  });
});
