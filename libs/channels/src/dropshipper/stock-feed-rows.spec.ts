import { describe, expect, it } from '@jest/globals';
import { parseStockFeed } from './stock-feed-rows.js';

describe('a stock feed', () => {
  it.each([
    ['commas', 'sku,quantity\nMUG,5\nCUP,0\n'],
    ['semicolons, a byte order mark and Windows line ends', '\uFEFFSKU;Quantity\r\nMUG;5\r\n\r\nCUP;0\r\n'],
    ['tabs, quotes and further columns', 'title\tsku\tquantity\n"A ""mug"""\tMUG\t5\nx\tCUP\t0'],
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
    ['a list', '[{"sku":"MUG","delta":-2}]'],
    ['items of an object', '{"items":[{"sku":"MUG","delta":-2,"quantity":null}]}'],
  ])('is JSON: %s', (_, text) =>
    expect(parseStockFeed('json', text)).toEqual({ rows: [{ row: 1, sku: 'MUG', delta: -2 }], wrong: [] }),
  );

  it.each([
    ['csv', 'sku,quantity\nMUG,5\nCUP'],
    ['csv', 'sku,quantity\nMUG,"5'],
    ['csv', 'article,count\nMUG,5'],
    ['json', '[{"sku":"MUG"'],
    ['json', '{"rows":[]}'],
    ['json', 'null'],
  ] as const)('that cannot be read to its end is refused: %s %j', (format, text) =>
    expect(() => parseStockFeed(format, text)).toThrow(),
  );

  it('names rows that are wrong, and reads the others', () => {
    const text = 'sku,quantity,delta\n,1,\nA,-1,\nB,1.5,\nC,many,\nD,,0\nE,1,1\nF,,\nG,7,\nG,8,\nH,99999999999,';
    const { rows, wrong } = parseStockFeed('csv', text);
    expect(rows).toEqual([{ row: 8, sku: 'G', quantity: 7 }]);
    expect(wrong.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10]);
    expect(wrong.find(({ row }) => row === 9)).toMatchObject({ sku: 'G', problem: 'G is there twice' });
  });
});
