import { type Recorded } from '#event-store';
import { effectOf, type StockEvent } from '#stock';
import { Checker, grown } from './checker.js';

interface Shelf {
  onHand: number;
  unavailable: number;
  reserved: number;
  backorderLimit: number;
}

export class ReservationsWithinStock extends Checker {
  override readonly invariant = 'I1';
  override readonly title = 'no reservation takes more than is there and may be backordered';
  override readonly categories = ['stock'];
  private readonly shelves = new Map<string, Shelf>();

  override see(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const nothing = { onHand: 0, unavailable: 0, reserved: 0, backorderLimit: 0 };
    const shelf = grown(this.shelves, recorded.stream, () => nothing);
    const { onHand = 0, unavailable = 0, reserved = 0 } = effectOf(event);
    shelf.onHand += onHand;
    shelf.unavailable += unavailable;
    shelf.reserved += reserved;
    if (event.type === 'BackorderLimitSet') shelf.backorderLimit = event.data.limit;
    if (event.type === 'StockReserved') this.check(shelf, recorded);
  }

  private check(shelf: Shelf, recorded: Recorded) {
    this.checked++;
    const sellable = Math.max(0, shelf.onHand - shelf.unavailable);
    if (shelf.reserved <= sellable + shelf.backorderLimit) return;
    this.fail(
      recorded,
      `${shelf.reserved} units are reserved, but only ${sellable} are sellable and ${shelf.backorderLimit} may be backordered`,
    );
  }
}
