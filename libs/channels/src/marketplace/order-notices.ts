import { type PublishedEvent } from '../inbox/published-event.js';
import { decimalTextOf, type ImportedOrder } from './order-translation.js';

interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/** A message to the marketplace about one of its orders. Stored as JSON, so the names of its fields must not change. */
export interface OrderNotice {
  /** Path of the marketplace's API to which the body is posted. */
  readonly path: string;
  readonly body: object;
}

/** Translates Kontor's name of something into the marketplace's. */
export type TranslateName = (kind: 'status' | 'carrier' | 'reason', ours: string) => Promise<string>;

/** The order that a notice is about. */
interface NoticeSubject {
  readonly marketplaceOrderId: string;
  readonly orderId: string;
  readonly order: ImportedOrder;
  readonly translate: TranslateName;
}

/**
 * Answers an order line by line: how many units of each line are sold.
 * @param sold false to refuse the whole order
 */
export const answerNotice = async (
  { marketplaceOrderId, orderId, order, translate }: NoticeSubject,
  sold: boolean,
): Promise<OrderNotice> => ({
  path: noticePath(marketplaceOrderId, 'answer'),
  body: {
    status: await translate('status', sold ? 'confirmed' : 'rejected'),
    reference: orderId,
    lines: order.lines.map(({ lineId, wanted }) => ({ line_id: lineId, accepted: sold ? wanted : 0 })),
  },
});

/** @returns undefined for an event that does not concern the marketplace */
export const noticeOf = (
  { id, type, data }: PublishedEvent,
  subject: NoticeSubject,
): Promise<OrderNotice | undefined> => NOTICES_BY_EVENT[type]?.(data, { ...subject, id }) ?? Promise.resolve(undefined);

/** @param subject with the id of the event, by which the marketplace recognizes a repeat */
type BuildNotice = (
  data: PublishedEvent['data'],
  subject: NoticeSubject & { readonly id: string },
) => Promise<OrderNotice | undefined>;

const shipmentNotice: BuildNotice = async (data, { id, marketplaceOrderId, order, translate }) => {
  const { carrier, tracking } = data as { carrier: string; tracking?: string };
  const lines = marketplaceLines(data['lines'] as LineQuantity[], order);
  if (lines.length === 0) return undefined;
  const body = { shipment_id: id, carrier: await translate('carrier', carrier), ...(tracking && { tracking }), lines };
  return { path: noticePath(marketplaceOrderId, 'shipments'), body };
};

const cancellationNotice: BuildNotice = async (data, { id, marketplaceOrderId, order, translate }) => {
  const { reason, refund } = data as { reason: string; refund: number };
  const lines = marketplaceLines(data['lines'] as LineQuantity[], order);
  if (lines.length === 0) return undefined;
  const mapped = await translate('reason', reason);
  const isMapped = mapped !== reason;
  const body = {
    cancellation_id: id,
    reason: isMapped ? mapped : await translate('reason', 'other'),
    amount: decimalTextOf(refund, order.currency),
    lines,
  };
  return { path: noticePath(marketplaceOrderId, 'cancellations'), body };
};

/** A refund concerns the marketplace only where it has the buyer's money, not where Kontor gave store credit. */
const refundNotice: BuildNotice = (data, { id, marketplaceOrderId, order: { currency } }) => {
  const { amount, by } = data as { amount: number; by: string };
  if (by !== 'elsewhere') return Promise.resolve(undefined);
  const body = { refund_id: id, amount: decimalTextOf(amount, currency), currency };
  return Promise.resolve({ path: noticePath(marketplaceOrderId, 'refunds'), body });
};

const NOTICES_BY_EVENT: Readonly<Record<string, BuildNotice>> = {
  'com.kontor.fulfillment.parcel-shipped.v1': shipmentNotice,
  'com.kontor.order.lines-cancelled.v1': cancellationNotice,
  'com.kontor.return.refunded.v1': refundNotice,
};

const noticePath = (marketplaceOrderId: string, what: string) =>
  `/orders/${encodeURIComponent(marketplaceOrderId)}/${what}`;

/** Units by line of the marketplace's order. Components of kits are not lines of its order and are left out. */
const marketplaceLines = (lines: readonly LineQuantity[], order: ImportedOrder) => {
  const known = new Set(order.lines.map(({ lineId }) => lineId));
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines)
    if (known.has(lineId)) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  return [...units].map(([line_id, quantity]) => ({ line_id, quantity }));
};
