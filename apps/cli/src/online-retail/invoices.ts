import { classify, type RowClass } from './row-class.js';
import { type ReadRow, type Row } from './rows.js';
import { type Survey } from './survey.js';

export interface InvoiceRow extends Row {
  readonly is: RowClass;
  /** The place of the row within its invoice, from 1. */
  readonly lineId: string;
  /**
   * Tells rows apart that differ by their description only, which is not kept of all rows; absent for the first of them.
   * Rows without it that are otherwise the same are duplicates.
   */
  readonly variant?: string;
}

export interface Invoice {
  readonly number: string;
  readonly rows: readonly InvoiceRow[];
  readonly first: InvoiceRow;
  readonly channel: string;
}

export const CHANNELS = {
  web: 'online-retail-web',
  marketplace: 'online-retail-marketplace',
  wholesale: 'online-retail-wholesale',
} as const;

export const channelOf = (invoice: string, { invoices }: Pick<Survey, 'invoices'>): string => {
  const { hasMarketplaceFee, hasWebShipping } = invoices.get(invoice) ?? {};
  if (hasMarketplaceFee) return CHANNELS.marketplace;
  return hasWebShipping ? CHANNELS.web : CHANNELS.wholesale;
};

/** The invoices of a file, each once its last row is read. Holds the rows of open invoices only. */
export async function* invoicesOf(read: AsyncIterable<ReadRow>, survey: Survey): AsyncGenerator<Invoice, void> {
  const open = new Map<string, Row[]>();
  for await (const { row } of read) {
    if ('reason' in row || survey.waiting.has(row.invoice)) continue;
    const rows = open.get(row.invoice) ?? [];
    open.set(row.invoice, rows);
    rows.push(row);
    if (row.line !== survey.invoices.get(row.invoice)?.lastLine) continue;
    open.delete(row.invoice);
    yield invoiceOf(rows, channelOf(row.invoice, survey));
  }
}

const invoiceOf = (rows: readonly Row[], channel: string): Invoice => {
  const descriptions = new Map<string, string[]>();
  const numbered = rows.map((row, index): InvoiceRow => {
    const variant = variantOf(row, descriptions);
    return { ...row, is: classify(row), lineId: String(index + 1), ...(variant > 0 && { variant: String(variant) }) };
  });
  const [first] = numbered;
  if (!first) throw new Error('An invoice has a row at least');
  return { number: first.invoice, rows: numbered, first, channel };
};

/** @param descriptions of the rows before, by the other values of the row */
const variantOf = ({ code, quantity, at, price, country, description }: Row, descriptions: Map<string, string[]>) => {
  const key = [code, quantity, at, price.amount, price.scale, country].join('/');
  const known = descriptions.get(key) ?? [];
  descriptions.set(key, known);
  if (!known.includes(description)) known.push(description);
  return known.indexOf(description);
};
