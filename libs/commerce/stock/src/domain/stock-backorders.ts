/**
 * The queue of reservations with backordered units. An uncommitted unit goes to the reservation with the earliest promised
 * date, then to the oldest; reservations without a promised date come last. After every decision
 *
 *   backordered > 0  ⇒  reserved − backordered ≥ sellable
 *
 * so that no new reservation gets a unit while an older one waits for it.
 */
import { type StockEvent } from './stock-messages.js';
import { previewQuantities, previewReservations } from './stock-preview.js';
import { uncommittedUnits, type Reservation, type StockItem } from './stock-state.js';

/** Fills backorders with the units that are uncommitted after `events`, in the order of the queue. */
export const fillBackorders = (events: readonly StockEvent[], item: Readonly<StockItem>): StockEvent[] => {
  const after = previewQuantities(events, item);
  let uncommitted = after.backordered > 0 ? uncommittedUnits(after) : 0;
  if (uncommitted <= 0) return [];
  const fills: StockEvent[] = [];
  for (const { reservationId, owner, backordered } of backorderQueue(events, item)) {
    if (uncommitted === 0) break;
    const quantity = Math.min(uncommitted, backordered);
    fills.push({ type: 'BackorderFilled', data: { reservationId, quantity, left: backordered - quantity, owner } });
    uncommitted -= quantity;
  }
  return fills;
};

/** A reservation that starts among the events does not queue: it was given the units that were uncommitted. */
const backorderQueue = (events: readonly StockEvent[], item: Readonly<StockItem>): readonly Reservation[] =>
  previewReservations(events, item)
    .filter(({ backordered }) => backordered > 0)
    .toSorted(byPromisedDateThenAge);

/** Sorts after every ISO 8601 date. */
const NO_DATE = '~';

/** Sorting is stable: reservations that are equal in both stay in the order of the log. */
const byPromisedDateThenAge = (one: Reservation, other: Reservation) =>
  compareTexts(one.promisedFor ?? NO_DATE, other.promisedFor ?? NO_DATE) || compareTexts(one.since, other.since);

const compareTexts = (one: string, other: string) => (one < other ? -1 : Number(one > other));
