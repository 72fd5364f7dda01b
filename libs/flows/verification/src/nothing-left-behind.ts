import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type StockEvent } from '#stock';
import { Checker, type Place } from './checker.js';

/** Processes and timers had this long to do their work. */
const GRACE_MS = 60_000;

interface Order extends Place {
  /** Units that are neither with the buyer nor cancelled. */
  units: number;
  pendingUntil: number | undefined;
  /** When it was rejected, or its last unit left or was cancelled. */
  endedAt: number | undefined;
}

interface Held extends Place {
  readonly reservationId: string;
  readonly orderId: string;
}

const unitsIn = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** By how many units that are still to be served an event changes an order. */
const unitsBy = ({ type, data }: OrderEvent): number => {
  if (type === 'OrderEditApplied') return unitsIn(data.add);
  return type === 'OrderLinesCancelled' || type === 'OrderLinesFulfilled' ? -unitsIn(data.lines) : 0;
};

export class NothingLeftBehind extends Checker {
  override readonly invariant = 'I18';
  override readonly title = 'orders that ended hold no stock, and no order waits for its answer beyond its time';
  override readonly categories = ['order', 'stock'];
  private readonly orders = new Map<string, Order>();
  private readonly held = new Map<string, Held>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'stock') this.seeStock(recorded, recorded.event as StockEvent);
    else this.seeOrder(recorded, recorded.event as OrderEvent);
  }

  private seeStock({ stream, revision, position }: Recorded, { type, data }: StockEvent) {
    if (type === 'StockReserved' && data.owner.type === 'order') {
      const { reservationId } = data;
      this.held.set(`${stream}/${reservationId}`, {
        reservationId,
        orderId: data.owner.id,
        stream,
        revision,
        position,
      });
    } else if (type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed') {
      this.held.delete(`${stream}/${data.reservationId}`);
    }
  }

  private seeOrder(recorded: Recorded, event: OrderEvent) {
    const { stream, revision, position } = recorded;
    if (event.type === 'OrderPlaced') {
      const units = unitsIn(event.data.lines);
      const pendingUntil = Date.parse(event.data.expiresAt);
      this.orders.set(idOf(stream), { units, pendingUntil, endedAt: undefined, stream, revision, position });
      return;
    }
    const order = this.orders.get(idOf(stream));
    if (order) this.goOn(order, event, recorded.recordedAt);
  }

  private goOn(order: Order, event: OrderEvent, at: number) {
    if (event.type === 'OrderConfirmed' || event.type === 'OrderRejected') order.pendingUntil = undefined;
    if (event.type === 'OrderRejected') order.units = 0;
    order.units += unitsBy(event);
    if (order.units <= 0) order.endedAt ??= at;
  }

  override end(now: number): void {
    const before = now - GRACE_MS;
    for (const order of this.orders.values()) {
      this.checked++;
      if (order.pendingUntil === undefined || order.pendingUntil > before) continue;
      this.fail(order, `The order is pending, though its time ended at ${new Date(order.pendingUntil).toISOString()}`);
    }
    for (const held of this.held.values()) {
      this.checked++;
      const endedAt = this.orders.get(held.orderId)?.endedAt;
      if (endedAt === undefined || endedAt > before) continue;
      this.fail(held, `Reservation ${held.reservationId} is open, but its order ${held.orderId} has ended`);
    }
  }
}
