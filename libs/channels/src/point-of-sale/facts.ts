import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type CommandLine } from '../kontor-api.js';
import {
  amountOf,
  type Condition,
  type Count,
  type Receipt,
  type ReceiptLine,
  type SoldOn,
  type TillDocument,
  type Void,
} from './receipt.js';
import { type PointOfSaleSettings, type TillSettings } from './settings.js';

/** Where a line comes from. */
export interface Origin {
  /** Name of the adapter. */
  readonly adapter: string;
  readonly till: TillSettings;
  readonly settings: Pick<PointOfSaleSettings, 'currency' | 'scale'>;
}

/** What a line of a till comes to in Kontor. */
export interface Facts {
  /** Of its order, return or count. */
  readonly id: string;
  readonly commands: readonly CommandLine[];
  /** Receipts of tills, by the id of their order, that must be recorded first. */
  readonly waitsFor: readonly string[];
  readonly sold: number;
  readonly returned: number;
  /** What the buyer paid, in minor units; below zero, got back. */
  readonly amount: number;
  /** Units that leave or enter the shelf. */
  readonly moving: number;
}

const DISPOSITIONS: Readonly<Record<Condition, string>> = {
  good: 'restock',
  damaged: 'damaged',
  refurbish: 'refurbish',
  none: 'missing',
};

/** Of the order of a receipt, and of the return of what it takes back. */
export const receiptId = (adapter: string, till: string, number: string) => `${adapter}:${till}:${number}`;

/** Of what a till calls by this number: also of a line that is wrong otherwise. */
export const documentId = (adapter: string, till: string, { kind, number }: { kind?: unknown; number: string }) => {
  const id = receiptId(adapter, till, number);
  return kind === 'count' ? uuidv5(KONTOR_NAMESPACE, `count/${id}`) : id;
};

/** Under keys that follow from till, receipt and line: it may be said as often as one likes. */
export const factsOf = (document: TillDocument, origin: Origin): Facts => {
  switch (document.kind) {
    case 'receipt':
      return receiptFacts(document, origin);
    case 'void':
      return voidFacts(document, origin);
    case 'count':
      return countFacts(document, origin);
  }
};

const receiptFacts = (receipt: Receipt, origin: Origin): Facts => {
  const sold = receipt.lines.filter(({ quantity }) => quantity > 0);
  const back = receipt.lines.filter(({ quantity }) => quantity < 0);
  const { customerId, discount } = receipt;
  const more = customerId === undefined ? {} : { customerId };
  return {
    ...goodsFacts(receipt, origin, back),
    commands: [
      ...(sold.length > 0 ? [sale(receipt, origin, { sold, charges: discounts(-discount, origin), more })] : []),
      ...(back.length > 0 ? [takingBack(receipt, origin, { back, credits: [], more })] : []),
    ],
    sold: unitsOf(sold),
    amount: amountOf(receipt),
    moving: unitsOf(sold) + unitsOf(arriving(back)),
  };
};

/** What was sold comes back, and what had been brought back is sold again: a shop has no other words for it. */
const voidFacts = (document: Void, origin: Origin): Facts => {
  const { till, adapter } = origin;
  const { voids, discount } = document;
  const sold = document.lines.filter(({ quantity }) => quantity < 0);
  const back = document.lines
    .filter(({ quantity }) => quantity > 0)
    .map((line): ReceiptLine => ({ ...line, of: { till: till.id, number: voids, line: line.line } }));
  return {
    ...goodsFacts(document, origin, back),
    commands: [
      ...(sold.length > 0 ? [sale(document, origin, { sold, charges: [], more: {} })] : []),
      ...(back.length > 0
        ? [takingBack(document, origin, { back, credits: discounts(discount, origin), more: {} })]
        : []),
    ],
    waitsFor: [receiptId(adapter, till.id, voids)],
    sold: unitsOf(sold),
    amount: -amountOf(document),
    moving: unitsOf(arriving(document.lines)),
  };
};

const countFacts = (count: Count, { adapter, till }: Origin): Facts => {
  const id = documentId(adapter, till.id, count);
  const { at: asOf, lines } = count;
  const commands = lines.map(({ line, sku, counted }) => ({
    ...{ command: 'RecordStockCount', id: `${id}/${line}`, correlationId: id, occurredAt: asOf },
    data: { sku, locationId: till.locationId, countId: id, counted, asOf, sourceSeq: Date.parse(asOf) },
  }));
  return { id, commands, waitsFor: [], sold: 0, returned: 0, amount: 0, moving: 0 };
};

const goodsFacts = (document: Receipt | Void, { adapter, till }: Origin, back: readonly ReceiptLine[]) => ({
  id: documentId(adapter, till.id, document),
  waitsFor: [...new Set(back.flatMap(({ of }) => (of && 'till' in of ? [orderOf(of, adapter)] : [])))],
  returned: unitsOf(back),
});

interface Sale {
  readonly sold: readonly ReceiptLine[];
  readonly charges: readonly object[];
  readonly more: object;
}

const sale = (document: Receipt | Void, origin: Origin, { sold, charges, more }: Sale): CommandLine => {
  const lines = sold.map((line) => ({ ...goods(line, origin), method: 'carry-out' }));
  return commandOf('RecordOrder', document, origin, { orderId: idOf(document, origin), lines, charges, ...more });
};

interface TakingBack {
  readonly back: readonly ReceiptLine[];
  readonly credits: readonly object[];
  readonly more: object;
}

const takingBack = (document: Receipt | Void, origin: Origin, { back, credits, more }: TakingBack): CommandLine => {
  const lines = back.map((line) => ({
    ...goods(line, origin),
    disposition: DISPOSITIONS[line.condition ?? 'good'],
    ...(line.of && { original: { orderId: orderOf(line.of, origin.adapter), lineId: line.of.line } }),
  }));
  return commandOf('RecordReturn', document, origin, { returnId: idOf(document, origin), lines, credits, ...more });
};

const commandOf = (command: string, document: Receipt | Void, origin: Origin, data: object): CommandLine => ({
  command,
  id: `${idOf(document, origin)}/${command}`,
  occurredAt: document.at,
  data: {
    ...data,
    externalRef: `${origin.till.id}/${document.number}`,
    currency: origin.settings.currency,
    attributes: { till: origin.till.id },
  },
});

const goods = ({ line, sku, quantity, price }: ReceiptLine, { till, settings }: Origin) => ({
  lineId: line,
  sku,
  quantity: Math.abs(quantity),
  unitPrice: { amount: price, scale: settings.scale },
  locationId: till.locationId,
});

const discounts = (amount: number, { settings }: Origin) =>
  amount === 0
    ? []
    : [{ chargeId: 'discount', kind: 'discount', quantity: 1, unitPrice: { amount, scale: settings.scale } }];

const idOf = ({ number }: Receipt | Void, { adapter, till }: Origin) => receiptId(adapter, till.id, number);

const orderOf = (of: SoldOn, adapter: string) => ('order' in of ? of.order : receiptId(adapter, of.till, of.number));

const arriving = (lines: readonly ReceiptLine[]) => lines.filter(({ condition }) => condition !== 'none');

const unitsOf = (lines: readonly ReceiptLine[]) => lines.reduce((all, { quantity }) => all + Math.abs(quantity), 0);
