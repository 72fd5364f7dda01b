/** Decisions about the units of a confirmed order: reallocation, fulfillment and cancellation. */
import { DomainError, type Cause } from '#kernel';
import { planCancellation } from './order-lines.js';
import { openValueOf } from './order-evolve.js';
import { type OrderCommand, type OrderEvent } from './order-messages.js';
import { unitsInCancellation, checkConfirmed, type Order } from './order-state.js';
import { lineQuantities, unitsByLine, cancellableUnits } from './line-units.js';

type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

export const reallocate = (
  { releases, allocations }: Data<'ReallocateOrder'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const reserved = reservedUnits(order);
  const validReleases = releases.filter(({ reservationId, lines }) =>
    lines.every(({ lineId, quantity }) => (reserved.get(reservationId)?.get(lineId) ?? 0) >= quantity),
  );
  const newAllocations = allocations.filter(({ reservationId }) => !reserved.has(reservationId));
  if (validReleases.length + newAllocations.length === 0) return [];
  const released = unitsByLine(validReleases.flatMap(({ lines }) => lines));
  for (const [lineId, quantity] of unitsByLine(newAllocations.flatMap(({ lines }) => lines))) {
    const openUnits = (order.lines.get(lineId)?.open ?? 0) + (released.get(lineId) ?? 0);
    if (quantity > openUnits) {
      const message = `Line ${lineId} has only ${openUnits} units to allocate, not ${quantity}`;
      throw new DomainError('plan-incomplete', message, { lineId });
    }
  }
  return [{ type: 'OrderReallocated', data: { releases: validReleases, allocations: newAllocations } }];
};

const reservedUnits = ({ reservations }: Readonly<Order>) =>
  new Map(reservations.map(({ reservationId, units }) => [reservationId, units]));

/** A fulfillment has happened and is always recorded; units that the order no longer has in the reservation are left out. */
export const fulfill = (
  { fulfillmentId, reservations }: Data<'RecordFulfillment'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const reserved = reservedUnits(order);
  const fulfilled = reservations.map(({ reservationId, lines }) => ({
    reservationId,
    lines: lines
      .map(({ lineId, quantity }) => ({
        lineId,
        quantity: Math.min(quantity, reserved.get(reservationId)?.get(lineId) ?? 0),
      }))
      .filter(({ quantity }) => quantity > 0),
  }));
  const lines = lineQuantities(unitsByLine(fulfilled.flatMap((reservation) => reservation.lines)));
  if (lines.length === 0) return [];
  const data = { fulfillmentId, lines, reservations: fulfilled, due: openValueOf(order, lines) };
  return [{ type: 'OrderLinesFulfilled', data }];
};

/** Open units are cancelled at once; for allocated units, the locations that work on them are asked first. */
export const cancel = (
  { orderId, lines: requested, ...reasons }: Data<'CancelOrderLines'>,
  order: Readonly<Order>,
  { commandId }: Cause,
): OrderEvent[] => {
  if (order.status !== 'recorded') checkConfirmed(order, orderId);
  if (requested.length === 0) return [];
  const cancellation = planCancellation(requested, order.lines, order.reservations);
  const { lines, releases } = cancellation;
  for (const { lineId, quantity } of lines) {
    const cancellable = unitsNotInCancellation(order, lineId);
    if (quantity > cancellable) {
      const message = `Of line ${lineId} only ${cancellable} units are not being cancelled yet`;
      throw new DomainError('line-already-fulfilled', message, { lineId, requested: quantity, cancellable });
    }
  }
  if (releases.length === 0) return [{ type: 'OrderLinesCancelled', data: { ...cancellation, ...reasons } }];
  return [{ type: 'OrderLinesCancellationRequested', data: { cancellationId: commandId, lines, ...reasons } }];
};

const unitsNotInCancellation = (order: Readonly<Order>, lineId: string) => {
  const line = order.lines.get(lineId);
  return line ? cancellableUnits(line) - unitsInCancellation(order, lineId) : 0;
};

export const settleCancellation = (
  { cancellationId, lines: agreed, reason, open }: Data<'SettleCancellation'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  if (order.answeredCancellations.has(cancellationId)) return [];
  const lines = agreed
    .map((line) => ({ ...line, quantity: Math.min(line.quantity, settleableUnits(order, line.lineId, open)) }))
    .filter(({ quantity }) => quantity > 0);
  const events: OrderEvent[] = [];
  const refused = unitsByLine(order.requestedCancellations.get(cancellationId) ?? []);
  for (const { lineId, quantity } of lines) refused.set(lineId, (refused.get(lineId) ?? 0) - quantity);
  if (lines.length > 0) {
    const cancellation = planCancellation(lines, order.lines, order.reservations);
    events.push({ type: 'OrderLinesCancelled', data: { ...cancellation, reason, cancellationId } });
  }
  const refusedLines = lineQuantities(refused);
  if (refusedLines.length > 0) {
    events.push({ type: 'OrderCancellationRefused', data: { cancellationId, lines: refusedLines } });
  }
  return events;
};

const settleableUnits = ({ lines }: Readonly<Order>, lineId: string, onlyOpen?: true) => {
  const line = lines.get(lineId);
  if (!line) return 0;
  return onlyOpen ? line.open : cancellableUnits(line);
};
