import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readRows, type Row, type WrongRow } from './rows.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const ROW = '561904,22075,6 RIBBONS ELEGANT CHRISTMAS ,96,2011-08-01 08:30:00,1.45,17941.0,United Kingdom';

const folder = mkdtempSync(join(tmpdir(), 'kontor-rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const readFile = async (file: string) => {
  const rows: Row[] = [];
  const wrong: WrongRow[] = [];
  const windows1252: number[] = [];
  for await (const { row, isWindows1252 } of readRows(file)) {
    if ('reason' in row) wrong.push(row);
    else rows.push(row);
    if (isWindows1252) windows1252.push(row.line);
  }
  return { rows, wrong, unmapped: wrong.map(({ line, reason }) => ({ line, reason })), windows1252 };
};

const reading = (content: string | Buffer, name = 'rows.csv') => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return readFile(file);
};

const read = (...lines: string[]) => reading([HEADER, ...lines, ''].join('\n'));

const cell = (column: number, value: string) => ROW.split(',').with(column, value).join();

describe('a row', () => {
  it('is parsed', async () => {
    expect((await read(ROW)).rows).toEqual([
      {
        line: 2,
        invoice: '561904',
        code: '22075',
        description: '6 RIBBONS ELEGANT CHRISTMAS ',
        quantity: 96,
        at: '2011-08-01T07:30:00.000Z',
        price: { amount: 145, scale: 2 },
        customer: '17941',
        country: 'United Kingdom',
      },
    ]);
  });

  it.each([
    ['0.001', { amount: 1, scale: 3 }],
    ['1.5', { amount: 150, scale: 2 }],
    ['7', { amount: 700, scale: 2 }],
    ['2.100', { amount: 210, scale: 2 }],
    ['0.0', { amount: 0, scale: 2 }],
    ['-11062.06', { amount: -1106206, scale: 2 }],
    ['38970.0', { amount: 3897000, scale: 2 }],
  ])('costs %s exactly', async (price, expected) => {
    expect((await read(cell(5, price))).rows[0]?.price).toEqual(expected);
  });

  it('may have no customer', async () => {
    expect((await read(cell(6, ''))).rows[0]).toMatchObject({ customer: undefined });
  });

  it.each([
    ['quotes and commas', '"RED, ""RETRO"" BAG"', 'RED, "RETRO" BAG'],
    ['a leading blank and a pound sign', ' £5 VOUCHER', ' £5 VOUCHER'],
    ['nothing', '', ''],
  ])('may be described with %s', async (_, written, description) => {
    expect((await read(cell(2, written))).rows[0]).toMatchObject({ description });
  });

  it('keeps the case of its code and drops blanks around it', async () => {
    expect((await read(cell(1, ' 15056bl '))).rows[0]).toMatchObject({ code: '15056bl' });
  });
});

describe('an invalid line is reported, and the others are read', () => {
  it.each([
    [cell(0, '56190'), 'InvoiceNo "56190" must be six digits, or C or A with six digits'],
    [cell(1, '~'), 'StockCode "~" must be usable as a SKU'],
    [cell(3, '1.5'), 'Quantity "1.5" must be a whole number'],
    [cell(3, ''), 'Quantity "" must be a whole number'],
    [cell(4, '01/08/2011 08:30'), 'InvoiceDate "01/08/2011 08:30" must look like 2011-08-31 17:45:00'],
    [cell(4, '2011-02-30 10:00:00'), 'InvoiceDate "2011-02-30 10:00:00" must be a date that exists'],
    [cell(5, '1e3'), 'UnitPrice "1e3" must be a decimal number'],
    [cell(6, 'Ada'), 'CustomerID "Ada" must be a number or empty'],
    [cell(2, 'RIBBON\0'), 'Description "RIBBON\\u0000" must have no control characters'],
    [cell(7, 'Eire\u0007'), 'Country "Eire\\u0007" must have no control characters'],
    [cell(2, 'x'.repeat(501)), `Description "${'x'.repeat(40)}…" must have at most 500 characters`],
    [cell(2, 'x'.repeat(5_000_000)), `Description "${'x'.repeat(40)}…" must have at most 500 characters`],
    [cell(3, '0'), 'Quantity "0" must not be 0'],
    [cell(3, '-1000001'), 'Quantity "-1000001" must be at most 1,000,000 units'],
    [cell(3, '99999999999999999999'), 'Quantity "99999999999999999999" must be at most 1,000,000 units'],
    ['561904,22075', 'has 2 columns instead of 8'],
    [`${ROW},more`, 'has 9 columns instead of 8'],
  ])('%s', async (line, reason) => {
    const { rows, unmapped } = await read(ROW, line, ROW);
    expect(unmapped).toEqual([{ line: 3, reason }]);
    expect(rows.map((row) => row.line)).toEqual([2, 4]);
  });
});

describe('an invalid line names the invoices that it may be about', () => {
  it.each([
    ['its own', cell(3, 'x'), ['561904']],
    ['none where its number cannot be read', cell(0, '56190'), []],
    ['none where it is empty but for a text', ',,x,,,,,', []],
    [
      'all that a quote has swallowed',
      `${cell(2, '"6 RIBBONS')}\n${cell(0, 'C561905')}\n${cell(2, '"X"')}`,
      ['561904', 'C561905', '561904'],
    ],
  ])('%s', async (_, line, invoices) => {
    const { wrong } = await read(ROW, line, ROW);
    expect(wrong).toMatchObject([{ line: 3, invoices }]);
  });
});

describe('a file', () => {
  it('may have quotes within a text, and texts of several lines, which are named by their first', async () => {
    const { rows } = await read(cell(2, '12" PLATE'), cell(2, '"RED\nBAG"'), '', ROW);
    expect(rows.map(({ line, description }) => [line, description])).toEqual([
      [2, '12" PLATE'],
      [3, 'RED\nBAG'],
      [6, '6 RIBBONS ELEGANT CHRISTMAS '],
    ]);
  });

  it('may have lines that are not UTF-8 among others', async () => {
    const latin1 = Buffer.from(`${cell(2, '£5 VOUCHER')}\n`, 'latin1');
    const file = Buffer.concat([Buffer.from(`${HEADER}\n${cell(2, '£ é')}\n`), latin1]);
    const { rows, windows1252 } = await reading(file);
    expect(rows.map(({ description }) => description)).toEqual(['£ é', '£5 VOUCHER']);
    expect(windows1252).toEqual([3]);
  });

  it('may have blank lines, and rows of nothing but commas, at its end', async () => {
    const { rows, wrong } = await reading(`${HEADER}\n${ROW}\n\n,,,,,,,\n\n`);
    expect([rows.length, wrong]).toEqual([1, []]);
  });

  it('may be compressed whatever its name', async () => {
    expect((await reading(gzipSync(`${HEADER}\n${ROW}\n`), 'rows.csv')).rows).toHaveLength(1);
  });

  it('may be compressed', async () => {
    expect((await reading(gzipSync(`${HEADER}\n${ROW}\n`), 'rows.csv.gz')).rows).toHaveLength(1);
  });

  it('may begin with a byte order mark and end its lines as Windows does', async () => {
    expect((await reading(`\uFEFF${HEADER}\r\n${ROW}\r\n`)).rows).toHaveLength(1);
  });

  it('must have the header of the data set', async () => {
    await expect(reading(`a,b\n1,2\n`)).rejects.toThrow('does not begin with the header');
    await expect(reading('')).rejects.toThrow('is empty');
    await expect(readFile(join(folder, 'nowhere.csv'))).rejects.toThrow('nowhere.csv does not exist');
  });

  it.each([
    ['no-gzip.csv.gz', 'not compressed', 'no-gzip.csv.gz is damaged, or no gzip'],
    ['short.csv.gz', gzipSync(`${HEADER}\n${ROW}\n`).subarray(0, -12), 'short.csv.gz is cut short'],
    ['excel.csv', 'PK\u0003\u0004', 'excel.csv is a spreadsheet or an archive: save it as CSV'],
    ['wide.csv', Buffer.from(`\uFEFF${HEADER}`, 'utf16le'), 'wide.csv is UTF-16: save it as CSV in UTF-8'],
    [
      'long.csv',
      `${HEADER}\n${ROW}\n561904,22075,"6 RIBBONS\n${`${ROW}\n`.repeat(30)}`,
      'long.csv ends within a quote that opens at line 3',
    ],
    ['open.csv', `${HEADER}\n${ROW}\n561904,"22075,6 RIBBONS\n`, 'open.csv ends within a quote that opens at line 3'],
  ])('that is broken leads to an error with its name and the reason: %s', async (name, content, message) => {
    await expect(reading(content, name)).rejects.toThrow(message);
  });
});
