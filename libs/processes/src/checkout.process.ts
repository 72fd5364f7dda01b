/**
 * From a placed order to its answer: reserve every allocation of the plan, re-plan once what was declined, then confirm;
 * or give everything back and reject. However it is interrupted, no reservation outlives a rejected order.
 */
import { type Happened, type Intent, type Process, type Reaction } from '#kernel';
import { replan, type Allocation, type FulfillmentPlan, type OrderEvent, type RejectionReason } from '#orders';
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';

type CheckoutEvent = OrderEvent | StockEvent | CommandRefused;

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
  /** The order has its answer already; what is still answered must be given back. */
  readonly closing?: true;
}

const ends = { state: undefined, intents: [] };
const stays = (state: Checkout | undefined): Reaction<Checkout> => ({ state, intents: [] });

const reserve = (orderId: string, { reservationId, sku, locationId, quantity, keep = 0 }: Allocation): Intent => ({
  type: 'ReserveStock',
  data: { sku, locationId, reservationId, quantity, keep, kind: 'hard', owner: { type: 'order', id: orderId } },
});

const release = ({ reservationId, sku, locationId }: Allocation): Intent => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason: 'order-rejected' },
});

const streamOf = ({ sku, locationId }: Allocation) => `${sku}~${locationId}`;

const askFor = (state: Checkout, plan: FulfillmentPlan): Reaction<Checkout> => {
  if (state.closing) return stays(state);
  if (plan.allocations.length === 0) {
    return state.needsStock ? reject(state, [{ code: 'no-location' }]) : confirm(state);
  }
  const open = plan.allocations.toSorted((a, b) => (streamOf(a) < streamOf(b) ? -1 : 1));
  return { state: { ...state, plan, open }, intents: open.map((allocation) => reserve(state.orderId, allocation)) };
};

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
  if (state.declined.length === 0) return confirm(state);
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
  return command === 'ConfirmOrder' ? giveBack(state) : stays(state);
};

const goOn = (state: Checkout, event: CheckoutEvent): Reaction<Checkout> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'FulfillmentPlanned':
      return event.data.attempt === (state.plan?.attempt ?? 0) + 1 ? askFor(state, event.data) : stays(state);
    case 'StockReserved':
      return answered(state, event.data.reservationId);
    case 'StockReservationDeclined':
      return answered(state, event.data.reservationId, event.data.available);
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

/** The order that a stock event was made for. */
const ownerOf = (event: CheckoutEvent) =>
  'owner' in event.data && event.data.owner.type === 'order' ? event.data.owner.id : undefined;

export const checkout: Process<Checkout, CheckoutEvent> = {
  name: 'checkout',
  categories: ['order', 'stock'],
  instanceOf: ({ stream, event }: Happened<CheckoutEvent>) =>
    stream.startsWith('order-') ? stream.slice('order-'.length) : ownerOf(event),
  react: (state, { event, stream }) => {
    if (event.type === 'OrderPlaced') {
      const orderId = stream.slice('order-'.length);
      return stays({ orderId, needsStock: event.data.lines.length > 0, open: [], held: [], declined: [] });
    }
    return state ? goOn(state, event) : ends;
  },
};
