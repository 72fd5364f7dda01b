import { type Recorded } from '#event-store';
import { quantityChanges, type StockEvent } from '#stock';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

interface StockTotals {
  onHand: number;
  unavailable: number;
  reserved: number;
  backorderLimit: number;
}

const noStock = (): StockTotals => ({ onHand: 0, unavailable: 0, reserved: 0, backorderLimit: 0 });

export class ReservationsWithinStock extends Checker {
  override readonly invariant = invariants.reservationsWithinStock;
  private readonly stock = new Map<string, StockTotals>();

  override check(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const totals = getOrCreate(this.stock, recorded.stream, noStock);
    const { onHand = 0, unavailable = 0, reserved = 0 } = quantityChanges(event);
    totals.onHand += onHand;
    totals.unavailable += unavailable;
    totals.reserved += reserved;
    if (event.type === 'BackorderLimitSet') totals.backorderLimit = event.data.limit;
    if (event.type === 'StockReserved') this.checkReservation(totals, recorded);
  }

  private checkReservation({ onHand, unavailable, reserved, backorderLimit }: StockTotals, recorded: Recorded) {
    this.checked++;
    const sellable = Math.max(0, onHand - unavailable);
    if (reserved <= sellable + backorderLimit) return;
    this.report(
      recorded,
      `${reserved} units are reserved, but only ${sellable} are sellable and ${backorderLimit} may be backordered`,
    );
  }
}
