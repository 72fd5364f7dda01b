import { describe, expect, it } from '@jest/globals';
import { parseTillDocument, numberOf } from './till-document.js';

const line = { line: 1, sku: 'MUG', quantity: 2, price: 850 };
const receipt = { kind: 'receipt', number: '4711', at: '2025-11-01T10:00:00+01:00', lines: [line] };
const back = (more: object) => ({ ...receipt, lines: [{ ...line, quantity: -1, ...more }] });

describe('a document of a till', () => {
  it('is a receipt, whose time is converted to UTC', () =>
    expect(parseTillDocument({ ...receipt, discount: 100, total: 1600 })).toEqual({
      ...{ kind: 'receipt', number: '4711', at: '2025-11-01T09:00:00.000Z', discount: 100 },
      lines: [{ ...line, line: '1' }],
    }));

  it.each<[string, object]>([
    ['goods brought back with their receipt', back({ of: { till: 't2', number: '17', line: 3 } })],
    ['goods of an order of another channel', back({ of: { order: 'o-1', line: '1' }, condition: 'damaged' })],
    ['money that was given back without goods', back({ condition: 'none' })],
    ['a void', { ...receipt, kind: 'void', voids: '4710', discount: 5 }],
    ['a count', { ...receipt, kind: 'count', lines: [{ line: 1, sku: 'MUG', counted: 0 }] }],
  ])('may be %s', (_, given) => expect(parseTillDocument(given)).toMatchObject({ number: '4711' }));

  it.each<[string, unknown]>([
    ['object', 5],
    ['kind', { ...receipt, kind: 'gift' }],
    ['number', { ...receipt, number: 'a:b' }],
    ['at', { ...receipt, at: '2025-11-01' }],
    ['at', { ...receipt, at: '2025-13-01T10:00:00Z' }],
    ['lines', { ...receipt, lines: [] }],
    ['line', { ...receipt, lines: [{ ...line, line: '' }] }],
    ['sku', { ...receipt, lines: [{ ...line, sku: '' }] }],
    ['sku', { ...receipt, lines: [{ ...line, sku: 'MUG\u0000' }] }],
    ['sku', { ...receipt, lines: [{ ...line, sku: '\ud800' }] }],
    ['lines', { ...receipt, lines: Array.from({ length: 2_001 }, () => line) }],
    ['total', { ...receipt, lines: [{ ...line, price: Number.MAX_SAFE_INTEGER }] }],
    ['quantity', { ...receipt, lines: [{ ...line, quantity: 2_000_000 }] }],
    ['quantity', { ...receipt, lines: [{ ...line, quantity: 1.5 }] }],
    ['quantity', { ...receipt, lines: [{ ...line, quantity: 0 }] }],
    ['price', { ...receipt, lines: [{ ...line, price: -1 }] }],
    ['total: the lines add up to 1700', { ...receipt, total: 1699 }],
    ['discount', { ...back({}), discount: 5 }],
    ['condition', back({ condition: 'lost' })],
    ['condition', { ...receipt, lines: [{ ...line, condition: 'good' }] }],
    ['of', back({ of: 'r-1' })],
    ['voids', { ...receipt, kind: 'void' }],
    [
      'MUG is counted more than once',
      { ...receipt, kind: 'count', lines: [1, 2].map((one) => ({ line: one, sku: 'MUG', counted: one })) },
    ],
    ['sku', { ...receipt, lines: [{ ...line, sku: 4.5 }] }],
    ['counted', { ...receipt, kind: 'count', lines: [{ line: 1, sku: 'MUG', counted: -1 }] }],
  ])('is refused for its %s', (why, given) => expect(() => parseTillDocument(given)).toThrow(why));

  it('may have a SKU of digits as a number', () =>
    expect(parseTillDocument({ ...receipt, lines: [{ ...line, sku: 4006381333931 }] })).toMatchObject({
      lines: [{ sku: '4006381333931' }],
    }));

  it('that is invalid has a number all the same, if that is valid', () => {
    expect(numberOf({ number: '17', lines: 'none' })).toBe('17');
    expect(numberOf({ number: 17 })).toBeUndefined();
    expect(numberOf('17')).toBeUndefined();
  });
});
