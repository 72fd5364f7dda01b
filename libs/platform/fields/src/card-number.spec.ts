import { describe, expect, it } from '@jest/globals';
import { holdsCardNumber } from './card-number.js';
import { CARD_RANGES } from './card-ranges.js';

/** A number with a right check digit. */
const withCheckDigit = (digits: string) => {
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((all, digit, index) => all + (index % 2 === 0 ? ((digit * 2 - 1) % 9) + 1 : digit), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

/** With the digits in its first four groups. */
const uuidOf = (digits: string) => `abcd${digits.replaceAll(/\d{4}(?=\d)/g, '$&-')}-0a1b2c3d4e5f`;

describe('a text', () => {
  it.each([
    ['Visa', '4111111111111111'],
    ['Visa among words', 'card 4012 8888 8888 1881, thanks'],
    ['Visa after letters', 'visa4012888888881881'],
    ['Visa of nineteen digits', '4000000000000000006'],
    ['Mastercard with hyphens', '5555-5555-5555-4444'],
    ['Mastercard of the two-series', '2223003122003222'],
    ['American Express', '3782 822463 10005'],
    ['American Express in one piece', '371449635398431'],
    ['Diners', '30569309025904'],
    ['Diners, grouped', '3056 930902 5904'],
    ['Diners of sixteen digits', '3600 0000 0000 0008'],
    ['Discover', '6011111111111117'],
    ['JCB', '3530111333300000'],
    ['UnionPay', '6200000000000005'],
    ['UnionPay of nineteen digits', '6205 5000 0000 0000 004'],
    ['Maestro', '6759649826438453'],
    ['Maestro of nineteen digits', '6304000000000000000'],
    ['Mir', '2200000000000004'],
    ['a list of numbers', '1,4012888888881881,2'],
    ['no-break spaces', '4012\u00a08888\u00a08888\u00a01881'],
    ['thin spaces', '4012\u20098888\u20098888\u20091881'],
    ['no-break hyphens', '4012\u20118888\u20118888\u20111881'],
    ['dashes', '4012\u20138888\u20138888\u20131881'],
    ['slashes', '4012/8888/8888/1881'],
    ['wide digits', '４０１２８８８８８８８８１８８１'],
  ])('holds a card number: %s', (_, text) => expect(holdsCardNumber(text)).toBe(true));

  it.each([
    ['a wrong check digit', '4111111111111112'],
    ['a barcode that passes the same check', '4006381000093'],
    ['a barcode of a carton, of fourteen digits as a Diners card has', '36006381000061'],
    ['a time in milliseconds', '1769999999999'],
    ['an order number of a marketplace', '303-1234567-1234567'],
    ['an order number of a shop, of thirteen digits', withCheckDigit('451234567890')],
    ['an order number of eighteen digits', withCheckDigit('57646141303878575')],
    ['a phone number', '+49 152 12345678'],
    ['twenty digits', '41111111111111111111'],
    ['words', 'WHITE HANGING HEART T-LIGHT HOLDER'],
    ['an IMEI', '356938035643809'],
    ['an e-mail that a shop has made of a time', 'shop-20210917131347022@example.com'],
    ['a time of seventeen digits', withCheckDigit('2021091713134702')],
    ['a number of a parcel', withCheckDigit('0010061234567890123')],
    ['a UUID whose groups are digits', uuidOf(withCheckDigit('401288884888812'))],
    ['a digest with a row of digits', `a4012888888881881b${'0'.repeat(46)}`],
    ['a fraction', '51.4012888888881881'],
  ])('holds none: %s', (_, text) => expect(holdsCardNumber(text)).toBe(false));
});

describe('the ranges of card numbers', () => {
  const numbers = CARD_RANGES.flatMap(({ issuer, prefixes, lengths }) =>
    prefixes.flatMap(([from, to]) =>
      [from, to].flatMap((prefix) =>
        lengths.map((length) => [issuer, withCheckDigit(`${prefix}`.padEnd(length - 1, '7'))] as const),
      ),
    ),
  );

  it.each(numbers.filter(([, number]) => number.length !== 14))('of %s hold %s', (_, number) => {
    expect(holdsCardNumber(number)).toBe(true);
  });

  it.each(CARD_RANGES)('$issuer: each goes up', ({ prefixes }) => {
    for (const [from, to] of prefixes) {
      expect(from).toBeLessThanOrEqual(to);
      expect(String(from)).toHaveLength(String(to).length);
    }
  });
});
