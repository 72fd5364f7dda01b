import { type StockEvent } from './stock-messages.js';
import { effectOf, uncommitted, type StockItem } from './stock-state.js';

type Numbers = Pick<StockItem, 'onHand' | 'unavailableTotal' | 'reserved' | 'backordered'>;

/** Tells when events take what was promised, or more than is there; not again when nothing gets worse for a promise. */
export const shortfallOf = (events: readonly StockEvent[], item: Readonly<StockItem>): StockEvent[] => {
  const after = events.reduce(apply, item);
  const short = Math.max(0, -uncommitted(after));
  const worse = (short > -uncommitted(item) && short > 0) || (item.onHand >= 0 && after.onHand < 0);
  if (!worse) return [];
  const affectedReservations = affected(item, short, events);
  return [{ type: 'StockShortfallDetected', data: { short: short || -after.onHand, affectedReservations } }];
};

/** The numbers after one more event. */
export const apply = (numbers: Numbers, event: StockEvent): Numbers => {
  const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = effectOf(event);
  return {
    onHand: numbers.onHand + onHand,
    unavailableTotal: numbers.unavailableTotal + unavailable,
    reserved: numbers.reserved + reserved,
    backordered: numbers.backordered + backordered,
  };
};

/** The reservations that `short` covered units are missing for: soft ones before hard ones, the newest first. */
const affected = ({ reservations }: Readonly<StockItem>, short: number, events: readonly StockEvent[]): string[] => {
  const consumed = events.find((event) => event.type === 'ReservationConsumed')?.data.reservationId;
  const newestFirst = [...reservations.values()].filter(({ reservationId }) => reservationId !== consumed).reverse();
  const ids: string[] = [];
  let missing = short;
  for (const kind of ['soft', 'hard'] as const) {
    for (const reservation of newestFirst) {
      if (missing <= 0) return ids;
      const covered = reservation.quantity - reservation.backordered;
      if (reservation.kind !== kind || covered === 0) continue;
      ids.push(reservation.reservationId);
      missing -= covered;
    }
  }
  return ids;
};
