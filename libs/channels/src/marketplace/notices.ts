import { type PublishedEvent } from '../consuming/published-event.js';
import { decimalOf, type ImportedOrder } from './to-place.js';

interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/** What the marketplace is told of an order, and where. */
export interface Notice {
  readonly path: string;
  readonly body: object;
}

/** What we call something → what they do. */
export type Named = (kind: 'status' | 'carrier' | 'reason', ours: string) => Promise<string>;

interface About {
  readonly theirId: string;
  readonly orderId: string;
  readonly order: ImportedOrder;
  readonly named: Named;
}

/** How much of each line is sold; none of any for a refusal. */
export const answerNotice = async ({ theirId, orderId, order, named }: About, sold: boolean): Promise<Notice> => ({
  path: `/orders/${encodeURIComponent(theirId)}/answer`,
  body: {
    status: await named('status', sold ? 'confirmed' : 'rejected'),
    reference: orderId,
    lines: order.lines.map(({ lineId, wanted }) => ({ line_id: lineId, accepted: sold ? wanted : 0 })),
  },
});

/** @returns undefined for what is no news to the marketplace */
export const noticeOf = ({ id, type, data }: PublishedEvent, about: About): Promise<Notice | undefined> =>
  NOTICES[type]?.(data, { ...about, id }) ?? Promise.resolve(undefined);

type Telling = (data: PublishedEvent['data'], about: About & { readonly id: string }) => Promise<Notice | undefined>;

const shipment: Telling = async (data, { id, theirId, order, named }) => {
  const { carrier, tracking } = data as { carrier: string; tracking?: string };
  const lines = theirLines(data['lines'] as LineQuantity[], order);
  const body = { shipment_id: id, carrier: await named('carrier', carrier), ...(tracking && { tracking }), lines };
  return lines.length > 0 ? { path: `/orders/${encodeURIComponent(theirId)}/shipments`, body } : undefined;
};

const cancellation: Telling = async (data, { id, theirId, order, named }) => {
  const { reason, refund } = data as { reason: string; refund: number };
  const lines = theirLines(data['lines'] as LineQuantity[], order);
  const code = await named('reason', reason);
  const amount = decimalOf(refund, order.currency);
  const body = { cancellation_id: id, reason: code === reason ? await named('reason', 'other') : code, amount, lines };
  return lines.length > 0 ? { path: `/orders/${encodeURIComponent(theirId)}/cancellations`, body } : undefined;
};

/** What the buyer gets back for a return, where it is the marketplace that has the money. */
const refund: Telling = (data, { id, theirId, order }) => {
  const { amount, by } = data as { amount: number; by: string };
  const body = { refund_id: id, amount: decimalOf(amount, order.currency), currency: order.currency };
  const notice = { path: `/orders/${encodeURIComponent(theirId)}/refunds`, body };
  return Promise.resolve(by === 'elsewhere' ? notice : undefined);
};

const NOTICES: Readonly<Record<string, Telling>> = {
  'com.kontor.fulfillment.parcel-shipped.v1': shipment,
  'com.kontor.order.lines-cancelled.v1': cancellation,
  'com.kontor.return.refunded.v1': refund,
};

/** Each line once; components of kits are no lines of theirs. */
const theirLines = (lines: readonly LineQuantity[], order: ImportedOrder) => {
  const known = new Set(order.lines.map(({ lineId }) => lineId));
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines)
    if (known.has(lineId)) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  return [...units].map(([line_id, quantity]) => ({ line_id, quantity }));
};
