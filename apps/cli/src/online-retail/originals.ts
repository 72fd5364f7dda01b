import { type InvoiceRow } from './invoices.js';
import { type OriginalLine, Purchases } from './purchases.js';
import { type RecordedTrade } from './recorded-trade.js';

/**
 * Finds the order lines in which returned goods were sold: in the file, or in what was recorded before. A return that was
 * itself recorded before keeps what it named then, because repeating the import changes nothing.
 */
export class Originals {
  private readonly inFile = new Purchases();
  private readonly recorded = new Purchases();
  /** Customers whose recorded purchases are known. */
  private readonly customers: Set<string>;

  /** @param newCustomers who have bought nothing before this import */
  constructor(
    private readonly trade: Pick<RecordedTrade, 'originalsOf' | 'purchasesOf'>,
    newCustomers: Iterable<string> = [],
  ) {
    this.customers = new Set(newCustomers);
  }

  addPurchase(row: InvoiceRow, orderId: string, lineId: string): void {
    if (row.customer !== undefined) this.inFile.add(row.customer, row, { orderId, lineId });
  }

  /** @returns the lines that have an original, by the id of the line */
  async takeReturns(returnId: string, rows: readonly InvoiceRow[]): Promise<ReadonlyMap<string, OriginalLine>> {
    const customer = rows[0]?.customer;
    if (customer === undefined) return new Map();
    const inFile = rows.map((row) => this.inFile.takeReturn(customer, row));
    const before = await this.trade.originalsOf(returnId);
    if (before) return before;
    const found = new Map<string, OriginalLine>();
    for (const [index, row] of rows.entries()) {
      const original = inFile[index] ?? (await this.takeRecorded(customer, row));
      if (original) found.set(row.lineId, original);
    }
    return found;
  }

  private async takeRecorded(customer: string, row: InvoiceRow): Promise<OriginalLine | undefined> {
    if (!this.customers.has(customer))
      for (const { line, left, ...sold } of await this.trade.purchasesOf(customer))
        this.recorded.add(customer, sold, line, left);
    this.customers.add(customer);
    return this.recorded.takeReturn(customer, row);
  }
}
