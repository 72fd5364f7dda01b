import { CARD_RANGES } from './card-ranges.js';

const SHORTEST = 14;
/** Fourteen to nineteen digits, in one piece or grouped as on a card; no part of a longer number or of a fraction. */
const CARD_SHAPED =
  /(?<!\d\.?)\d(?:\d{13,18}|\d{3}(?<gap>[\s./_\p{Pd}\u2212])(?:\d{4}\k<gap>\d{4}\k<gap>\d{4}(?:\k<gap>\d{1,3})?|\d{6}\k<gap>\d{4,5}))(?!\d)/gu;
/** UUIDs, and digests in hexadecimal: nobody types a card's number like that. */
const MADE_BY_MACHINES = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\b[\da-f]{32,}\b/gi;

/** Whether a text holds the number of a payment card, by its range, its length and its check digit. It must not be kept. */
export const holdsCardNumber = (text: string): boolean => {
  if (text.length < SHORTEST) return false;
  const plain = text.normalize('NFKC');
  return hasCardNumber(plain) && hasCardNumber(plain.replaceAll(MADE_BY_MACHINES, ' '));
};

const hasCardNumber = (text: string) =>
  (text.match(CARD_SHAPED) ?? []).some((match) => isCardNumber(match.replaceAll(/\D/g, '')));

const isCardNumber = (number: string) => {
  const digits = Array.from(number, Number);
  return isIssued(number) && isLuhn(digits) && !isGtin(digits);
};

const isIssued = (number: string) =>
  CARD_RANGES.some(
    ({ prefixes, lengths }) =>
      lengths.includes(number.length) &&
      prefixes.some(([from, to]) => {
        const prefix = Number(number.slice(0, String(from).length));
        return prefix >= from && prefix <= to;
      }),
  );

/** Check digit of ISO/IEC 7812. */
const isLuhn = (digits: readonly number[]) =>
  digits.toReversed().reduce((sum, digit, index) => sum + (index % 2 === 0 ? digit : ((digit * 2 - 1) % 9) + 1), 0) %
    10 ===
  0;

/** Check digit of a GTIN-14: every tenth barcode passes Luhn's test as well. */
const isGtin = (digits: readonly number[]) =>
  digits.length === SHORTEST &&
  digits.toReversed().reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
