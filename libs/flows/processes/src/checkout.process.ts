/**
 * From a placed order to its answer: reserve every allocation of the plan, re-plan once what was declined, have the tenders
 * authorised, then confirm; or give everything back and reject. However it is interrupted, no reservation outlives a
 * rejected order. What was authorised for it is given up by the settlement.
 */
import { type Happened, type Intent, type Process, type Reaction } from '#kernel';
import {
  paymentIdOf,
  type Allocation,
  type FulfillmentPlan,
  type OrderEvent,
  type RejectionReason,
  type Tender,
} from '#orders';
import { type PaymentEvent } from '#payments';
import { replan } from '#sourcing';
import { type StockEvent } from '#stock';
import { inOrderOfStreams, release as giveBackTo, reserve } from './allocation-intents.js';
import { type CommandRefused } from './command-refused.js';
import { requestPayment } from './settlement-steps.js';

type CheckoutEvent = OrderEvent | StockEvent | PaymentEvent | CommandRefused;

/** A reservation that the place could not give. */
interface Declined {
  readonly reservationId: string;
  readonly available: number;
}

interface Checkout {
  readonly orderId: string;
  readonly needsStock: boolean;
  readonly plan?: FulfillmentPlan;
  /** Asked for, not yet answered. */
  readonly open: readonly Allocation[];
  readonly held: readonly Allocation[];
  readonly declined: readonly Declined[];
  readonly currency: string;
  /** To be authorised once the stock is held. */
  readonly tenders?: readonly Tender[];
  /** Payments that have not answered yet. */
  readonly paying?: readonly string[];
  /** The order has its answer already; what is still answered must be given back. */
  readonly closing?: true;
}

const ends = { state: undefined, intents: [] };
const stays = (state: Checkout | undefined): Reaction<Checkout> => ({ state, intents: [] });

const release = (allocation: Allocation): Intent => giveBackTo(allocation, 'order-rejected');

const askFor = (state: Checkout, plan: FulfillmentPlan): Reaction<Checkout> => {
  if (state.closing) return stays(state);
  if (plan.allocations.length === 0) {
    return state.needsStock ? reject(state, [{ code: 'no-location' }]) : pay(state);
  }
  const open = inOrderOfStreams(plan.allocations);
  return { state: { ...state, plan, open }, intents: open.map((allocation) => reserve(state.orderId, allocation)) };
};

/** Stock first, money second: nobody pays for what is sold out. */
const pay = (state: Checkout): Reaction<Checkout> => {
  const { orderId, currency, tenders = [], ...rest } = state;
  if (tenders.length === 0) return confirm(state);
  const paying = tenders.map(({ tenderId }) => paymentIdOf(orderId, tenderId));
  return {
    state: { ...rest, orderId, currency, paying },
    intents: tenders.map((tender) => requestPayment(orderId, currency, tender)),
  };
};

const authorized = (
  state: Checkout,
  paymentId: string,
  { amount, requested }: { amount: number; requested: number },
) => {
  if (state.closing || !state.paying?.includes(paymentId)) return stays(state);
  if (amount < requested) return reject(state, [{ code: 'payment-declined' }]);
  const paying = state.paying.filter((one) => one !== paymentId);
  return paying.length > 0 ? stays({ ...state, paying }) : confirm({ ...state, paying });
};

const unpaid = (state: Checkout, paymentId: string): Reaction<Checkout> =>
  state.closing || !state.paying?.includes(paymentId) ? stays(state) : reject(state, [{ code: 'payment-declined' }]);

const confirm = (state: Checkout): Reaction<Checkout> => ({
  state,
  intents: [{ type: 'ConfirmOrder', data: { orderId: state.orderId, allocations: state.held } }],
});

const reject = ({ orderId, held }: Checkout, reasons: readonly RejectionReason[]): Reaction<Checkout> => ({
  state: undefined,
  intents: [...held.map(release), { type: 'RejectOrder', data: { orderId, reasons } }],
});

/** One reservation has been answered; goes on once all have been. */
const answered = (state: Checkout, reservationId: string, available?: number): Reaction<Checkout> => {
  const allocation = state.open.find((one) => one.reservationId === reservationId);
  if (!allocation) return stays(state);
  const open = state.open.filter((one) => one !== allocation);
  const granted = available === undefined;
  if (state.closing) {
    const left = open.length > 0 ? { ...state, open } : undefined;
    return { state: left, intents: granted ? [release(allocation)] : [] };
  }
  const next: Checkout = granted
    ? { ...state, open, held: [...state.held, allocation] }
    : { ...state, open, declined: [...state.declined, { reservationId, available }] };
  return open.length > 0 ? stays(next) : allAnswered(next);
};

const allAnswered = (state: Checkout): Reaction<Checkout> => {
  if (state.declined.length === 0) return pay(state);
  const again = state.plan?.attempt === 1 ? replan(state.orderId, state.plan, state.declined) : undefined;
  if (!again) return reject(state, soldOut(state));
  return {
    state: { ...state, declined: [] },
    intents: [{ type: 'PlanFulfillment', data: { orderId: state.orderId, plan: again } }],
  };
};

const soldOut = ({ plan, declined }: Checkout): RejectionReason[] =>
  declined.map(({ reservationId, available }) => {
    const sku = plan?.allocations.find((one) => one.reservationId === reservationId)?.sku;
    return { code: 'sold-out', available, ...(sku === undefined ? {} : { sku }) };
  });

/** The order is out of our hands: rejected by its deadline, or refused to be confirmed. */
const giveBack = (state: Checkout): Reaction<Checkout> => ({
  state: state.open.length > 0 ? { ...state, held: [], closing: true } : undefined,
  intents: state.held.map(release),
});

/** Held beyond what the order was confirmed with: a place that refused before a crash may have granted after it. */
const superfluous = ({ held }: Checkout, allocations: readonly Allocation[]) => {
  const used = new Set(allocations.map(({ reservationId }) => reservationId));
  return held.filter(({ reservationId }) => !used.has(reservationId));
};

const refused = (state: Checkout, { command, reservationId }: CommandRefused['data']): Reaction<Checkout> => {
  if (command === 'ReserveStock' && reservationId !== undefined) return answered(state, reservationId, 0);
  if (command === 'RequestPayment') return reject(state, [{ code: 'payment-refused' }]);
  return command === 'ConfirmOrder' ? giveBack(state) : stays(state);
};

const goOn = (state: Checkout, event: CheckoutEvent, stream: string): Reaction<Checkout> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'FulfillmentPlanned':
      return event.data.attempt === (state.plan?.attempt ?? 0) + 1 ? askFor(state, event.data) : stays(state);
    case 'StockReserved':
      return answered(state, event.data.reservationId);
    case 'StockReservationDeclined':
      return answered(state, event.data.reservationId, event.data.available);
    case 'PaymentAuthorized':
      return authorized(state, idIn(stream), event.data);
    case 'PaymentFailed':
      return event.data.operation === 'authorize' ? unpaid(state, idIn(stream)) : stays(state);
    case 'OrderConfirmed':
      return { state: undefined, intents: superfluous(state, event.data.allocations).map(release) };
    case 'OrderRejected':
      return giveBack(state);
    case 'CommandRefused':
      return refused(state, event.data);
    default:
      return stays(state);
  }
};

const idIn = (stream: string) => stream.slice(stream.indexOf('-') + 1);

/** The order that an event of another stream was made for. */
const orderOf = ({ data }: CheckoutEvent) => {
  if ('owner' in data) return data.owner.type === 'order' ? data.owner.id : undefined;
  return 'orderId' in data ? data.orderId : undefined;
};

export const checkout: Process<Checkout, CheckoutEvent> = {
  name: 'checkout',
  categories: ['order', 'stock', 'payment'],
  instanceOf: ({ stream, event }: Happened<CheckoutEvent>) =>
    stream.startsWith('order-') ? idIn(stream) : orderOf(event),
  react: (state, { event, stream }) => {
    if (event.type === 'OrderPlaced') {
      const { lines, currency, tenders } = event.data;
      const begun = { orderId: idIn(stream), needsStock: lines.length > 0, currency, open: [], held: [], declined: [] };
      return stays({ ...begun, ...(tenders && { tenders }) });
    }
    return state ? goOn(state, event, stream) : ends;
  },
};
