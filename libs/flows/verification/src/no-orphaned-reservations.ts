import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type StockEvent } from '#stock';
import { Checker, isReactionDue, type LogReference } from './checker.js';
import { invariants } from './invariants.js';
import { remainingUnitsChange } from './remaining-units.js';

interface OrderProgress extends LogReference {
  /** Units that are neither with the buyer nor cancelled. */
  remainingUnits: number;
  /** Checkout deadline while the order is pending, in milliseconds since 1970. */
  pendingUntil: number | undefined;
  /** When the order was rejected, or its last unit was fulfilled or cancelled, in milliseconds since 1970. */
  endedAt: number | undefined;
}

interface OrderReservation extends LogReference {
  readonly reservationId: string;
  readonly orderId: string;
}

export class NoOrphanedReservations extends Checker {
  override readonly invariant = invariants.noOrphanedReservations;
  private readonly orders = new Map<string, OrderProgress>();
  /** By stock stream and reservation id: the reservations that have not ended. */
  private readonly reservations = new Map<string, OrderReservation>();

  override check(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'stock') this.checkStockEvent(recorded, recorded.event as StockEvent);
    else this.checkOrderEvent(recorded, recorded.event as OrderEvent);
  }

  private checkStockEvent({ stream, revision, position }: Recorded, { type, data }: StockEvent) {
    if (type === 'StockReserved' && data.owner.type === 'order') {
      const { reservationId, owner } = data;
      const reservation = { reservationId, orderId: owner.id, stream, revision, position };
      this.reservations.set(`${stream}/${reservationId}`, reservation);
    } else if (type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed') {
      this.reservations.delete(`${stream}/${data.reservationId}`);
    }
  }

  private checkOrderEvent(recorded: Recorded, event: OrderEvent) {
    const { stream, revision, position } = recorded;
    if (event.type === 'OrderPlaced') {
      const remainingUnits = remainingUnitsChange(event);
      const pendingUntil = Date.parse(event.data.expiresAt);
      const reference = { stream, revision, position };
      this.orders.set(idOf(stream), { remainingUnits, pendingUntil, endedAt: undefined, ...reference });
      return;
    }
    const order = this.orders.get(idOf(stream));
    if (order) applyChange(order, event, recorded.recordedAt); // orders recorded after the fact reserve nothing
  }

  override finish(now: number): void {
    for (const order of this.orders.values()) {
      this.checked++;
      const { pendingUntil } = order;
      if (pendingUntil === undefined || !isReactionDue(pendingUntil, now)) continue;
      const deadline = new Date(pendingUntil).toISOString();
      this.report(order, `The order is pending, though its checkout deadline was ${deadline}`);
    }
    for (const reservation of this.reservations.values()) {
      this.checked++;
      const { reservationId, orderId } = reservation;
      const endedAt = this.orders.get(orderId)?.endedAt;
      if (endedAt === undefined || !isReactionDue(endedAt, now)) continue;
      this.report(reservation, `Reservation ${reservationId} is open, but its order ${orderId} has ended`);
    }
  }
}

const applyChange = (order: OrderProgress, event: OrderEvent, recordedAt: number) => {
  if (event.type === 'OrderConfirmed' || event.type === 'OrderRejected') order.pendingUntil = undefined;
  if (event.type === 'OrderRejected') order.remainingUnits = 0;
  order.remainingUnits += remainingUnitsChange(event);
  if (order.remainingUnits <= 0) order.endedAt ??= recordedAt;
};
