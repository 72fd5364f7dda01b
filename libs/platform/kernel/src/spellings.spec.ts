import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as spellings from './spellings.js';

const { normalizeCode, normalizeDocumentNumber, normalizeEmail, normalizePhone, normalizeReference, normalizeSku } =
  spellings;

describe.each(Object.entries(spellings))('%s', (_, normalize) => {
  it('leaves its own results as they are', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => normalize(normalize(text)) === normalize(text))));

  it('knows no blanks around, and no invisible characters', () => {
    expect(normalize('\u200b\u00a0 A-1\u00ad\t\ufeff')).toBe(normalize('A-1'));
  });
});

describe('the same', () => {
  it.each(['MUG-RED 1', ' MUG-RED 1', 'MUG-RED  1', 'MUG\u2011RED\u00a01', 'ＭＵＧ－ＲＥＤ　１', 'MUG\u2013RED 1'])(
    'SKU: %j',
    (text) => expect(normalizeSku(text)).toBe('MUG-RED 1'),
  );

  it.each([
    'ABCD1234',
    'abcd-1234',
    ' ABCD 1234 ',
    'ＡＢＣＤ1234',
    'ABCD\u20131234',
    'ABCD\u20111234',
    'AB\u200bCD1234',
  ])('code: %j', (text) => expect(normalizeCode(text)).toBe('ABCD1234'));

  it.each([
    '+442079460123',
    '+44 20 7946 0123',
    '+44 20 7946-0123',
    '0044 20 7946 0123',
    '＋４４ 20 7946 0123',
    '+٤٤ ٢٠ ٧٩٤٦ ٠١٢٣',
    '००४४ २० ७९४६ ०१२३',
    '+\u{116de}\u{116d4}2079460123',
  ])('phone number: %j', (text) => expect(normalizePhone(text)).toBe('+442079460123'));

  it.each(['ada@example.org', ' Ada@Example.ORG', 'ａｄａ@example.org'])('e-mail address: %j', (text) =>
    expect(normalizeEmail(text)).toBe('ada@example.org'),
  );

  it.each(['PO 1', ' PO\u00a0 1 ', 'PO\t1'])('reference: %j', (text) => expect(normalizeReference(text)).toBe('PO 1'));

  it.each(['R-4711', ' R-4711', 'R\u20114711', 'Ｒ-4711'])('number of a document: %j', (text) =>
    expect(normalizeDocumentNumber(text)).toBe('R-4711'),
  );
});

describe('not the same', () => {
  it.each<[string, (text: string) => string, string, string]>([
    ['SKUs of other cases', normalizeSku, 'mug', 'MUG'],
    ['a SKU without its blank', normalizeSku, 'MUG RED', 'MUGRED'],
    ['a SKU of Cyrillic', normalizeSku, 'МUG', 'MUG'],
    ['codes', normalizeCode, 'AB12', 'AB21'],
    ['phone numbers', normalizePhone, '020 7946 0123', '+44 20 7946 0123'],
    ['phone numbers in Arabic digits', normalizePhone, '٠٢٠ ٧٩٤٦', '٠٢٠ ٧٩٤٧'],
    ['texts in place of phone numbers', normalizePhone, 'ask Ada', 'none'],
    ['references of other cases', normalizeReference, 'po 1', 'PO 1'],
    ['numbers with zeros before them', normalizeDocumentNumber, '04711', '4711'],
  ])('%s', (_, normalize, one, other) => expect(normalize(one)).not.toBe(normalize(other)));
});
