/** Turns the rows of the data set into the commands that its channels would have sent. */
import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { Purchases } from './purchases.js';
import { classify, type RowClass, skuOf } from './row-class.js';
import { type Row } from './rows.js';

export const WAREHOUSE = 'online-retail-warehouse';
export const CHANNELS = {
  web: 'online-retail-web',
  marketplace: 'online-retail-marketplace',
  wholesale: 'online-retail-wholesale',
} as const;

/** Ids derive from the numbers in the file, so that repeating the import changes nothing. */
export const customerIdOf = (number: string) => uuidv5(KONTOR_NAMESPACE, `online-retail/customer/${number}`);

const CHARGES: Partial<Record<RowClass, string>> = {
  refund_shipping: 'shipping',
  shipping_charge: 'shipping',
  credit_discount: 'discount',
  credit_manual: 'manual',
  charge_manual: 'manual',
  credit_samples: 'samples',
  fee: 'fee',
  gift_card_sale: 'gift-card',
};

type Classified = Row & { readonly is: RowClass; readonly lineId: string };

interface Invoice {
  readonly number: string;
  readonly rows: readonly Classified[];
  readonly first: Classified;
}

/** The rows of an invoice may be anywhere in the file. The place of a row within its invoice is its line number. */
const invoicesOf = (rows: readonly Row[]): Invoice[] => {
  const invoices = new Map<string, Classified[]>();
  for (const row of rows) {
    const own = invoices.get(row.invoice);
    const classified = { ...row, is: classify(row), lineId: String((own?.length ?? 0) + 1) };
    if (own) own.push(classified);
    else invoices.set(row.invoice, [classified]);
  }
  return [...invoices].flatMap(([number, own]) => (own[0] ? [{ number, rows: own, first: own[0] }] : []));
};

const channelOf = ({ rows }: Invoice) => {
  const has = (code: string) => rows.some((row) => skuOf(row) === code);
  if (has('AMAZONFEE')) return CHANNELS.marketplace;
  return has('DOT') ? CHANNELS.web : CHANNELS.wholesale;
};

/** The class of a row, and its code and time where they differ from those of the line. */
const attributesOf = (row: Classified, { first }: Invoice): Record<string, string> => ({
  class: row.is,
  ...(row.code === skuOf(row) ? {} : { code: row.code }),
  ...(row.at === first.at ? {} : { at: row.at }),
});

const titleOf = ({ description }: Row) => (description.trim() ? { title: description.trim() } : {});

const goods = (row: Classified, invoice: Invoice) => ({
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
  channel: channelOf(invoice),
  occurredAt: invoice.first.at,
  data,
});

const sale = (invoice: Invoice, purchases: Purchases): BatchCommand[] => {
  const lines = invoice.rows.filter(({ is }) => is === 'product_sale' || is === 'free_line');
  const charges = chargesOf(invoice);
  if (lines.length + charges.length === 0) return [];
  const orderId = `or-${invoice.number}`;
  for (const row of lines) purchases.addPurchase(row, orderId, row.lineId);
  return [
    line(invoice, 'RecordOrder', orderId, {
      orderId,
      ...document(invoice),
      lines: lines.map((row) => ({ ...goods(row, invoice), ...titleOf(row), method: 'ship' })),
      charges,
    }),
  ];
};

const goodsReturn = (invoice: Invoice, purchases: Purchases): BatchCommand => {
  const returnId = `or-${invoice.number}`;
  const lines = invoice.rows.filter(({ is }) => is === 'return_with_customer' || is === 'return_anonymous');
  return line(invoice, 'RecordReturn', returnId, {
    returnId,
    ...document(invoice),
    lines: lines.map((row) => {
      const original = purchases.takeReturn(row);
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
      const ref = row.code === skuOf(row) ? place : `${place}/${row.code}`;
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

const register = (invoice: Invoice, customer: string): BatchCommand[] => {
  const customerId = customerIdOf(customer);
  const identity = { customerId, identityType: 'online-retail', value: customer, proof: 'verified' };
  return [
    line(invoice, 'RegisterCustomer', `customer/${customer}`, {
      customerId,
      attributes: { source: 'online-retail', country: invoice.first.country },
    }),
    line(invoice, 'LinkIdentity', `customer/${customer}/identity`, identity),
  ];
};

/** Yields all commands in the order of the file, each with an idempotency key. */
export function* commandsOf(rows: readonly Row[]): Generator<BatchCommand> {
  const known = new Set<string>();
  const purchases = new Purchases();
  for (const invoice of invoicesOf(rows)) {
    const { customer } = invoice.first;
    if (customer !== undefined && !known.has(customer)) {
      known.add(customer);
      yield* register(invoice, customer);
    }
    if (invoice.number.startsWith('A')) yield* ledger(invoice);
    else if (invoice.number.startsWith('C')) yield goodsReturn(invoice, purchases);
    else {
      yield* sale(invoice, purchases);
      yield* corrections(invoice);
    }
  }
}
