import { type Recorded } from '#event-store';
import { quantityChanges, type StockEvent } from '#stock';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

interface Backorder {
  readonly reservationId: string;
  units: number;
  /** The date of the promise, then age: the backorder with the smallest key is filled first. */
  readonly sortKey: string;
}

interface StockTotals {
  onHand: number;
  unavailable: number;
  reserved: number;
  backordered: number;
  readonly backorders: Map<string, Backorder>;
}

type EventData<Type extends StockEvent['type']> = Extract<StockEvent, { type: Type }>['data'];

const noStock = (): StockTotals => ({ onHand: 0, unavailable: 0, reserved: 0, backordered: 0, backorders: new Map() });

export class BackordersInOrder extends Checker {
  override readonly invariant = invariants.backordersInOrder;
  private readonly stock = new Map<string, StockTotals>();

  override check(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const totals = getOrCreate(this.stock, recorded.stream, noStock);
    if (event.type === 'BackorderFilled') this.checkOrderOfFilling(totals, event.data, recorded);
    const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = quantityChanges(event);
    totals.onHand += onHand;
    totals.unavailable += unavailable;
    totals.reserved += reserved;
    totals.backordered += backordered;
    updateBackorders(totals.backorders, event, recorded.envelope.occurredAt);
    if (event.type === 'BackorderFilled') this.checkCovered(totals, recorded);
  }

  private checkOrderOfFilling(
    { backorders }: StockTotals,
    { reservationId, quantity, left }: EventData<'BackorderFilled'>,
    recorded: Recorded,
  ) {
    this.checked++;
    const filled = backorders.get(reservationId);
    if (filled?.units !== quantity + left) {
      const waiting = filled?.units ?? 0;
      this.report(recorded, `Reservation ${reservationId} waits for ${waiting} units, not ${quantity + left}`);
      return;
    }
    const earlier = backorders.values().find(({ sortKey }) => sortKey < filled.sortKey);
    if (earlier) {
      this.report(
        recorded,
        `Reservation ${reservationId} is filled before ${earlier.reservationId}, which comes first`,
      );
    }
  }

  private checkCovered({ onHand, unavailable, reserved, backordered }: StockTotals, recorded: Recorded) {
    const sellable = Math.max(0, onHand - unavailable);
    const covered = reserved - backordered;
    if (covered > sellable) {
      this.report(
        recorded,
        `${covered} units are covered by stock for reservations, but only ${sellable} are sellable`,
      );
    }
  }
}

const updateBackorders = (backorders: Map<string, Backorder>, event: StockEvent, occurredAt: string) => {
  const { type, data } = event;
  if (type === 'StockReserved') addBackorder(backorders, data, occurredAt);
  else if ('reservationId' in data) {
    changeBackorder(backorders, data.reservationId, quantityChanges(event).backordered ?? 0);
  }
};

const addBackorder = (
  backorders: Map<string, Backorder>,
  { reservationId, backordered: units = 0, promisedFor = '~', since }: EventData<'StockReserved'>,
  occurredAt: string,
) => {
  if (units > 0) backorders.set(reservationId, { reservationId, units, sortKey: promisedFor + (since ?? occurredAt) });
};

const changeBackorder = (backorders: Map<string, Backorder>, reservationId: string, change: number) => {
  const backorder = backorders.get(reservationId);
  if (!backorder) return; // most reservations wait for nothing
  backorder.units += change;
  if (backorder.units <= 0) backorders.delete(reservationId);
};
