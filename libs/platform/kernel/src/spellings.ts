/**
 * One way to write each kind of name that people and other systems write in several. What is equal in meaning becomes equal
 * in text; each function leaves its own results as they are.
 *
 * Streams and digests in the log are named by what these functions give. One that changes must go on finding what its
 * former version has named.
 */

const DASHES = /[\p{Pd}\u2212]/gu;
/** Zero-width blanks and joiners, soft hyphens, marks of direction. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

const plain = (text: string) => text.normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll(DASHES, '-');

/** `MUG  RED ` is `MUG RED`. Capital and small characters stay apart. */
export const normalizeSku = (sku: string): string => plain(sku).replaceAll(/\s+/g, ' ').trim();

/** Of a gift card or voucher: `abcd-efgh 1234` is `ABCDEFGH1234`. */
export const normalizeCode = (code: string): string => plain(code).toUpperCase().replaceAll(/[\s-]/g, '');

/** Somebody else's number or code: blanks around it, and several in a row, mean nothing. Its characters stay as they are. */
export const normalizeReference = (reference: string): string =>
  reference.normalize('NFC').replaceAll(INVISIBLE, '').replaceAll(/\s+/g, ' ').trim();

/** The number that a till gives a document. Small and capital characters stay apart. */
export const normalizeDocumentNumber = (number: string): string => plain(number).trim();

/** `Ada@Example.org` is `ada@example.org`. */
export const normalizeEmail = (address: string): string => plain(address).trim().toLowerCase();

/**
 * `+44 20 7946-0123`, `0044 20 7946 0123` and `+٤٤ ٢٠ ٧٩٤٦ ٠١٢٣` are `+442079460123`. A text without a digit is no number and stays a text.
 */
export const normalizePhone = (number: string): string => {
  const text = plain(number).replaceAll(DIGIT, valueOfDigit);
  const dialled = text.replaceAll(/[^\d+]/g, '').replace(/^00/, '+');
  return /\d/.test(dialled) ? dialled : text.trim();
};

const DIGIT = /\p{Nd}/gu;
const IS_DIGIT = /^\p{Nd}$/u;

/** The digits of each script stand in a row from 0 to 9, and rows may adjoin. */
const valueOfDigit = (digit: string): string => {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (IS_DIGIT.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value % 10);
};
