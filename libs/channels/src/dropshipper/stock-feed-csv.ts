import { parse } from 'csv-parse/sync';
import { type RawRow, type RawRows } from './stock-feed-rows.js';

/** A file whose columns are separated by semicolons is of a country that writes decimals with a comma. */
const DECIMAL_SIGNS = { ',': '.', ';': ',', '\t': '.' } as const;
const OUR_COLUMNS = ['sku', 'quantity', 'delta'] as const;
/** Quotes within a text, such as `12" plate`, are part of it. */
const OPTIONS = { relax_column_count: true, relax_quotes: true, trim: true };

type Separator = keyof typeof DECIMAL_SIGNS;

interface Header {
  readonly separator: Separator;
  /** In lower case. */
  readonly columns: readonly string[];
}

/**
 * Reads a CSV file whose header names `sku`, and `quantity` or `delta`. The header decides by which of comma, semicolon
 * and tab columns are separated; the other two are text.
 * @throws Error where a column cannot be found, or the file ends within a row
 */
export const parseFeedCsv = (file: string): RawRows => {
  const text = file.replace(/^\uFEFF/, '');
  const header = headerOf(text);
  const options = { ...OPTIONS, delimiter: header.separator, skip_records_with_empty_values: true };
  const [, ...records]: readonly string[][] = parse(text, options);
  checkEnd(text, header, records);
  return { rows: records.map((record) => rowOf(record, header)), decimalSign: DECIMAL_SIGNS[header.separator] };
};

const headerOf = (text: string): Header => {
  const line = /[^\r\n]*\S[^\r\n]*/.exec(text)?.[0] ?? '';
  const headers = (Object.keys(DECIMAL_SIGNS) as Separator[]).map((separator): Header => {
    const [columns = []]: readonly string[][] = parse(line, { ...OPTIONS, delimiter: separator });
    return { separator, columns: columns.map((name) => name.toLowerCase()) };
  });
  const header = headers.find(({ columns: all }) => all.includes('sku') && /^(quantity|delta)$/m.test(all.join('\n')));
  if (!header)
    throw new Error('The header must name "sku", and "quantity" or "delta", separated by comma, semicolon or tab');
  const twice = OUR_COLUMNS.find((name) => header.columns.indexOf(name) !== header.columns.lastIndexOf(name));
  if (twice !== undefined) throw new Error(`The header names the column "${twice}" twice`);
  return header;
};

/** A file that was cut off may end with half a number. */
const checkEnd = (text: string, { columns }: Header, records: readonly (readonly string[])[]) => {
  const last = records.at(-1);
  if (!last || /[\r\n]\s*$/.test(text) || last.length >= columns.length) return;
  if (last.length - 1 > Math.max(...OUR_COLUMNS.map((name) => columns.indexOf(name)))) return;
  throw new Error(
    `Row ${records.length} (${last[0]}) ends with the file after ${last.length} of ${columns.length} columns`,
  );
};

/** Spreadsheets leave out empty columns at the end of a row. */
const rowOf = (record: readonly string[], { columns, separator }: Header): RawRow => {
  if (record.slice(columns.length).some((cell) => cell !== ''))
    return {
      problem: `it has ${record.length} columns instead of ${columns.length}: text with a ${JSON.stringify(separator)} must be in quotes`,
    };
  const cell = (name: string) => record[columns.indexOf(name)];
  return { sku: cell('sku'), quantity: cell('quantity'), delta: cell('delta') };
};
