import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLineChunks, type NumberedLine, parseTillLine } from './parse-till-line.js';

const origin = {
  ...{ adapter: 'pos', till: { id: 't1', locationId: 'store' } },
  settings: { currency: 'GBP', scale: 2 },
};
const read = (given: unknown) => parseTillLine({ line: 1, text: JSON.stringify(given) }, origin);
const line = { line: 1, sku: 'MUG', quantity: 2, price: 850 };
const receipt = { kind: 'receipt', number: '4711', at: '2025-11-01T09:00:00Z', lines: [line] };

describe('a line of an upload', () => {
  it('that is valid is sent, or waits for the receipt that it names', () => {
    expect(read(receipt)).toMatchObject({ row: { id: 'pos:t1:4711', state: 'sent', commands: null } });
    const of = { till: 't1', number: '4710', line: 1 };
    expect(read({ ...receipt, lines: [{ ...line, quantity: -1, of }] })).toMatchObject({
      row: { state: 'waiting', waitsFor: ['pos:t1:4710'], commands: [{ command: 'RecordReturn' }] },
    });
  });

  it('is the same document however it is written', () => {
    const digests = [
      JSON.stringify(receipt),
      `{ "lines": [ {"price":850, "quantity":2, "sku":"MUG", "line":"1"} ], "at":"2025-11-01T10:00:00+01:00",
         "number" : "4711", "kind":"receipt" }`,
      JSON.stringify({ ...receipt, number: ' 4711', cashier: 'Ada', discount: 0 }),
    ].map((text) => (parseTillLine({ line: 1, text }, origin) as { digest: string }).digest);
    expect(new Set(digests).size).toBe(1);
    for (const other of [{ number: '04711' }, { at: '2025-11-01T09:00:01Z' }, { lines: [{ ...line, price: 851 }] }])
      expect(digests).not.toContain((read({ ...receipt, ...other }) as { digest: string }).digest);
  });

  it.each([
    ['{"number":"1","number":"2"}', 'It has the name "number" twice'],
    ['{"number":"1","note":"caf\ufffd"}', 'It is not UTF-8'],
  ])('that can be read in two ways is refused: %s', (text, detail) =>
    expect(parseTillLine({ line: 3, text }, origin)).toEqual({ line: 3, problem: { code: 'malformed', detail } }),
  );

  it.each(['2025-02-30T09:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00'])('cannot be of %s', (at) =>
    expect(read({ ...receipt, at })).toMatchObject({ row: { state: 'refused' } }),
  );

  it('that is invalid is identified by its number, or not at all', () => {
    expect(read({ ...receipt, lines: [] })).toMatchObject({ number: '4711', row: { state: 'refused' } });
    expect(read({ lines: [] })).toEqual({ line: 1, problem: expect.objectContaining({ code: 'malformed' }) });
    expect(parseTillLine({ line: 7, text: '{' }, origin)).toMatchObject({ line: 7, problem: { code: 'malformed' } });
  });

  it('names the fields that no document has, such as misspelled ones', () => {
    expect(read(receipt)).not.toHaveProperty('ignored');
    expect(read({ ...receipt, dicount: 100, lines: [{ ...line, off: {} }] })).toMatchObject({
      ignored: ['dicount', 'lines.off'],
    });
  });

  it('is refused where it is not UTF-8', async () => {
    const body = Readable.from([Buffer.from('{"sku":"M\u00dcG"}', 'latin1')], { objectMode: false });
    for await (const [text] of readLineChunks(body))
      expect(text && parseTillLine(text, origin)).toMatchObject({ problem: { detail: 'It is not UTF-8' } });
  });

  it('is refused where a name is there twice', () => {
    const text = JSON.stringify(receipt).replace('"price":850', '"price":850,"price":0');
    const problem = { code: 'malformed', detail: 'lines.0 has the name "price" twice' };
    expect(parseTillLine({ line: 1, text }, origin)).toEqual({ line: 1, problem });
  });

  it('never throws, whatever it contains', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({
        kind: fc.constantFrom('receipt', 'void', 'count', 'x'),
        ...{ number: fc.oneof(fc.constant('1'), fc.jsonValue()), at: fc.oneof(fc.constant(receipt.at), fc.string()) },
        lines: fc.oneof(fc.array(fc.oneof(fc.constant(line), fc.jsonValue())), fc.jsonValue()),
        ...{ discount: fc.jsonValue(), total: fc.jsonValue(), voids: fc.jsonValue() },
      }),
    );
    fc.assert(fc.property(anything, (given) => void read(given)));
  });
});

it('lines are numbered as an editor counts, without blank ones, however the bytes arrive', async () => {
  const text = Array.from({ length: 1_200 }, (_, index) => (index % 3 === 1 ? ' ' : `"ü${index}"`)).join('\r\n');
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(7 * at, 7 * at + 7));
  const found: NumberedLine[] = [];
  for await (const chunk of readLineChunks(Readable.from(pieces, { objectMode: false }))) found.push(...chunk);
  expect(found).toHaveLength(800);
  expect(found.every(({ line: at, text: one }) => one === `"ü${at - 1}"`)).toBe(true);
});
