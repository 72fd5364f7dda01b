import { type StockEvent } from './stock-messages.js';
import { effectOf, sellable, type StockItem } from './stock-state.js';

type Numbers = Pick<StockItem, 'onHand' | 'unavailableTotal' | 'reserved'>;

/** Tells when events take what was promised, or more than is there; not again when nothing gets worse for a promise. */
export const shortfallOf = (events: readonly StockEvent[], item: Readonly<StockItem>): StockEvent[] => {
  const after = events.reduce(apply, item);
  const short = uncovered(after, item.backorderLimit);
  const worse = short > uncovered(item, item.backorderLimit) || (item.onHand >= 0 && after.onHand < 0);
  if (!worse) return [];
  const affectedReservations = affected(item, short, events);
  return [{ type: 'StockShortfallDetected', data: { short: short || -after.onHand, affectedReservations } }];
};

const apply = (numbers: Numbers, event: StockEvent): Numbers => {
  const { onHand = 0, unavailable = 0, reserved = 0 } = effectOf(event);
  return {
    onHand: numbers.onHand + onHand,
    unavailableTotal: numbers.unavailableTotal + unavailable,
    reserved: numbers.reserved + reserved,
  };
};

const uncovered = (numbers: Numbers, backorderLimit: number) =>
  Math.max(0, numbers.reserved - sellable(numbers) - backorderLimit);

/** The reservations that `short` units are missing for: soft ones before hard ones, the newest first. */
const affected = ({ reservations }: Readonly<StockItem>, short: number, events: readonly StockEvent[]): string[] => {
  const consumed = events.find((event) => event.type === 'ReservationConsumed')?.data.reservationId;
  const newestFirst = [...reservations.values()].filter(({ reservationId }) => reservationId !== consumed).reverse();
  const ids: string[] = [];
  let missing = short;
  for (const kind of ['soft', 'hard'] as const) {
    for (const reservation of newestFirst) {
      if (missing <= 0) return ids;
      if (reservation.kind !== kind) continue;
      ids.push(reservation.reservationId);
      missing -= reservation.quantity;
    }
  }
  return ids;
};
