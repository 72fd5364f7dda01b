/**
 * The queue of reservations that wait for goods. A unit that nobody has been given goes to whoever was promised the
 * earliest date, then to the oldest; a promise of no date comes after all dates. After every decision
 *
 *   somebody waits  ⇒  covered = reserved − backordered ≥ sellable
 *
 * so that no unit passes to a new reservation while an older one waits.
 */
import { type StockEvent } from './stock-messages.js';
import { apply } from './stock-shortfall.js';
import { uncommitted, type Reservation, type StockItem } from './stock-state.js';

type Waiting = Pick<Reservation, 'reservationId' | 'owner' | 'backordered' | 'promisedFor' | 'since'>;

/** What the units that `events` set free fill, in the order of the queue. */
export const fillsOf = (events: readonly StockEvent[], item: Readonly<StockItem>): StockEvent[] => {
  const after = events.reduce(apply, item);
  let free = after.backordered > 0 ? uncommitted(after) : 0;
  if (free <= 0) return [];
  const fills: StockEvent[] = [];
  for (const { reservationId, owner, backordered } of queueAfter(events, item)) {
    if (free === 0) break;
    const quantity = Math.min(free, backordered);
    fills.push({ type: 'BackorderFilled', data: { reservationId, quantity, left: backordered - quantity, owner } });
    free -= quantity;
  }
  return fills;
};

const queueAfter = (events: readonly StockEvent[], { reservations }: Readonly<StockItem>): Waiting[] => {
  const waiting = new Map<string, Waiting>(reservations);
  for (const event of events) change(waiting, event);
  return [...waiting.values()].filter(({ backordered }) => backordered > 0).sort(byPromise);
};

/** Those that `events` begin are covered as far as goods go: they never wait beside free units. */
const change = (waiting: Map<string, Waiting>, { type, data }: StockEvent) => {
  if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed') {
    const old = waiting.get(data.reservationId);
    if (old) waiting.set(old.reservationId, { ...old, backordered: old.backordered - (data.backordered ?? 0) });
  } else if (type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed') {
    waiting.delete(data.reservationId);
  }
};

const NO_DATE = '~';

/** Sorting is stable: among the same the order of the log decides. */
const byPromise = (one: Waiting, other: Waiting) =>
  compare(one.promisedFor ?? NO_DATE, other.promisedFor ?? NO_DATE) || compare(one.since, other.since);

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
