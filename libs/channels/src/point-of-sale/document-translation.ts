import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type PointOfSaleSettings, type TillSettings } from './settings.js';
import {
  amountOf,
  type GoodsCondition,
  type OriginalSale,
  type Receipt,
  type ReceiptLine,
  type StockCount,
  type TillDocument,
  type VoidedReceipt,
} from './till-document.js';

/** The till that has uploaded a document, and the settings that its documents depend on. */
export interface DocumentOrigin {
  /** Name of the adapter. */
  readonly adapter: string;
  readonly till: TillSettings;
  readonly settings: Pick<PointOfSaleSettings, 'currency' | 'scale'>;
}

/** The commands that record a document in Kontor, and the figures that its day's report needs. */
export interface TranslatedDocument {
  /** Id of the order, of the return or of the count. */
  readonly id: string;
  /** Their ids follow from till, number and line, so they may be sent again at any time. */
  readonly commands: readonly BatchCommand[];
  /** Ids of the orders of receipts that must be recorded first. */
  readonly waitsFor: readonly string[];
  /** Units sold. */
  readonly sold: number;
  /** Units brought back. */
  readonly returned: number;
  /** What the buyer paid, in minor units; below zero, what the buyer got back. */
  readonly amount: number;
  /** Units that leave or enter the shelf. */
  readonly moving: number;
  /** Of a count that no person has confirmed: the SKUs that are counted as 0. */
  readonly count?: { readonly locationId: string; readonly emptied: readonly string[] };
}

const DISPOSITIONS: Readonly<Record<GoodsCondition, string>> = {
  good: 'restock',
  damaged: 'damaged',
  refurbish: 'refurbish',
  none: 'missing',
};

/** Id of the order of a receipt, and of the return of goods that it takes back. */
export const receiptId = (adapter: string, till: string, number: string) => `${adapter}:${till}:${number}`;

/** Id of a document, which follows from its kind and number alone, so that invalid documents have one as well. */
export const documentId = (adapter: string, till: string, { kind, number }: { kind?: unknown; number: string }) => {
  const id = receiptId(adapter, till, number);
  return kind === 'count' ? uuidv5(KONTOR_NAMESPACE, `count/${id}`) : id;
};

export const translateDocument = (document: TillDocument, origin: DocumentOrigin): TranslatedDocument => {
  switch (document.kind) {
    case 'receipt':
      return translateReceipt(document, origin);
    case 'void':
      return translateVoid(document, origin);
    case 'count':
      return translateCount(document, origin);
  }
};

const translateReceipt = (receipt: Receipt, origin: DocumentOrigin): TranslatedDocument => {
  const sold = receipt.lines.filter(({ quantity }) => quantity > 0);
  const returned = receipt.lines.filter(({ quantity }) => quantity < 0);
  const customer = receipt.customerId === undefined ? {} : { customerId: receipt.customerId };
  const charges = discountCharges(-receipt.discount, origin);
  return {
    id: documentId(origin.adapter, origin.till.id, receipt),
    commands: [
      ...(sold.length > 0 ? [recordOrder(receipt, origin, { lines: sold, charges, customer })] : []),
      ...(returned.length > 0 ? [recordReturn(receipt, origin, { lines: returned, credits: [], customer })] : []),
    ],
    waitsFor: receiptsNamedBy(returned, origin),
    sold: unitsOf(sold),
    returned: unitsOf(returned),
    amount: amountOf(receipt),
    moving: unitsOf(sold) + unitsOf(withGoods(returned)),
  };
};

/** Kontor has no void: what was sold on the receipt is returned, and what was brought back on it is sold again. */
const translateVoid = (document: VoidedReceipt, origin: DocumentOrigin): TranslatedDocument => {
  const { till, adapter } = origin;
  const sold = document.lines.filter(({ quantity }) => quantity < 0);
  const returned = document.lines
    .filter(({ quantity }) => quantity > 0)
    .map((line): ReceiptLine => ({ ...line, of: { till: till.id, number: document.voids, line: line.line } }));
  const credits = discountCharges(document.discount, origin);
  return {
    id: documentId(adapter, till.id, document),
    commands: [
      ...(sold.length > 0 ? [recordOrder(document, origin, { lines: sold, charges: [], customer: {} })] : []),
      ...(returned.length > 0 ? [recordReturn(document, origin, { lines: returned, credits, customer: {} })] : []),
    ],
    waitsFor: [receiptId(adapter, till.id, document.voids)],
    sold: unitsOf(sold),
    returned: unitsOf(returned),
    amount: -amountOf(document),
    moving: unitsOf(withGoods(document.lines)),
  };
};

/** A count is a command for each SKU. The id of the count is their correlation id. */
const translateCount = (count: StockCount, { adapter, till }: DocumentOrigin): TranslatedDocument => {
  const id = documentId(adapter, till.id, count);
  const { at: asOf } = count;
  const commands = count.lines.map(({ line, sku, counted }) => ({
    command: 'RecordStockCount',
    id: `${id}/${line}`,
    correlationId: id,
    occurredAt: asOf,
    data: { sku, locationId: till.locationId, countId: id, counted, asOf, sourceSeq: Date.parse(asOf) },
  }));
  const emptied = count.lines.filter(({ counted }) => counted === 0).map(({ sku }) => sku);
  const unconfirmed = count.confirmed ? {} : { count: { locationId: till.locationId, emptied } };
  return { id, commands, waitsFor: [], sold: 0, returned: 0, amount: 0, moving: 0, ...unconfirmed };
};

interface OrderParts {
  readonly lines: readonly ReceiptLine[];
  readonly charges: readonly object[];
  readonly customer: object;
}

const recordOrder = (
  document: Receipt | VoidedReceipt,
  origin: DocumentOrigin,
  { lines, charges, customer }: OrderParts,
): BatchCommand => {
  const orderLines = lines.map((line) => ({ ...goodsOf(line, origin), method: 'carry-out' }));
  const orderId = receiptId(origin.adapter, origin.till.id, document.number);
  return commandOf('RecordOrder', document, origin, { orderId, lines: orderLines, charges, ...customer });
};

interface ReturnParts {
  readonly lines: readonly ReceiptLine[];
  readonly credits: readonly object[];
  readonly customer: object;
}

const recordReturn = (
  document: Receipt | VoidedReceipt,
  origin: DocumentOrigin,
  { lines, credits, customer }: ReturnParts,
): BatchCommand => {
  const returnLines = lines.map((line) => ({
    ...goodsOf(line, origin),
    disposition: DISPOSITIONS[line.condition ?? 'good'],
    ...(line.of && { original: { orderId: originalOrderId(line.of, origin.adapter), lineId: line.of.line } }),
  }));
  const returnId = receiptId(origin.adapter, origin.till.id, document.number);
  return commandOf('RecordReturn', document, origin, { returnId, lines: returnLines, credits, ...customer });
};

const commandOf = (
  command: string,
  document: Receipt | VoidedReceipt,
  { adapter, till, settings }: DocumentOrigin,
  data: object,
): BatchCommand => ({
  command,
  id: `${receiptId(adapter, till.id, document.number)}/${command}`,
  occurredAt: document.at,
  data: {
    ...data,
    externalRef: `${till.id}/${document.number}`,
    currency: settings.currency,
    attributes: { till: till.id },
  },
});

const goodsOf = ({ line, sku, quantity, price }: ReceiptLine, { till, settings }: DocumentOrigin) => ({
  lineId: line,
  sku,
  quantity: Math.abs(quantity),
  unitPrice: { amount: price, scale: settings.scale },
  locationId: till.locationId,
});

const discountCharges = (amount: number, { settings }: DocumentOrigin) =>
  amount === 0
    ? []
    : [{ chargeId: 'discount', kind: 'discount', quantity: 1, unitPrice: { amount, scale: settings.scale } }];

const receiptsNamedBy = (lines: readonly ReceiptLine[], { adapter }: DocumentOrigin) => {
  const ids = lines.flatMap(({ of }) => (of && 'till' in of ? [originalOrderId(of, adapter)] : []));
  return [...new Set(ids)];
};

const originalOrderId = (of: OriginalSale, adapter: string) =>
  'order' in of ? of.order : receiptId(adapter, of.till, of.number);

const withGoods = (lines: readonly ReceiptLine[]) => lines.filter(({ condition }) => condition !== 'none');

const unitsOf = (lines: readonly ReceiptLine[]) => lines.reduce((all, { quantity }) => all + Math.abs(quantity), 0);
