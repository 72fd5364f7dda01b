/** A stock item as it will be after the events of a decision, while the decision is still being made. */
import { type StockEvent } from './stock-messages.js';
import { quantityChanges, type Reservation, type StockItem } from './stock-state.js';

type StockQuantities = Pick<StockItem, 'onHand' | 'unavailableTotal' | 'reserved' | 'backordered'>;

export const previewQuantities = (events: readonly StockEvent[], item: StockQuantities): StockQuantities =>
  events.reduce(applyQuantityChanges, item);

const applyQuantityChanges = (quantities: StockQuantities, event: StockEvent): StockQuantities => {
  const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = quantityChanges(event);
  return {
    onHand: quantities.onHand + onHand,
    unavailableTotal: quantities.unavailableTotal + unavailable,
    reserved: quantities.reserved + reserved,
    backordered: quantities.backordered + backordered,
  };
};

/** Those of the active reservations that stay active, oldest first; without a reservation that starts among the events. */
export const previewReservations = (
  events: readonly StockEvent[],
  { reservations }: Readonly<StockItem>,
): readonly Reservation[] => {
  const after = new Map(reservations);
  for (const event of events) applyToReservations(after, event);
  return [...after.values()];
};

const applyToReservations = (reservations: Map<string, Reservation>, { type, data }: StockEvent) => {
  if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed') {
    const before = reservations.get(data.reservationId);
    if (!before) throw new Error(`Reservation ${data.reservationId} changed but is not active`);
    const backordered = before.backordered - (data.backordered ?? 0);
    reservations.set(data.reservationId, { ...before, quantity: data.left, backordered });
  } else if (type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed') {
    reservations.delete(data.reservationId);
  }
};
