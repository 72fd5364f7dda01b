/**
 * From a placed order to its answer.
 *
 *   1. The order plans its fulfillment: which location sends which units.
 *   2. Stock reserves every allocation of the plan. Declined units are planned once more.
 *   3. Every tender is authorized. Stock comes first, so that nobody pays for goods that are sold out.
 *   4. The order is confirmed with the reserved allocations.
 *   5. If a step fails, all reservations are released and the order is rejected.
 *
 *   OrderPlaced
 *       │
 *       ▼
 *   [planning] ──FulfillmentPlanned──▶ [reserving] ──all reserved──▶ [paying] ──all authorized──▶ [confirming]
 *       ▲                                   │                            │                            │
 *       └────────declined, first time───────┘                            │                   OrderConfirmed: done
 *                                           │                            │
 *                                   declined again                  not authorized: RejectOrder, done
 *
 *   OrderRejected by its deadline ──▶ [rejected] until the pending reservations are answered and released ──▶ done
 *
 * After any interruption, no reservation outlives a rejected order. The settlement voids authorized amounts.
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import {
  order,
  paymentIdOf,
  type Allocation,
  type FulfillmentPlan,
  type OrderCommand,
  type OrderEvent,
  type RejectionReason,
  type Tender,
} from '#orders';
import { payment } from '#payments';
import {
  COMPLETE,
  eventsOf,
  remember,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import { replan, type DeclinedReservation } from '#sourcing';
import { stockItem, type ReservationOwner } from '#stock';
import {
  INVENTORY_CHANGES,
  OPEN_PAYMENT_OPERATIONS,
  PAYMENT_DISPUTES,
  ORDER_CANCELLATIONS,
  ORDER_EDITS,
  ORDER_HOLDS,
  ORDER_RETURNS,
  ORDER_TENDERS,
  RESERVATION_CHANGES,
  RESERVATION_ENDS,
} from '../event-groups.js';
import { requestPayment, type RequestPayment } from '../payments/request-payment.js';
import { ownerOf, release, reserveHard, type ReleaseReservation, type ReserveStock } from '../reservations.js';
import { upcastCheckout } from './stored-checkout.js';

interface PendingOrder {
  readonly orderId: string;
  readonly currency: string;
  readonly tenders: readonly Tender[];
  /** False for an order of charges only. */
  readonly needsStock: boolean;
  /** Reserved allocations of all attempts. */
  readonly reserved: readonly Allocation[];
}

/** Waits for the plan after this attempt, which is 0 before the first plan. */
interface Planning extends PendingOrder {
  readonly phase: 'planning';
  readonly attempt: number;
}

interface Reserving extends PendingOrder {
  readonly phase: 'reserving';
  readonly plan: FulfillmentPlan;
  /** Allocations that stock has not answered yet. */
  readonly pending: readonly Allocation[];
  readonly declined: readonly DeclinedReservation[];
}

interface Paying {
  readonly phase: 'paying';
  readonly orderId: string;
  readonly reserved: readonly Allocation[];
  /** Ids of payments without an answer. */
  readonly payments: readonly string[];
}

/** Waits for OrderConfirmed. */
interface Confirming {
  readonly phase: 'confirming';
  readonly reserved: readonly Allocation[];
}

/** The order was rejected before stock had answered: reservations that are still made have to be released. */
interface Rejected {
  readonly phase: 'rejected';
  readonly pending: readonly Allocation[];
}

export type Checkout = Planning | Reserving | Paying | Confirming | Rejected;

const inputs = eventsOf([order, stockItem, payment]).except(
  'OrderRecorded',
  'OrderReallocated',
  'OrderLinesFulfilled',
  ...ORDER_HOLDS,
  ...ORDER_CANCELLATIONS,
  ...ORDER_EDITS,
  ...ORDER_TENDERS,
  ...ORDER_RETURNS,
  ...INVENTORY_CHANGES,
  ...RESERVATION_CHANGES,
  ...RESERVATION_ENDS,
  'PaymentInitiated',
  ...OPEN_PAYMENT_OPERATIONS,
  'PaymentCaptured',
  'PaymentVoided',
  'PaymentRefunded',
  ...PAYMENT_DISPUTES,
);

type CheckoutCommand =
  | ReserveStock
  | ReleaseReservation
  | RequestPayment
  | Named<OrderCommand, 'PlanFulfillment' | 'ConfirmOrder' | 'RejectOrder'>;

export const checkout: Process<Checkout, InputOf<typeof inputs>, CheckoutCommand> = {
  name: 'checkout',
  inputs,
  instanceOf: ({ stream, event: { data } }) => {
    if ('owner' in data) return ownerOf('order', data);
    return 'orderId' in data ? data.orderId : idOf(stream);
  },
  upcast: upcastCheckout,
  react: (state, { event, stream }, orderId) => {
    if (event.type === 'OrderPlaced') return begin(orderId, event.data);
    if (!state) return COMPLETE;
    switch (event.type) {
      case 'FulfillmentPlanned':
        return planned(state, event.data);
      case 'StockReserved':
        return reservationAnswered(state, event.data.reservationId);
      case 'StockReservationDeclined':
        return reservationAnswered(state, event.data.reservationId, event.data.available);
      case 'PaymentAuthorized':
        return authorized(state, idOf(stream), event.data);
      case 'PaymentFailed':
        return event.data.operation === 'authorize' ? notAuthorized(state, idOf(stream)) : remember(state);
      case 'OrderConfirmed':
        return confirmed(state, event.data.allocations);
      case 'OrderRejected':
        return releaseAll(state);
      case 'CommandRefused':
        return refused(state, event.data);
    }
  },
};

type Outcome = Reaction<Checkout, CheckoutCommand>;

const begin = (orderId: string, { lines, currency, tenders = [] }: Named<OrderEvent, 'OrderPlaced'>['data']): Outcome =>
  remember({ phase: 'planning', orderId, currency, tenders, needsStock: lines.length > 0, attempt: 0, reserved: [] });

/** Ignores plans of other attempts: the process `fulfillment` has requested them. */
const planned = (state: Checkout, plan: FulfillmentPlan): Outcome => {
  if (state.phase !== 'planning' || plan.attempt !== state.attempt + 1) return remember(state);
  if (plan.allocations.length === 0) return state.needsStock ? reject(state, [{ code: 'no-location' }]) : pay(state);
  const { orderId, currency, tenders, needsStock, reserved } = state;
  const pending = plan.allocations.toSorted(byStockItem);
  const owner: ReservationOwner = { type: 'order', id: orderId };
  return {
    state: { phase: 'reserving', orderId, currency, tenders, needsStock, reserved, plan, pending, declined: [] },
    commands: pending.map((allocation) => reserveHard(owner, allocation)),
  };
};

/** Two orders for the same goods reserve them in the same sequence, so that one of them gets everything. */
const byStockItem = (a: Allocation, b: Allocation) =>
  `${a.sku}~${a.locationId}` < `${b.sku}~${b.locationId}` ? -1 : 1;

/** @param available units that the location has; undefined if it has reserved the requested units */
const reservationAnswered = (state: Checkout, reservationId: string, available?: number): Outcome => {
  if (state.phase !== 'reserving' && state.phase !== 'rejected') return remember(state);
  const allocation = state.pending.find((one) => one.reservationId === reservationId);
  if (!allocation) return remember(state);
  const pending = state.pending.filter((one) => one !== allocation);
  const isReserved = available === undefined;
  if (state.phase === 'rejected') return answeredAfterRejection(pending, isReserved ? [allocation] : []);
  const next: Reserving = isReserved
    ? { ...state, pending, reserved: [...state.reserved, allocation] }
    : { ...state, pending, declined: [...state.declined, { reservationId, available }] };
  return pending.length > 0 ? remember(next) : allReservationsAnswered(next);
};

const answeredAfterRejection = (pending: readonly Allocation[], reserved: readonly Allocation[]): Outcome => ({
  state: pending.length > 0 ? { phase: 'rejected', pending } : undefined,
  commands: reserved.map(releaseOfRejected),
});

const allReservationsAnswered = (state: Reserving): Outcome => {
  const { orderId, plan, declined } = state;
  if (declined.length === 0) return pay(state);
  const next = plan.attempt === 1 ? replan(orderId, plan, declined) : undefined;
  if (!next) return reject(state, soldOut(state));
  const { currency, tenders, needsStock, reserved } = state;
  return {
    state: { phase: 'planning', orderId, currency, tenders, needsStock, reserved, attempt: plan.attempt },
    commands: [{ type: 'PlanFulfillment', data: { orderId, plan: next } }],
  };
};

const soldOut = ({ plan, declined }: Reserving): RejectionReason[] =>
  declined.map(({ reservationId, available }) => {
    const sku = plan.allocations.find((one) => one.reservationId === reservationId)?.sku;
    return { code: 'sold-out', available, ...(sku !== undefined && { sku }) };
  });

const pay = ({ orderId, currency, tenders, reserved }: PendingOrder): Outcome => {
  if (tenders.length === 0) return confirm(orderId, reserved);
  const payments = tenders.map(({ tenderId }) => paymentIdOf(orderId, tenderId));
  return {
    state: { phase: 'paying', orderId, reserved, payments },
    commands: tenders.map((tender) => requestPayment(orderId, currency, tender)),
  };
};

const authorized = (
  state: Checkout,
  paymentId: string,
  { amount, requested }: { readonly amount: number; readonly requested: number },
): Outcome => {
  if (!isPaying(state, paymentId)) return remember(state);
  if (amount < requested) return reject(state, [{ code: 'payment-declined' }]);
  const payments = state.payments.filter((one) => one !== paymentId);
  return payments.length > 0 ? remember({ ...state, payments }) : confirm(state.orderId, state.reserved);
};

const notAuthorized = (state: Checkout, paymentId: string): Outcome =>
  isPaying(state, paymentId) ? reject(state, [{ code: 'payment-declined' }]) : remember(state);

const isPaying = (state: Checkout, paymentId: string): state is Paying =>
  state.phase === 'paying' && state.payments.includes(paymentId);

const confirm = (orderId: string, allocations: readonly Allocation[]): Outcome => ({
  state: { phase: 'confirming', reserved: allocations },
  commands: [{ type: 'ConfirmOrder', data: { orderId, allocations } }],
});

/** Releases reservations that the order does not use: a location that refused before a crash may have reserved after it. */
const confirmed = (state: Checkout, allocations: readonly Allocation[]): Outcome => {
  const used = new Set(allocations.map(({ reservationId }) => reservationId));
  const unused = reservedIn(state).filter(({ reservationId }) => !used.has(reservationId));
  return { state: undefined, commands: unused.map(releaseOfRejected) };
};

const reject = ({ orderId, reserved }: PendingOrder | Paying, reasons: readonly RejectionReason[]): Outcome => ({
  state: undefined,
  commands: [...reserved.map(releaseOfRejected), { type: 'RejectOrder', data: { orderId, reasons } }],
});

/** Ends the checkout of an order that was rejected at its deadline or has refused ConfirmOrder. */
const releaseAll = (state: Checkout): Outcome => {
  const pending = 'pending' in state ? state.pending : [];
  return {
    state: pending.length > 0 ? { phase: 'rejected', pending } : undefined,
    commands: reservedIn(state).map(releaseOfRejected),
  };
};

const reservedIn = (state: Checkout) => ('reserved' in state ? state.reserved : []);

const releaseOfRejected = (allocation: Allocation) => release(allocation, 'order-rejected');

const refused = (state: Checkout, { command }: CommandRefused<CheckoutCommand>['data']): Outcome => {
  switch (command.type) {
    case 'ReserveStock':
      return reservationAnswered(state, command.data.reservationId, 0);
    case 'RequestPayment':
      return state.phase === 'paying' ? reject(state, [{ code: 'payment-refused' }]) : remember(state);
    case 'ConfirmOrder':
      return releaseAll(state);
    case 'PlanFulfillment':
    case 'RejectOrder': // the order was confirmed or rejected already
    case 'ReleaseReservation': // the reservation has ended already
      return remember(state);
  }
};
