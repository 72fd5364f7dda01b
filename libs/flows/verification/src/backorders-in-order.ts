import { type Recorded } from '#event-store';
import { effectOf, type StockEvent } from '#stock';
import { Checker, grown } from './checker.js';

interface Waiting {
  readonly reservationId: string;
  units: number;
  /** Promise, then age. */
  readonly place: string;
}

interface Shelf {
  onHand: number;
  unavailable: number;
  reserved: number;
  backordered: number;
  readonly queue: Map<string, Waiting>;
}

const nothing = (): Shelf => ({ onHand: 0, unavailable: 0, reserved: 0, backordered: 0, queue: new Map() });

export class BackordersInOrder extends Checker {
  override readonly invariant = 'I19';
  override readonly title = 'goods that come in are given to the earliest promise, then to the oldest, and only once';
  override readonly categories = ['stock'];
  private readonly shelves = new Map<string, Shelf>();

  override see(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const shelf = grown(this.shelves, recorded.stream, nothing);
    if (event.type === 'BackorderFilled') this.checkTurn(shelf, event.data, recorded);
    const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = effectOf(event);
    shelf.onHand += onHand;
    shelf.unavailable += unavailable;
    shelf.reserved += reserved;
    shelf.backordered += backordered;
    queue(shelf.queue, event, recorded.envelope.occurredAt);
    if (event.type === 'BackorderFilled') this.checkCover(shelf, recorded);
  }

  private checkTurn(
    { queue }: Shelf,
    { reservationId, quantity, left }: Extract<StockEvent, { type: 'BackorderFilled' }>['data'],
    recorded: Recorded,
  ) {
    this.checked++;
    const own = queue.get(reservationId);
    if (own?.units !== quantity + left) {
      this.fail(recorded, `Reservation ${reservationId} waits for ${own?.units ?? 0} units, not ${quantity + left}`);
      return;
    }
    const ahead = queue.values().find(({ place }) => place < own.place);
    if (ahead) this.fail(recorded, `Reservation ${ahead.reservationId} waits, but ${reservationId} is filled`);
  }

  private checkCover({ onHand, unavailable, reserved, backordered }: Shelf, recorded: Recorded) {
    const sellable = Math.max(0, onHand - unavailable);
    const covered = reserved - backordered;
    if (covered > sellable)
      this.fail(recorded, `${covered} units are given to reservations, but ${sellable} are there`);
  }
}

const queue = (waiting: Map<string, Waiting>, event: StockEvent, occurredAt: string) => {
  const { type, data } = event;
  if (type === 'StockReserved') begin(waiting, data, occurredAt);
  else if ('reservationId' in data) goOn(waiting, data.reservationId, effectOf(event).backordered ?? 0);
};

const begin = (
  waiting: Map<string, Waiting>,
  {
    reservationId,
    backordered: units = 0,
    promisedFor = '~',
    since,
  }: Extract<StockEvent, { type: 'StockReserved' }>['data'],
  occurredAt: string,
) => {
  if (units > 0) waiting.set(reservationId, { reservationId, units, place: promisedFor + (since ?? occurredAt) });
};

const goOn = (waiting: Map<string, Waiting>, reservationId: string, change: number) => {
  const one = waiting.get(reservationId);
  if (!one) return;
  one.units += change;
  if (one.units <= 0) waiting.delete(reservationId);
};
