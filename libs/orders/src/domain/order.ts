/**
 * An order: stream `order-<orderId>`.
 *
 *   pending ──confirm──▶ confirmed ──cancel all──▶ cancelled
 *      └────reject────▶ rejected            recorded (a fact from elsewhere: already fulfilled)
 */
import { DomainError, type Cause, type Decider, type EventDefinitions } from '#kernel';
import { cancellation, checkComplete } from './order-lines.js';
import { type OrderCommand, type OrderEvent } from './order-messages.js';
import { place, record } from './placement.js';
import { allocate, giveBack, isCancelled, linesOf, move, type Holding, type Line } from './units.js';

type Status = 'none' | 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';

interface Order {
  status: Status;
  /** Of the checkout. */
  expiresAt: string;
  /** Plans made so far. */
  attempts: number;
  lines: Map<string, Line>;
  readonly holdings: Holding[];
  readonly holds: Set<string>;
}

type Change = Exclude<OrderCommand, { type: 'PlaceOrder' | 'RecordOrder' }>;
type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

const decide = (command: OrderCommand, order: Readonly<Order>, { occurredAt }: Cause): OrderEvent[] => {
  if (command.type === 'PlaceOrder') {
    checkNew(command.data.orderId, order);
    return place(command.data, occurredAt);
  }
  if (command.type === 'RecordOrder') {
    const { orderId, ...details } = command.data;
    checkNew(orderId, order);
    return record(details);
  }
  return change(command, order, occurredAt);
};

const checkNew = (orderId: string, { status }: Order) => {
  if (status !== 'none') throw new DomainError('order-exists', `There is an order ${orderId} already`);
};

const change = (command: Change, order: Order, occurredAt: string): OrderEvent[] => {
  if (order.status === 'none') {
    throw new DomainError('order-not-found', `There is no order ${command.data.orderId}`);
  }
  switch (command.type) {
    case 'PlanFulfillment':
      return plan(command.data, order);
    case 'ConfirmOrder':
      return confirm(command.data, order);
    case 'RejectOrder':
      return reject(command.data.reasons, order);
    case 'ExpireCheckout':
      return order.expiresAt <= occurredAt ? reject([{ code: 'checkout-expired' }], order) : [];
    case 'HoldOrder':
      return hold(command.data, order);
    case 'ReleaseOrderHold':
      return releaseHold(command.data, order);
    case 'CancelOrderLines':
      return cancel(command.data, order);
    default:
      throw new Error('not yet');
  }
};

const plan = ({ plan }: Data<'PlanFulfillment'>, { status, attempts }: Order): OrderEvent[] =>
  status === 'pending' && plan.attempt > attempts ? [{ type: 'FulfillmentPlanned', data: plan }] : [];

const confirm = ({ orderId, allocations }: Data<'ConfirmOrder'>, order: Order): OrderEvent[] => {
  if (order.status === 'confirmed' || order.status === 'cancelled') return [];
  if (order.status !== 'pending') {
    throw new DomainError('order-not-pending', `Order ${orderId} is ${order.status}`, { status: order.status });
  }
  checkComplete(allocations, order.lines);
  return [{ type: 'OrderConfirmed', data: { allocations } }];
};

const reject = (reasons: Data<'RejectOrder'>['reasons'], { status }: Order): OrderEvent[] =>
  status === 'pending' ? [{ type: 'OrderRejected', data: { reasons } }] : [];

const checkNotEnded = (orderId: string, { status }: Order) => {
  if (status === 'pending' || status === 'confirmed') return;
  throw new DomainError('order-ended', `Order ${orderId} is ${status}`, { status });
};

const hold = ({ orderId, holdId, reason }: Data<'HoldOrder'>, order: Order): OrderEvent[] => {
  checkNotEnded(orderId, order);
  return order.holds.has(holdId) ? [] : [{ type: 'OrderHeld', data: { holdId, reason } }];
};

const releaseHold = ({ orderId, holdId }: Data<'ReleaseOrderHold'>, order: Order): OrderEvent[] => {
  checkNotEnded(orderId, order);
  return order.holds.has(holdId) ? [{ type: 'OrderHoldReleased', data: { holdId } }] : [];
};

const cancel = ({ orderId, lines, reason }: Data<'CancelOrderLines'>, order: Order): OrderEvent[] => {
  if (order.status === 'pending') {
    throw new DomainError('order-pending', `Order ${orderId} is not confirmed yet`, { retryable: true });
  }
  if (order.status !== 'recorded') checkNotEnded(orderId, order);
  if (lines.length === 0) return [];
  return [{ type: 'OrderLinesCancelled', data: { ...cancellation(lines, order.lines, order.holdings), reason } }];
};

const evolve = (order: Order, { type, data }: OrderEvent): Order => {
  switch (type) {
    case 'OrderPlaced':
      order.expiresAt = data.expiresAt;
      order.lines = linesOf(data, 'open');
      return become('pending', order);
    case 'OrderRecorded':
      order.lines = linesOf(data, 'fulfilled');
      return become('recorded', order);
    case 'FulfillmentPlanned':
      order.attempts = data.attempt;
      return order;
    case 'OrderConfirmed':
      for (const allocation of data.allocations) order.holdings.push(allocate(allocation, order.lines));
      return become('confirmed', order);
    case 'OrderRejected':
      for (const line of order.lines.values()) move(line, 'open', 'cancelled', line.open);
      return become('rejected', order);
    case 'OrderHeld':
      order.holds.add(data.holdId);
      return order;
    case 'OrderHoldReleased':
      order.holds.delete(data.holdId);
      return order;
    case 'OrderLinesCancelled':
      for (const release of data.releases) giveBack(release, order.lines, order.holdings);
      for (const { lineId, quantity } of data.lines) move(order.lines.get(lineId), 'open', 'cancelled', quantity);
      return order.lines.values().every(isCancelled) ? become('cancelled', order) : order;
    default:
      throw new Error('not yet');
  }
};

const become = (status: Status, order: Order): Order => {
  order.status = status;
  return order;
};

const decider: Decider<Order, OrderCommand, OrderEvent> = {
  initialState: () => ({
    status: 'none',
    expiresAt: '',
    attempts: 0,
    lines: new Map(),
    holdings: [],
    holds: new Set(),
  }),
  decide,
  evolve,
};

const personal = ['contact.name', 'contact.email', 'contact.phone', 'shipTo'];

const events: EventDefinitions<OrderEvent> = {
  OrderPlaced: { version: 1, personal },
  OrderRecorded: { version: 1, personal },
  FulfillmentPlanned: { version: 1 },
  OrderConfirmed: { version: 1 },
  OrderRejected: { version: 1 },
  OrderHeld: { version: 1 },
  OrderHoldReleased: { version: 1 },
  OrderLinesCancelled: { version: 1 },
  OrderLinesCancellationRequested: { version: 1 },
  OrderCancellationRefused: { version: 1 },
  OrderReallocated: { version: 1 },
  OrderLinesFulfilled: { version: 1 },
  OrderEditProposed: { version: 1 },
  OrderEditApplied: { version: 1 },
  OrderEditDiscarded: { version: 1 },
  OrderTendered: { version: 1 },
  OrderTenderDropped: { version: 1 },
  OrderReturnAnnounced: { version: 1 },
  OrderReturnRefused: { version: 1 },
  OrderReturnWithdrawn: { version: 1 },
  OrderLinesReturned: { version: 1 },
};

const creates: OrderCommand['type'][] = ['PlaceOrder', 'RecordOrder'];

export const order = { category: 'order', decider, events, creates };
