/** What becomes of the units of a confirmed order: other places, fulfillment, cancellation. */
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
  const held = new Map(order.reservations.map(({ reservationId, units }) => [reservationId, units]));
  const known = new Set(held.keys());
  const due = releases.filter(({ reservationId, lines }) =>
    lines.every(({ lineId, quantity }) => (held.get(reservationId)?.get(lineId) ?? 0) >= quantity),
  );
  const fresh = allocations.filter(({ reservationId }) => !known.has(reservationId));
  if (due.length + fresh.length === 0) return [];
  const open = unitsByLine([...due.flatMap(({ lines }) => lines)]);
  for (const [lineId, quantity] of unitsByLine(fresh.flatMap(({ lines }) => lines))) {
    const openUnits = (order.lines.get(lineId)?.open ?? 0) + (open.get(lineId) ?? 0);
    if (quantity > openUnits) {
      throw new DomainError('plan-incomplete', `Line ${lineId} has no ${quantity} units to reserve`, { lineId });
    }
  }
  return [{ type: 'OrderReallocated', data: { releases: due, allocations: fresh } }];
};

/** Reports a fact: units that the order does not have in a reservation any more are left out. */
export const fulfill = (
  { fulfillmentId, reservations }: Data<'RecordFulfillment'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  const held = new Map(order.reservations.map(({ reservationId, units }) => [reservationId, units]));
  const fulfilled = reservations.map(({ reservationId, lines }) => ({
    reservationId,
    lines: lines
      .map(({ lineId, quantity }) => ({
        lineId,
        quantity: Math.min(quantity, held.get(reservationId)?.get(lineId) ?? 0),
      }))
      .filter(({ quantity }) => quantity > 0),
  }));
  const lines = lineQuantities(unitsByLine(fulfilled.flatMap((one) => one.lines)));
  if (lines.length === 0) return [];
  const data = { fulfillmentId, lines, reservations: fulfilled, due: openValueOf(order, lines) };
  return [{ type: 'OrderLinesFulfilled', data }];
};

/** Open units are cancelled at once; allocated units are requested back from the locations that work on them. */
export const cancel = (
  { orderId, lines: wanted, reason }: Data<'CancelOrderLines'>,
  order: Readonly<Order>,
  { commandId }: Cause,
): OrderEvent[] => {
  if (order.status !== 'recorded') checkConfirmed(order, orderId);
  if (wanted.length === 0) return [];
  const decided = planCancellation(wanted, order.lines, order.reservations);
  const taken = decided.lines.find(({ lineId, quantity }) => quantity > unitsNotInCancellation(order, lineId));
  if (taken) {
    const { lineId } = taken;
    const left = unitsNotInCancellation(order, lineId);
    const message = `Of line ${lineId} only ${left} are not being cancelled yet`;
    throw new DomainError('line-already-fulfilled', message, { lineId, requested: taken.quantity, cancellable: left });
  }
  if (decided.releases.length === 0) return [{ type: 'OrderLinesCancelled', data: { ...decided, reason } }];
  const { lines } = decided;
  return [{ type: 'OrderLinesCancellationRequested', data: { cancellationId: commandId, lines, reason } }];
};

const unitsNotInCancellation = (order: Readonly<Order>, lineId: string) => {
  const line = order.lines.get(lineId);
  return line ? cancellableUnits(line) - unitsInCancellation(order, lineId) : 0;
};

export const answerCancellation = (
  { cancellationId, lines: answered, reason, open }: Data<'SettleCancellation'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  if (order.answeredCancellations.has(cancellationId)) return [];
  const lines = answered
    .map((one) => ({ ...one, quantity: Math.min(one.quantity, cancellableNow(order, one.lineId, open)) }))
    .filter(({ quantity }) => quantity > 0);
  const kinds: OrderEvent[] = [];
  const refused = unitsByLine(order.requestedCancellations.get(cancellationId) ?? []);
  for (const { lineId, quantity } of lines) refused.set(lineId, (refused.get(lineId) ?? 0) - quantity);
  if (lines.length > 0) {
    const decided = planCancellation(lines, order.lines, order.reservations);
    kinds.push({ type: 'OrderLinesCancelled', data: { ...decided, reason, cancellationId } });
  }
  const kept = lineQuantities(refused);
  if (kept.length > 0) kinds.push({ type: 'OrderCancellationRefused', data: { cancellationId, lines: kept } });
  return kinds;
};

const cancellableNow = ({ lines }: Readonly<Order>, lineId: string, open?: true) => {
  const line = lines.get(lineId);
  if (!line) return 0;
  return open ? line.open : cancellableUnits(line);
};
