/** Stock, folded from the log independently of the product's code, with its faults. */
import { type Logged } from '../support/read-log.js';

interface StockData {
  readonly quantity?: number;
  readonly delta?: number;
  readonly by?: number;
  readonly left?: number;
  readonly backordered?: number;
  readonly disposition?: string;
  readonly reservationId?: string;
  readonly owner?: { readonly type: string; readonly id: string };
}

export interface Held {
  quantity: number;
  /** Units that are backordered. */
  waiting: number;
  readonly stream: string;
  readonly owner: { readonly type: string; readonly id: string };
}

export interface Item {
  onHand: number;
  unavailable: number;
  reserved: number;
  /** Reserved units that are backordered. */
  waiting: number;
  revision: number;
}

type Effect = (data: StockData) => number;
const quantity: Effect = ({ quantity = 0 }) => quantity;

const NOTHING: Effect = () => 0;
const ON_HAND: Readonly<Record<string, Effect>> = {
  StockReceived: quantity,
  StockRestocked: quantity,
  StockIssued: (data) => -quantity(data),
  StockAdjusted: ({ delta = 0 }) => delta,
};
const UNAVAILABLE: Readonly<Record<string, Effect>> = {
  StockMadeUnavailable: quantity,
  StockMadeAvailable: (data) => -quantity(data),
  StockRestocked: (data) => (data.disposition === 'restock' ? 0 : quantity(data)),
};
const SHRINKS = new Set(['ReservationReduced', 'ReservationPartlyConsumed']);
const ENDS = new Set(['ReservationReleased', 'ReservationExpired', 'ReservationConsumed']);

const quantityLess = ({ by = 0 }: StockData) => by;

export class StockModel {
  readonly faults: string[] = [];
  readonly items = new Map<string, Item>();
  /** Reservations that have not ended. */
  readonly open = new Map<string, Held>();
  private readonly started = new Set<string>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) if (logged.stream.startsWith('stock-')) this.fold(logged);
  }

  private fold(logged: Logged) {
    const item = this.next(logged);
    const { type } = logged;
    const data = logged.data as StockData;
    item.onHand += (ON_HAND[type] ?? NOTHING)(data);
    item.unavailable += (UNAVAILABLE[type] ?? NOTHING)(data);
    if (type === 'StockReserved') this.reserve(item, logged, data);
    if (type === 'BackorderFilled') this.fill(item, logged, data);
    if (SHRINKS.has(type) || ENDS.has(type)) this.giveBack(item, logged, data);
  }

  private next(logged: Logged): Item {
    const { stream, revision } = logged;
    const item = this.items.get(stream) ?? { onHand: 0, unavailable: 0, reserved: 0, waiting: 0, revision: -1 };
    this.items.set(stream, item);
    if (revision !== item.revision + 1) this.fault(logged, `comes after revision ${item.revision}`);
    item.revision = revision;
    return item;
  }

  private reserve(item: Item, logged: Logged, { reservationId = '', quantity = 0, owner, ...data }: StockData) {
    if (this.started.has(reservationId)) this.fault(logged, `reservation ${reservationId} starts again`);
    this.started.add(reservationId);
    const { backordered: waiting = 0 } = data;
    const { stream } = logged;
    this.open.set(reservationId, { quantity, waiting, stream, owner: owner ?? { type: 'nobody', id: '' } });
    item.reserved += quantity;
    item.waiting += waiting;
    const sellable = Math.max(0, item.onHand - item.unavailable);
    const covered = item.reserved - item.waiting;
    if (quantity > waiting && covered > sellable) this.fault(logged, `${covered} reserved of ${sellable}`);
  }

  private giveBack(item: Item, logged: Logged, data: StockData) {
    const { reservationId = '', left = 0, backordered = 0 } = data;
    const held = this.held(logged, reservationId);
    if (!held) return;
    const ends = ENDS.has(logged.type);
    const less = ends ? held.quantity : quantityLess(data);
    held.quantity -= less;
    item.reserved -= less;
    this.wait(item, held, -backordered);
    this.check(logged, held, left);
    if (ends) this.open.delete(reservationId);
  }

  private check(logged: Logged, { quantity, waiting }: Held, left: number) {
    if (quantity !== left) this.fault(logged, `${quantity} units stay reserved, not ${left}`);
    if (waiting < 0 || waiting > quantity) this.fault(logged, `${waiting} units wait`);
  }

  private fill(item: Item, logged: Logged, { reservationId = '', quantity = 0, left = 0 }: StockData) {
    const held = this.held(logged, reservationId);
    if (!held) return;
    this.wait(item, held, -quantity);
    if (held.waiting !== left) this.fault(logged, `${held.waiting} units wait, not ${left}`);
    const [covered, sellable] = [item.reserved - item.waiting, item.onHand - item.unavailable];
    if (covered > sellable) this.fault(logged, `${covered} covered of ${sellable}`);
  }

  private wait(item: Item, held: Held, units: number) {
    held.waiting += units;
    item.waiting += units;
  }

  private held(logged: Logged, reservationId: string): Held | undefined {
    const held = this.open.get(reservationId);
    if (held?.stream === logged.stream) return held;
    this.fault(logged, `reservation ${reservationId} is not open`);
    return undefined;
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }
}
