import { type Cause } from '#kernel';
import { announcedUnits, newLines, type Order, type OrderPhase } from './order-state.js';
import {
  type Allocation,
  type LineQuantity,
  type OrderDetails,
  type OrderEvent,
  type Tender,
} from './order-messages.js';
import { tenderedAmount } from './tenders.js';
import {
  allocateUnits,
  releaseUnits,
  isFullyCancelled,
  unitsWithBuyer,
  consumeUnits,
  moveUnits,
  unitsByLine,
  cancellableUnits,
  requireLine,
} from './line-units.js';
import { subtractValues, addValues, shareOfValue, totalValue, type LineValue } from './line-value.js';

type Data<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

export const evolve = (order: Order, { type, data }: OrderEvent, _cause: Cause, recordedId?: string): Order => {
  switch (type) {
    case 'OrderPlaced':
      order.expiresAt = data.expiresAt;
      order.isPaidHere = data.tenders !== undefined || data.payLater === true;
      order.isCapturedAtOnce = data.capture === 'now';
      addTenders(order, data.tenders, recordedId);
      return startOrder('pending', order, data);
    case 'OrderRecorded':
      return startOrder('recorded', order, data);
    case 'FulfillmentPlanned':
      order.attempts = data.attempt;
      return order;
    case 'OrderConfirmed':
      return setPhase('confirmed', addReservations(order, data.allocations));
    case 'OrderRejected':
      return rejectOrder(order);
    case 'OrderHeld':
      order.holds.add(data.holdId);
      return order;
    case 'OrderHoldReleased':
      order.holds.delete(data.holdId);
      return order;
    case 'OrderLinesCancellationRequested':
      order.requestedCancellations.set(data.cancellationId, data.lines);
      return order;
    case 'OrderCancellationRefused':
      return endCancellation(order, data.cancellationId);
    case 'OrderLinesCancelled':
      return cancelLines(order, data);
    case 'OrderReallocated':
      for (const release of data.releases) releaseUnits(release, order.lines, order.reservations);
      return addReservations(order, data.allocations);
    case 'OrderLinesFulfilled':
      return fulfillLines(order, data);
    case 'OrderTendered':
      addTenders(order, data.tenders, recordedId);
      return order;
    case 'OrderTenderDropped':
      return dropTender(order, data.tenderId);
    case 'OrderReturnAnnounced':
      order.announcedReturns.set(data.returnId, unitsByLine(data.lines));
      return order;
    case 'OrderReturnWithdrawn':
      order.announcedReturns.delete(data.returnId);
      return order;
    case 'OrderReturnRefused':
      return order;
    case 'OrderLinesReturned':
      return returnLines(order, data);
    case 'OrderReturnRecorded':
      return addRecordedReturn(order, data);
    case 'OrderRefundRecorded':
      return addRefund(order, data);
    case 'OrderEditProposed':
      order.edits.set(data.editId, { add: data.add, remove: data.remove });
      return order;
    case 'OrderEditDiscarded':
      order.edits.delete(data.editId);
      return order;
    case 'OrderEditApplied':
      return applyEdit(order, data);
  }
};

const startOrder = (status: OrderPhase, order: Order, data: OrderDetails & { total: number }): Order => {
  order.currency = data.currency;
  if (data.customerId !== undefined) order.customerId = data.customerId;
  order.lines = new Map(newLines(data, status === 'recorded' ? 'fulfilled' : 'open'));
  order.total = data.total;
  order.payable = data.total;
  return setPhase(status, order);
};

const setPhase = (status: OrderPhase, order: Order): Order => {
  order.status = status;
  return order;
};

const addReservations = (order: Order, allocations: readonly Allocation[]): Order => {
  for (const allocation of allocations) order.reservations.push(allocateUnits(allocation, order.lines));
  return order;
};

const rejectOrder = (order: Order): Order => {
  for (const line of order.lines.values()) moveUnits(line, 'open', 'cancelled', line.open);
  order.payable = 0;
  return setPhase('rejected', order);
};

const applyEdit = (order: Order, { editId, add, worth }: Data<'OrderEditApplied'>): Order => {
  order.edits.delete(editId);
  for (const [lineId, line] of newLines({ lines: add, charges: [], currency: order.currency }, 'open')) {
    order.lines.set(lineId, line);
  }
  order.total += worth;
  order.payable += worth;
  return order;
};

const addTenders = (order: Order, tenders: readonly Tender[] = [], eventId?: string) => {
  for (const { tenderId, kind, amount, instrumentId } of tenders) {
    order.tenders.set(tenderId, amount);
    if (eventId !== undefined) order.recordedTenders.set(tenderId, { eventId, tenders });
    if (kind === 'voucher' && instrumentId !== undefined) order.vouchers.set(tenderId, instrumentId);
  }
};

const dropTender = (order: Order, tenderId: string): Order => {
  order.tenders.delete(tenderId);
  order.vouchers.delete(tenderId);
  order.returnedTenders = Math.min(order.returnedTenders, tenderedAmount(order.tenders));
  return order;
};

const reducePayable = (order: Order, by: number) => {
  order.payable -= by;
  order.returnedTenders = Math.max(order.returnedTenders, tenderedAmount(order.tenders) - order.payable);
};

const cancelLines = (order: Order, data: Data<'OrderLinesCancelled'>): Order => {
  for (const { lineId, quantity } of data.lines) takeOpenValue(order, lineId, quantity);
  for (const release of data.releases) releaseUnits(release, order.lines, order.reservations);
  for (const { lineId, quantity } of data.lines)
    moveUnits(requireLine(order.lines, lineId), 'open', 'cancelled', quantity);
  reducePayable(order, data.refund);
  if (order.isCapturedAtOnce) order.unrefundedCancellations += data.refund;
  if (data.cancellationId !== undefined) endCancellation(order, data.cancellationId);
  return order.lines.values().every(isFullyCancelled) ? setPhase('cancelled', order) : order;
};

const endCancellation = (order: Order, cancellationId: string): Order => {
  order.requestedCancellations.delete(cancellationId);
  order.answeredCancellations.add(cancellationId);
  return order;
};

const fulfillLines = (order: Order, data: Data<'OrderLinesFulfilled'>): Order => {
  for (const reservation of data.reservations) consumeUnits(reservation, order.reservations);
  for (const { lineId, quantity } of data.lines) {
    const line = requireLine(order.lines, lineId);
    line.valueWithBuyer = addValues(line.valueWithBuyer, takeOpenValue(order, lineId, quantity));
    moveUnits(line, 'allocated', 'fulfilled', quantity);
  }
  return order;
};

/** Takes the value of units off the line, before the units are moved. */
const takeOpenValue = ({ lines }: Order, lineId: string, quantity: number): LineValue => {
  const line = requireLine(lines, lineId);
  const value = shareOfValue(line.openValue, quantity, cancellableUnits(line));
  line.openValue = subtractValues(line.openValue, value);
  return value;
};

const returnLines = (order: Order, { returnId, lines, refund }: Data<'OrderLinesReturned'>): Order => {
  takeBack(order, lines);
  reduceAnnouncement(order, returnId, lines);
  reducePayable(order, refund);
  return order;
};

const addRecordedReturn = (order: Order, { lines, worth, paidBack }: Data<'OrderReturnRecorded'>): Order => {
  takeBack(order, lines);
  reducePayable(order, worth);
  order.extraRefunds += Math.max(0, paidBack - worth);
  return order;
};

/** A refund first counts for cancelled units, and then lowers what is left for returns. */
const addRefund = (order: Order, { reference, amount, forCancellation }: Data<'OrderRefundRecorded'>): Order => {
  order.countedRefunds.add(reference);
  const forCancelled = Math.min(amount, order.unrefundedCancellations);
  order.unrefundedCancellations -= forCancelled;
  if (!forCancellation) order.extraRefunds += amount - forCancelled;
  return order;
};

const takeBack = (order: Order, lines: readonly LineQuantity[]) => {
  for (const { lineId, quantity } of lines) {
    const line = requireLine(order.lines, lineId);
    line.valueWithBuyer = subtractValues(
      line.valueWithBuyer,
      shareOfValue(line.valueWithBuyer, quantity, unitsWithBuyer(line)),
    );
    line.returned += quantity;
  }
};

/** A return that was never announced has no announcement to reduce. */
const reduceAnnouncement = ({ announcedReturns }: Order, returnId: string, lines: readonly LineQuantity[]) => {
  const announced = announcedReturns.get(returnId);
  for (const { lineId, quantity } of lines) {
    announced?.set(lineId, Math.max(0, (announced.get(lineId) ?? 0) - quantity));
  }
};

/** The value of units that are open or allocated, in minor units. */
export const openValueOf = ({ lines: linesById }: Readonly<Order>, lines: readonly LineQuantity[]) =>
  lines.reduce((sum, { lineId, quantity }) => {
    const line = requireLine(linesById, lineId);
    return sum + totalValue(shareOfValue(line.openValue, quantity, cancellableUnits(line)));
  }, 0);

/** Units of a line for which a return may still be announced; 0 for a line that the order does not have. */
export const returnableUnits = (order: Readonly<Order>, lineId: string) => {
  const line = order.lines.get(lineId);
  return line ? Math.max(0, unitsWithBuyer(line) - announcedUnits(order, lineId)) : 0;
};
