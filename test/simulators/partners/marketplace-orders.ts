import { type MarketplaceOrder } from '#channels';
import { type JsonReply } from './json-server.js';

/** An order as the simulated marketplace keeps it. */
export interface SoldOrder {
  order: MarketplaceOrder;
  /** Grows with every change of any order. */
  sequence: number;
  /** Kontor's id of the order, from the answer. */
  reference?: string;
  /** Line → units. */
  readonly accepted: Map<string, number>;
  readonly shipped: Map<string, number>;
  readonly cancelled: Map<string, number>;
  /** The bodies of the notices. */
  readonly shipments: NoticeBody[];
  readonly cancellations: NoticeBody[];
  readonly refunds: NoticeBody[];
}

interface LineUnits {
  readonly line_id: string;
  readonly quantity: number;
}

export type NoticeBody = Readonly<Record<string, unknown>> & { readonly lines?: readonly LineUnits[] };

/** Applies a notice to an order, or refuses one that cannot be right. */
export const applyNotice = (sold: SoldOrder | undefined, kind: string, body: NoticeBody): JsonReply => {
  if (!sold) return { status: 404 };
  const isAnswered = sold.order.status !== 'WAITING_ACCEPTANCE';
  if ((kind === 'answer') === isAnswered) return { status: 409 };
  return NOTICE_KINDS[kind]?.(sold, body) ?? { status: 404 };
};

const NOTICE_KINDS: Readonly<Record<string, (sold: SoldOrder, body: NoticeBody) => JsonReply>> = {
  answer: (sold, body) => {
    const { status, reference, lines } = body as unknown as AnswerBody;
    if (status !== 'ACCEPTED' && status !== 'REFUSED') return { status: 422 };
    for (const { line_id, accepted } of lines) sold.accepted.set(line_id, accepted);
    sold.order = { ...sold.order, status };
    sold.reference = reference;
    return { status: 204 };
  },
  shipments: (sold, body) => {
    sold.shipments.push(body);
    return addUnits(sold, sold.shipped, body);
  },
  cancellations: (sold, body) => {
    sold.cancellations.push(body);
    return addUnits(sold, sold.cancelled, body);
  },
  refunds: (sold, body) => {
    sold.refunds.push(body);
    return { status: 204 };
  },
};

interface AnswerBody {
  readonly status: string;
  readonly reference: string;
  readonly lines: readonly { readonly line_id: string; readonly accepted: number }[];
}

/** Refuses units beyond those that were accepted. */
const addUnits = (
  { accepted, shipped, cancelled }: SoldOrder,
  to: Map<string, number>,
  { lines = [] }: NoticeBody,
): JsonReply => {
  for (const { line_id, quantity } of lines) to.set(line_id, (to.get(line_id) ?? 0) + quantity);
  const isTooMuch = lines.some(
    ({ line_id }) => (shipped.get(line_id) ?? 0) + (cancelled.get(line_id) ?? 0) > (accepted.get(line_id) ?? 0),
  );
  return { status: isTooMuch ? 422 : 204 };
};
