import { describe, expect, it } from '@jest/globals';
import { holdsCardNumber } from './card-number.js';

describe('a text', () => {
  it.each([
    ['Visa', '4111111111111111'],
    ['Visa among words', 'card 4012 8888 8888 1881, thanks'],
    ['Mastercard with hyphens', '5555-5555-5555-4444'],
    ['Mastercard of the two-series', '2223003122003222'],
    ['American Express', '3782 822463 10005'],
    ['Diners', '30569309025904'],
    ['Discover', '6011111111111117'],
    ['nineteen digits', '6304000000000000000'],
  ])('holds a card number: %s', (_, text) => expect(holdsCardNumber(text)).toBe(true));

  it.each([
    ['a wrong check digit', '4111111111111112'],
    ['a barcode that passes the same check', '4006381000093'],
    ['a time in milliseconds', '1769999999999'],
    ['an order number of a marketplace', '303-1234567-1234567'],
    ['a phone number', '+49 152 12345678'],
    ['twenty digits', '41111111111111111111'],
    ['words', 'WHITE HANGING HEART T-LIGHT HOLDER'],
  ])('holds none: %s', (_, text) => expect(holdsCardNumber(text)).toBe(false));
});
