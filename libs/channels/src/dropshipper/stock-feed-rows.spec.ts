import { describe, expect, it } from '@jest/globals';
import { parseStockFeed } from './stock-feed-rows.js';

describe('a stock feed', () => {
  it.each([
    ['commas', 'sku,quantity\nMUG,5\nCUP,0\n'],
    ['semicolons, a byte order mark and Windows line ends', '\uFEFFSKU;Quantity\r\nMUG;5\r\n\r\nCUP;0\r\n'],
    ['tabs, quotes and further columns', 'title\tsku\tquantity\n"A ""mug"""\tMUG\t5\nx\tCUP\t0'],
    ['semicolons, and commas as decimals', 'sku;price;quantity;note\nMUG;24,99;5\nCUP;3,5;0,00;\n'],
    ['semicolons, and commas and quotes in texts', 'sku;title;quantity\nMUG;Mug, 12" high;5\nCUP;"Cup; blue";0\n'],
    ['commas, and points as decimals', 'sku,quantity\nMUG,5.0\nCUP,0.00\n'],
    ['rows of nothing but separators, as spreadsheets leave them', 'sku;quantity\nMUG;5\n;\nCUP;0\n;\n'],
    ['a column of others that is there twice', 'note,sku,note,quantity\na,MUG,b,5\na,CUP,b,0'],
  ])('is CSV with %s', (_, text) =>
    expect(parseStockFeed('csv', text)).toEqual({
      rows: [
        { row: 1, sku: 'MUG', quantity: 5 },
        { row: 2, sku: 'CUP', quantity: 0 },
      ],
      wrong: [],
    }),
  );

  it.each([
    ['a list', '[{"sku":"MUG","delta":-2}]', 'MUG'],
    ['items of an object', '{"items":[{"sku":"MUG","delta":-2,"quantity":null}]}', 'MUG'],
    ['with a SKU of digits as a number', '[{"sku":4006381333931,"delta":-2}]', '4006381333931'],
    ['with blanks around a SKU', '[{"sku":" MUG ","delta":-2}]', 'MUG'],
  ])('is JSON: %s', (_, text, sku) =>
    expect(parseStockFeed('json', text)).toEqual({ rows: [{ row: 1, sku, delta: -2 }], wrong: [] }),
  );

  it.each([
    ['csv', 'sku,quantity\nMUG,5\nCUP', 'Row 2 (CUP) ends with the file after 1 of 2 columns'],
    ['csv', 'sku;price;quantity;note\nMUG;24,99;3', 'Row 1 (MUG) ends with the file after 3 of 4 columns'],
    ['csv', 'sku,quantity\nMUG,"5', 'Quote Not Closed'],
    ['csv', 'article,count\nMUG,5', 'The header must name "sku"'],
    ['csv', 'sku,quantity,place,quantity\nMUG,5,north,0\n', 'The header names the column "quantity" twice'],
    ['csv', 'sku;SKU;quantity\nMUG;CUP;0\n', 'The header names the column "sku" twice'],
    ['json', '[{"sku":"MUG"', 'JSON'],
    ['json', '[{"sku":"MUG","quantity":5,"quantity":0}]', '0 has the name "quantity" twice'],
    ['json', '{"rows":[]}', 'It must be a list'],
    ['json', 'null', 'It must be a list'],
  ] as const)('that cannot be read to its end is refused: %s %j', (format, text, reason) =>
    expect(() => parseStockFeed(format, text)).toThrow(reason),
  );

  it('names rows that are wrong, and reads the others', () => {
    const text = 'sku,quantity,delta\n,1,\nA,-1,\nB,1.5,\nC,many,\nD,,0\nE,1,1\nF,,\nG,7,\nH,99999999999,\nI,1.000,\n';
    const { rows, wrong } = parseStockFeed('csv', text);
    expect(rows).toEqual([{ row: 8, sku: 'G', quantity: 7 }]);
    expect(wrong.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10]);
    expect(wrong[0]).toEqual({ row: 1, problem: 'it has no "sku"' });
  });

  it('does not guess which column a row has too many of', () => {
    const { rows, wrong } = parseStockFeed('csv', 'title,sku,quantity\nMug, blue,MUG,3\nx,CUP,4\n');
    expect(rows).toEqual([{ row: 2, sku: 'CUP', quantity: 4 }]);
    expect(wrong).toEqual([{ row: 1, problem: expect.stringContaining('it has 4 columns instead of 3') }]);
  });

  it.each(['4.006e25', '12.5', '-4'])('does not take the number %s for a SKU', (sku) =>
    expect(parseStockFeed('json', `[{"sku":${sku},"quantity":1}]`).wrong).toEqual([
      { row: 1, problem: expect.stringContaining('write it in quotes') },
    ]),
  );
});
