import { type MarketplaceOrder } from '#channels';
import { type JsonReply } from './json-server.js';

/** An order as the marketplace sees it. */
export interface SoldOrder {
  order: MarketplaceOrder;
  /** Grows with every change of any order. */
  sequence: number;
  reference?: string;
  /** Units of lines. */
  readonly accepted: Map<string, number>;
  readonly shipped: Map<string, number>;
  readonly cancelled: Map<string, number>;
  readonly shipments: Body[];
  readonly cancellations: Body[];
  readonly refunds: Body[];
}

interface Units {
  readonly line_id: string;
  readonly quantity: number;
}

export type Body = Readonly<Record<string, unknown>> & { readonly lines?: readonly Units[] };

/** What the marketplace learns of an order from a notice; it refuses what cannot be. */
export const learn = (sold: SoldOrder | undefined, what: string, body: Body): JsonReply => {
  if (!sold) return { status: 404 };
  const isAnswered = sold.order.status !== 'WAITING_ACCEPTANCE';
  if ((what === 'answer') === isAnswered) return { status: 409 };
  return LESSONS[what]?.(sold, body) ?? { status: 404 };
};

const LESSONS: Readonly<Record<string, (sold: SoldOrder, body: Body) => JsonReply>> = {
  answer: (sold, body) => {
    const { status, reference, lines } = body as unknown as Answer;
    if (status !== 'ACCEPTED' && status !== 'REFUSED') return { status: 422 };
    for (const { line_id, accepted } of lines) sold.accepted.set(line_id, accepted);
    sold.order = { ...sold.order, status };
    sold.reference = reference;
    return { status: 204 };
  },
  shipments: (sold, body) => {
    sold.shipments.push(body);
    return add(sold, sold.shipped, body);
  },
  cancellations: (sold, body) => {
    sold.cancellations.push(body);
    return add(sold, sold.cancelled, body);
  },
  refunds: (sold, body) => {
    sold.refunds.push(body);
    return { status: 204 };
  },
};

interface Answer {
  readonly status: string;
  readonly reference: string;
  readonly lines: readonly { readonly line_id: string; readonly accepted: number }[];
}

/** Nothing is shipped or cancelled beyond what was accepted. */
const add = ({ accepted, shipped, cancelled }: SoldOrder, to: Map<string, number>, { lines = [] }: Body): JsonReply => {
  for (const { line_id, quantity } of lines) to.set(line_id, (to.get(line_id) ?? 0) + quantity);
  const tooMuch = lines.some(
    ({ line_id }) => (shipped.get(line_id) ?? 0) + (cancelled.get(line_id) ?? 0) > (accepted.get(line_id) ?? 0),
  );
  return { status: tooMuch ? 422 : 204 };
};
