import { announcedOf, linesOf, type Order, type Status } from './order-state.js';
import { type LineQuantity, type OrderDetails, type OrderEvent, type Tender } from './order-messages.js';
import { offeredBy } from './tenders.js';
import { allocate, giveBack, isCancelled, kept, leave, move, perLine, remaining } from './units.js';
import { minus, plus, shareOf, total } from './worth.js';

type Data<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

export const evolve = (order: Order, { type, data }: OrderEvent): Order => {
  switch (type) {
    case 'OrderPlaced':
      order.expiresAt = data.expiresAt;
      order.isPaidHere = data.tenders !== undefined || data.payLater === true;
      offer(order, data.tenders);
      return begin('pending', order, data);
    case 'OrderRecorded':
      return begin('recorded', order, data);
    case 'FulfillmentPlanned':
      order.attempts = data.attempt;
      return order;
    case 'OrderConfirmed':
      for (const allocation of data.allocations) order.holdings.push(allocate(allocation, order.lines));
      return become('confirmed', order);
    case 'OrderRejected':
      for (const line of order.lines.values()) move(line, 'open', 'cancelled', line.open);
      order.payable = 0;
      return become('rejected', order);
    case 'OrderHeld':
      order.holds.add(data.holdId);
      return order;
    case 'OrderHoldReleased':
      order.holds.delete(data.holdId);
      return order;
    case 'OrderLinesCancellationRequested':
      order.cancelling.set(data.cancellationId, data.lines);
      return order;
    case 'OrderCancellationRefused':
      order.cancelling.delete(data.cancellationId);
      order.settled.add(data.cancellationId);
      return order;
    case 'OrderLinesCancelled':
      return cancelled(order, data);
    case 'OrderReallocated':
      for (const release of data.releases) giveBack(release, order.lines, order.holdings);
      for (const allocation of data.allocations) order.holdings.push(allocate(allocation, order.lines));
      return order;
    case 'OrderLinesFulfilled':
      return fulfilled(order, data);
    case 'OrderTendered':
      offer(order, data.tenders);
      return order;
    case 'OrderTenderDropped':
      return dropped(order, data.tenderId);
    case 'OrderReturnAnnounced':
      order.announced.set(data.returnId, perLine(data.lines));
      return order;
    case 'OrderReturnWithdrawn':
      order.announced.delete(data.returnId);
      return order;
    case 'OrderReturnRefused':
      return order;
    case 'OrderLinesReturned':
      return returned(order, data);
    case 'OrderEditProposed':
      order.edits.set(data.editId, { add: data.add, remove: data.remove });
      return order;
    case 'OrderEditDiscarded':
      order.edits.delete(data.editId);
      return order;
    case 'OrderEditApplied':
      order.edits.delete(data.editId);
      for (const [lineId, line] of linesOf({ lines: data.add, charges: [], currency: order.currency }, 'open')) {
        order.lines.set(lineId, line);
      }
      order.payable += data.worth;
      return order;
  }
};

const begin = (status: Status, order: Order, data: OrderDetails & { total: number }): Order => {
  order.currency = data.currency;
  if (data.customerId !== undefined) order.customerId = data.customerId;
  order.lines = new Map(linesOf(data, status === 'recorded' ? 'fulfilled' : 'open'));
  order.payable = data.total;
  return become(status, order);
};

const become = (status: Status, order: Order): Order => {
  order.status = status;
  return order;
};

const offer = (order: Order, tenders: readonly Tender[] = []) => {
  for (const { tenderId, amount } of tenders) order.tenders.set(tenderId, amount);
};

const dropped = (order: Order, tenderId: string): Order => {
  order.tenders.delete(tenderId);
  order.givenBack = Math.min(order.givenBack, offeredBy(order.tenders));
  return order;
};

const comeToLess = (order: Order, by: number) => {
  order.payable -= by;
  order.givenBack = Math.max(order.givenBack, offeredBy(order.tenders) - order.payable);
};

const cancelled = (order: Order, data: Data<'OrderLinesCancelled'>): Order => {
  for (const { lineId, quantity } of data.lines) lose(order, lineId, quantity);
  for (const release of data.releases) giveBack(release, order.lines, order.holdings);
  for (const { lineId, quantity } of data.lines) move(order.lines.get(lineId), 'open', 'cancelled', quantity);
  comeToLess(order, data.refund);
  if (data.cancellationId !== undefined) {
    order.cancelling.delete(data.cancellationId);
    order.settled.add(data.cancellationId);
  }
  return order.lines.values().every(isCancelled) ? become('cancelled', order) : order;
};

const fulfilled = (order: Order, data: Data<'OrderLinesFulfilled'>): Order => {
  for (const reservation of data.reservations) leave(reservation, order.holdings);
  for (const { lineId, quantity } of data.lines) {
    const line = order.lines.get(lineId);
    if (!line) continue;
    line.sold = plus(line.sold, lose(order, lineId, quantity));
    move(line, 'allocated', 'fulfilled', quantity);
  }
  return order;
};

/** Takes the worth of units from what is left of a line, before they are moved. */
const lose = ({ lines }: Order, lineId: string, quantity: number) => {
  const line = lines.get(lineId);
  const share = line ? shareOf(line.worth, quantity, remaining(line)) : { goods: 0, charges: 0 };
  if (line) line.worth = minus(line.worth, share);
  return share;
};

const returned = (order: Order, { returnId, lines, refund }: Data<'OrderLinesReturned'>): Order => {
  for (const { lineId, quantity } of lines) {
    const line = order.lines.get(lineId);
    if (!line) continue;
    line.sold = minus(line.sold, shareOf(line.sold, quantity, kept(line)));
    line.returned += quantity;
  }
  arrive(order, returnId, lines);
  comeToLess(order, refund);
  return order;
};

const arrive = ({ announced }: Order, returnId: string, lines: readonly LineQuantity[]) => {
  const waiting = announced.get(returnId);
  for (const { lineId, quantity } of lines) {
    waiting?.set(lineId, Math.max(0, (waiting.get(lineId) ?? 0) - quantity));
  }
};

/** What units are worth that leave now. */
export const dueFor = (order: Readonly<Order>, lines: readonly LineQuantity[]) =>
  lines.reduce((all, { lineId, quantity }) => {
    const line = order.lines.get(lineId);
    return line ? all + total(shareOf(line.worth, quantity, remaining(line))) : all;
  }, 0);

/** Units of a line that may still be announced to come back. */
export const returnable = (order: Readonly<Order>, lineId: string) => {
  const line = order.lines.get(lineId);
  return line ? kept(line) - announcedOf(order, lineId) : 0;
};
