import { type StockEvent } from './stock-messages.js';
import { previewQuantities, previewReservations } from './stock-preview.js';
import { uncommittedUnits, type Reservation, type StockItem } from './stock-state.js';

/**
 * Detects that events take units that cover reservations, or more units than are on hand. A shortfall that is known already
 * is reported again only if it grows for reservations.
 */
export const detectShortfall = (events: readonly StockEvent[], item: Readonly<StockItem>): StockEvent[] => {
  const after = previewQuantities(events, item);
  const short = Math.max(0, -uncommittedUnits(after));
  const growsForReservations = short > 0 && short > -uncommittedUnits(item);
  const fallsBelowZero = item.onHand >= 0 && after.onHand < 0;
  if (!growsForReservations && !fallsBelowZero) return [];
  const affectedReservations = findAffectedReservations(short, previewReservations(events, item));
  return [{ type: 'StockShortfallDetected', data: { short: short || -after.onHand, affectedReservations } }];
};

/**
 * Ids of the reservations that lose `short` covered units: soft ones before hard ones, the newest first.
 * @param reservations oldest first
 */
const findAffectedReservations = (short: number, reservations: readonly Reservation[]): string[] => {
  const ids: string[] = [];
  let missing = short;
  for (const kind of ['soft', 'hard'] as const) {
    for (const reservation of reservations.toReversed()) {
      if (missing <= 0) return ids;
      const covered = reservation.quantity - reservation.backordered;
      if (reservation.kind !== kind || covered === 0) continue;
      ids.push(reservation.reservationId);
      missing -= covered;
    }
  }
  return ids;
};
