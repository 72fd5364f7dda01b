import { CHARGES, classify, GOODS, skuOf } from './row-class.js';
import { type ReadRow, type Row, type WrongRow } from './rows.js';

/** A line of the file that is wrong, and why. */
export interface Unmapped {
  readonly line: number;
  readonly reason: string;
}

interface SurveyedInvoice {
  readonly firstLine: number;
  /** Line of its last row, after which it is complete. Rows of an invoice need not be contiguous. */
  lastLine: number;
  readonly customer: string | undefined;
  goods: number;
  charges: number;
  isTooLong: boolean;
  hasMarketplaceFee: boolean;
  hasWebShipping: boolean;
}

/** What a row says of its customer. */
interface CustomerFact {
  readonly country: string;
  /** ISO 8601. */
  readonly at: string;
  readonly invoice: string;
}

/** What is known of a file before its trade is sent. */
export interface Survey {
  /** The number of rows that can be understood. */
  readonly rows: number;
  readonly invoices: ReadonlyMap<string, SurveyedInvoice>;
  readonly customers: ReadonlyMap<string, { readonly first: CustomerFact; readonly latest: CustomerFact }>;
  readonly unmapped: readonly Unmapped[];
  /** Invoices of which a line is wrong: they are imported once the file is corrected, so that none is imported in part. */
  readonly waiting: ReadonlySet<string>;
  /** Lines that are not UTF-8. */
  readonly windows1252: { readonly lines: number; readonly firstLine: number | undefined };
}

/** What the commands take. */
const MAX_GOODS = 2_000;
const MAX_CHARGES = 200;

/** Looks through a file. What it keeps grows with invoices and customers, not with rows. */
export const surveyOf = async (read: AsyncIterable<ReadRow>): Promise<Survey> => {
  const surveyor = new Surveyor();
  for await (const one of read) surveyor.add(one);
  return surveyor;
};

class Surveyor implements Survey {
  rows = 0;
  readonly invoices = new Map<string, SurveyedInvoice>();
  readonly customers = new Map<string, { first: CustomerFact; latest: CustomerFact }>();
  readonly unmapped: Unmapped[] = [];
  readonly waiting = new Set<string>();
  readonly windows1252: { lines: number; firstLine: number | undefined } = { lines: 0, firstLine: undefined };
  private lastInvoice: string | undefined;
  private nextWaits = false;

  add({ row, isWindows1252 }: ReadRow): void {
    if (isWindows1252) this.windows1252.firstLine ??= row.line;
    if (isWindows1252) this.windows1252.lines++;
    if ('reason' in row) this.addWrong(row);
    else this.addRow(row);
  }

  private addWrong({ line, reason, invoices }: WrongRow) {
    this.unmapped.push({ line, reason });
    for (const invoice of invoices.length > 0 ? invoices : [this.lastInvoice]) this.wait(invoice);
    this.nextWaits = invoices.length === 0; // the row may be of the invoice before or of the one after
  }

  private addRow(row: Row) {
    if (this.nextWaits) this.wait(row.invoice);
    this.nextWaits = false;
    this.lastInvoice = row.invoice;
    this.rows++;
    this.addCustomer(row);
    const reason = problemOf(row, this.counted(row));
    if (reason === undefined) return;
    this.unmapped.push({ line: row.line, reason });
    this.wait(row.invoice);
  }

  private wait(invoice: string | undefined) {
    if (invoice !== undefined) this.waiting.add(invoice);
  }

  private counted(row: Row): SurveyedInvoice {
    const invoice = this.invoices.get(row.invoice) ?? newInvoice(row);
    this.invoices.set(row.invoice, invoice);
    invoice.lastLine = row.line;
    const rowClass = classify(row);
    if (GOODS.has(rowClass)) invoice.goods++;
    if (rowClass in CHARGES) invoice.charges++;
    invoice.hasMarketplaceFee ||= skuOf(row) === 'AMAZONFEE';
    invoice.hasWebShipping ||= skuOf(row) === 'DOT';
    return invoice;
  }

  private addCustomer({ customer, country, at, invoice }: Row) {
    if (customer === undefined) return;
    const fact = { country, at, invoice };
    const known = this.customers.get(customer);
    if (!known) this.customers.set(customer, { first: fact, latest: fact });
    else if (at >= known.latest.at) known.latest = fact;
  }
}

const newInvoice = ({ line, customer }: Row): SurveyedInvoice => ({
  firstLine: line,
  lastLine: line,
  customer,
  goods: 0,
  charges: 0,
  isTooLong: false,
  hasMarketplaceFee: false,
  hasWebShipping: false,
});

/** What does not fit to the rest of the invoice. */
const problemOf = ({ invoice: number, quantity, customer }: Row, invoice: SurveyedInvoice): string | undefined => {
  const { customer: first = '', firstLine } = invoice;
  if (number.startsWith('C') && quantity > 0)
    return `Quantity ${quantity} must be below 0, as ${number} is a cancellation`;
  if ((customer ?? '') !== first)
    return `CustomerID "${customer ?? ''}" must be "${first}" as in line ${firstLine} of the invoice ${number}`;
  return isNewlyTooLong(invoice)
    ? `the invoice ${number} must have at most ${MAX_GOODS} lines of goods and ${MAX_CHARGES} others`
    : undefined;
};

/** True once. */
const isNewlyTooLong = (invoice: SurveyedInvoice): boolean => {
  const isTooLong = invoice.goods > MAX_GOODS || invoice.charges > MAX_CHARGES;
  const isNew = isTooLong && !invoice.isTooLong;
  invoice.isTooLong = isTooLong;
  return isNew;
};
