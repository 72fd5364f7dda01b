/** Turns the invoices of the data set into the commands that its channels would have sent. */
import { type BatchCommand } from '#client';
import { customerIdOf, documentIdOf } from './customers.js';
import { type Invoice, type InvoiceRow } from './invoices.js';
import { type Originals } from './originals.js';
import { CHARGES, skuOf } from './row-class.js';
import { type Row } from './rows.js';

export const WAREHOUSE = 'online-retail-warehouse';
/** The class of a row, and its code and time where they differ from those of the line. */
const attributesOf = (row: InvoiceRow, { first }: Invoice): Record<string, string> => ({
  class: row.is,
  ...(row.code === skuOf(row) ? {} : { code: row.code }),
  ...(row.at === first.at ? {} : { at: row.at }),
  ...(row.country === first.country ? {} : { country: row.country }),
  ...(row.variant === undefined ? {} : { variant: row.variant }),
});

const titleOf = ({ description }: Row) => (description.trim() ? { title: description.trim() } : {});

const goods = (row: InvoiceRow, invoice: Invoice) => ({
  lineId: row.lineId,
  sku: skuOf(row),
  quantity: Math.abs(row.quantity),
  unitPrice: row.price,
  locationId: WAREHOUSE,
  attributes: attributesOf(row, invoice),
});

const chargesOf = (invoice: Invoice) =>
  invoice.rows.flatMap((row) => {
    const kind = CHARGES[row.is];
    if (kind === undefined) return [];
    const { lineId: chargeId, quantity, price: unitPrice, code } = row;
    const attributes = { ...attributesOf(row, invoice), code };
    return [{ chargeId, kind, quantity, unitPrice, attributes, ...titleOf(row) }];
  });

const document = ({ number, first }: Invoice) => ({
  externalRef: number,
  currency: 'GBP',
  attributes: { source: 'online-retail', country: first.country },
  ...(first.customer === undefined ? {} : { customerId: customerIdOf(first.customer) }),
});

const line = (invoice: Invoice, command: string, id: string, data: object): BatchCommand => ({
  command,
  id: `online-retail/${id}`,
  channel: invoice.channel,
  occurredAt: invoice.first.at,
  data,
});

const sale = (invoice: Invoice, originals: Originals): BatchCommand[] => {
  const lines = invoice.rows.filter(({ is }) => is === 'product_sale' || is === 'free_line');
  const charges = chargesOf(invoice);
  if (lines.length + charges.length === 0) return [];
  const orderId = documentIdOf(invoice.number);
  for (const row of lines) originals.addPurchase(row, orderId, row.lineId);
  return [
    line(invoice, 'RecordOrder', orderId, {
      orderId,
      ...document(invoice),
      lines: lines.map((row) => ({ ...goods(row, invoice), ...titleOf(row), method: 'ship' })),
      charges,
    }),
  ];
};

const goodsReturn = async (invoice: Invoice, originals: Originals): Promise<BatchCommand> => {
  const returnId = documentIdOf(invoice.number);
  const lines = invoice.rows.filter(({ is }) => is === 'return_with_customer' || is === 'return_anonymous');
  const found = await originals.takeReturns(returnId, lines);
  return line(invoice, 'RecordReturn', returnId, {
    returnId,
    ...document(invoice),
    lines: lines.map((row) => {
      const original = found.get(row.lineId);
      return { ...goods(row, invoice), disposition: 'restock', ...(original ? { original } : {}) };
    }),
    credits: chargesOf(invoice),
  });
};

const corrections = (invoice: Invoice): BatchCommand[] =>
  invoice.rows
    .filter(({ is }) => is === 'stock_writeoff' || is === 'stock_found')
    .map((row) => {
      const place = `${invoice.number}/${row.lineId}`;
      const code = row.code === skuOf(row) ? '' : row.code;
      const ref = [place, code, row.variant ?? ''].join('/').replace(/\/+$/, '');
      const data = { sku: skuOf(row), locationId: WAREHOUSE, delta: row.quantity, reason: row.is, ref };
      return { ...line(invoice, 'AdjustStock', `or-${place}`, data), occurredAt: row.at };
    });

const ledger = (invoice: Invoice): BatchCommand[] =>
  invoice.rows.map((row) => {
    const entryId = `or-${invoice.number}-${row.lineId}`;
    const { quantity, price: unitPrice } = row;
    const { externalRef, currency, attributes } = document(invoice);
    const title = row.description.trim() || 'Adjustment';
    const data = { entryId, externalRef, currency, quantity, unitPrice, title };
    return line(invoice, 'AdjustLedger', entryId, {
      ...data,
      attributes: { ...attributes, ...attributesOf(row, invoice), code: row.code },
    });
  });

/** The commands of an invoice; each has an idempotency key of its own. */
export async function* commandsOf(invoice: Invoice, originals: Originals): AsyncGenerator<BatchCommand, void> {
  if (invoice.number.startsWith('A')) yield* ledger(invoice);
  else if (invoice.number.startsWith('C')) yield await goodsReturn(invoice, originals);
  else {
    yield* sale(invoice, originals);
    yield* corrections(invoice);
  }
}
