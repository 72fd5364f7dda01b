/** The stock as the log tells it, folded by nobody's code but this, and what is wrong with it. */
import { type Logged } from '../support/log.js';

interface StockData {
  readonly quantity?: number;
  readonly delta?: number;
  readonly by?: number;
  readonly disposition?: string;
  readonly reservationId?: string;
  readonly owner?: { readonly type: string; readonly id: string };
}

export interface Held {
  quantity: number;
  readonly stream: string;
  readonly owner: { readonly type: string; readonly id: string };
}

export interface Item {
  onHand: number;
  unavailable: number;
  reserved: number;
  revision: number;
}

type Effect = (data: StockData) => number;
const quantity: Effect = ({ quantity = 0 }) => quantity;

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
const ENDS = new Set(['ReservationReleased', 'ReservationExpired', 'ReservationConsumed']);

export class StockBook {
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
    item.onHand += ON_HAND[type]?.(data) ?? 0;
    item.unavailable += UNAVAILABLE[type]?.(data) ?? 0;
    if (type === 'StockReserved') this.reserve(item, logged, data);
    if (type === 'ReservationReduced' || ENDS.has(type)) this.giveBack(item, logged, data);
  }

  private next(logged: Logged): Item {
    const { stream, revision } = logged;
    const item = this.items.get(stream) ?? { onHand: 0, unavailable: 0, reserved: 0, revision: -1 };
    this.items.set(stream, item);
    if (revision !== item.revision + 1) this.fault(logged, `comes after revision ${item.revision}`);
    item.revision = revision;
    return item;
  }

  private reserve(item: Item, logged: Logged, { reservationId = '', quantity = 0, owner }: StockData) {
    if (this.started.has(reservationId)) this.fault(logged, `reservation ${reservationId} starts again`);
    this.started.add(reservationId);
    this.open.set(reservationId, { quantity, stream: logged.stream, owner: owner ?? { type: 'nobody', id: '' } });
    item.reserved += quantity;
    const sellable = Math.max(0, item.onHand - item.unavailable);
    if (item.reserved > sellable) this.fault(logged, `${item.reserved} reserved of ${sellable}`);
  }

  private giveBack(item: Item, logged: Logged, { reservationId = '', by = 0 }: StockData) {
    const held = this.open.get(reservationId);
    if (held?.stream !== logged.stream) {
      this.fault(logged, `reservation ${reservationId} is not open`);
      return;
    }
    const ends = ENDS.has(logged.type);
    const less = ends ? held.quantity : by;
    held.quantity -= less;
    item.reserved -= less;
    if (ends) this.open.delete(reservationId);
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }
}
