/**
 * An order: stream `order-<orderId>`.
 *
 *   pending ──confirm──▶ confirmed ──cancel all──▶ cancelled
 *      └────reject────▶ rejected            recorded (sold and fulfilled elsewhere)
 */
import {
  DomainError,
  WIDENED,
  type Decider,
  type DecisionCause,
  type EventDefinitions,
  type EventDefinition,
} from '#kernel';
import { cancel, fulfill, reallocate, settleCancellation } from './order-changes.js';
import { applyEdit, discardEdit, dropTender, pay, proposeEdit } from './order-edits.js';
import { evolve } from './order-evolve.js';
import { checkAllocations } from './order-lines.js';
import { type OrderCommand, type OrderEvent } from './order-messages.js';
import { addRecordedReturn, addRefund, announceReturn, recordReturned, withdrawReturn } from './order-returns.js';
import { initialState, type Order } from './order-state.js';
import { place, record } from './placement.js';

type Change = Exclude<OrderCommand, { type: 'PlaceOrder' | 'RecordOrder' }>;
type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

const decide = (command: OrderCommand, order: Readonly<Order>, cause: DecisionCause): OrderEvent[] => {
  if (command.type === 'PlaceOrder') {
    const { orderId, ...placement } = command.data;
    checkNew(orderId, order);
    return place(placement, cause.decidedAt);
  }
  if (command.type === 'RecordOrder') {
    const { orderId, ...details } = command.data;
    checkNew(orderId, order);
    return record(details);
  }
  return decideChange(command, order, cause);
};

const checkNew = (orderId: string, { status }: Order) => {
  if (status !== 'none') throw new DomainError('order-exists', `There is an order ${orderId} already`);
};

const decideChange = (command: Change, order: Readonly<Order>, cause: DecisionCause): OrderEvent[] => {
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
      return order.expiresAt <= cause.decidedAt ? reject([{ code: 'checkout-expired' }], order) : [];
    case 'HoldOrder':
      return hold(command.data, order);
    case 'ReleaseOrderHold':
      return releaseHold(command.data, order);
    case 'CancelOrderLines':
      return cancel(command.data, order, cause);
    case 'SettleCancellation':
      return settleCancellation(command.data, order);
    case 'ReallocateOrder':
      return reallocate(command.data, order);
    case 'RecordFulfillment':
      return fulfill(command.data, order);
    case 'AnnounceReturn':
      return announceReturn(command.data, order);
    case 'WithdrawReturn':
      return withdrawReturn(command.data, order);
    case 'RecordReturned':
      return recordReturned(command.data, order);
    case 'AddRecordedReturn':
      return addRecordedReturn(command.data, order);
    case 'AddRefund':
      return addRefund(command.data, order);
    case 'PayOrder':
      return pay(command.data, order);
    case 'DropTender':
      return dropTender(command.data, order);
    case 'ProposeOrderEdit':
      return proposeEdit(command.data, order);
    case 'ApplyOrderEdit':
      return applyEdit(command.data, order, cause);
    case 'DiscardOrderEdit':
      return discardEdit(command.data, order);
  }
};

const plan = ({ plan }: Data<'PlanFulfillment'>, { status, attempts }: Order): OrderEvent[] =>
  (status === 'pending' || status === 'confirmed') && plan.attempt > attempts
    ? [{ type: 'FulfillmentPlanned', data: plan }]
    : [];

const confirm = ({ orderId, allocations }: Data<'ConfirmOrder'>, order: Order): OrderEvent[] => {
  if (order.status === 'confirmed' || order.status === 'cancelled') return [];
  if (order.status !== 'pending') {
    throw new DomainError('order-not-pending', `Order ${orderId} is ${order.status}`, { state: order.status });
  }
  checkAllocations(allocations, order.lines);
  return [{ type: 'OrderConfirmed', data: { allocations } }];
};

const reject = (reasons: Data<'RejectOrder'>['reasons'], { status }: Order): OrderEvent[] =>
  status === 'pending' ? [{ type: 'OrderRejected', data: { reasons } }] : [];

const checkNotEnded = (orderId: string, { status }: Order) => {
  if (status === 'pending' || status === 'confirmed') return;
  throw new DomainError('order-ended', `Order ${orderId} is ${status}`, { state: status });
};

const hold = ({ orderId, ...data }: Data<'HoldOrder'>, order: Order): OrderEvent[] => {
  checkNotEnded(orderId, order);
  return order.holds.has(data.holdId) ? [] : [{ type: 'OrderHeld', data }];
};

const releaseHold = ({ orderId, ...data }: Data<'ReleaseOrderHold'>, order: Order): OrderEvent[] => {
  checkNotEnded(orderId, order);
  return order.holds.has(data.holdId) ? [{ type: 'OrderHoldReleased', data }] : [];
};

const decider: Decider<Order, OrderCommand, OrderEvent> = { initialState, decide, evolve };

const personal = { contract: ['contact.name', 'contact.email', 'contact.phone', 'shipTo', 'tenders.token'] };
const details = { upcast: WIDENED, personal, sealedSince: { 'tenders.token': 3 } };
const noted: Pick<EventDefinition, 'upcast' | 'personal'> = { upcast: WIDENED, personal: { contract: ['note'] } };

const events: EventDefinitions<OrderEvent> = {
  OrderPlaced: { version: 3, ...details, first: true },
  OrderRecorded: { version: 3, ...details, first: true },
  FulfillmentPlanned: { version: 2, upcast: WIDENED },
  OrderConfirmed: { version: 2, upcast: WIDENED },
  OrderRejected: { version: 1 },
  OrderHeld: { version: 2, ...noted },
  OrderHoldReleased: { version: 3, ...noted },
  OrderLinesCancelled: { version: 3, ...noted },
  OrderLinesCancellationRequested: { version: 2, ...noted },
  OrderCancellationRefused: { version: 1 },
  OrderReallocated: { version: 1 },
  OrderLinesFulfilled: { version: 1 },
  OrderEditProposed: { version: 1 },
  OrderEditApplied: { version: 1 },
  OrderEditDiscarded: { version: 1 },
  OrderTendered: {
    version: 2,
    upcast: WIDENED,
    personal: { contract: ['tenders.token'] },
    sealedSince: { 'tenders.token': 2 },
  },
  OrderTenderDropped: { version: 1 },
  OrderReturnAnnounced: { version: 1 },
  OrderReturnRefused: { version: 2, upcast: WIDENED },
  OrderReturnWithdrawn: { version: 1 },
  OrderRefundRecorded: { version: 1 },
  OrderReturnRecorded: { version: 1 },
  OrderLinesReturned: { version: 2, upcast: WIDENED },
};

const creates: OrderCommand['type'][] = ['PlaceOrder', 'RecordOrder'];

/** All events of an order carry the same correlation id. */
export const order = { category: 'order', decider, events, creates, correlatedByStream: true } as const;
