/** The orders as the log tells them, folded by nobody's code but this, and what is wrong with them. */
import { type Logged } from '../support/log.js';

interface Part {
  readonly lineId: string;
  readonly quantity: number;
}

interface Holding {
  readonly reservationId: string;
  readonly quantity: number;
  readonly lines: readonly Part[];
}

interface OrderData {
  readonly lines?: readonly (Part & { readonly sku: string; readonly locationId?: string })[];
  readonly allocations?: readonly Holding[];
  readonly releases?: readonly {
    readonly reservationId: string;
    readonly by: number;
    readonly lines: readonly Part[];
  }[];
}

interface Line {
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
}

export interface Order {
  state: 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';
  readonly lines: Map<string, Line>;
  /** Reservation → units that it should still hold. */
  readonly holds: Map<string, number>;
  revision: number;
}

type Share = Exclude<keyof Line, 'ordered'>;

export class OrderBook {
  readonly faults: string[] = [];
  readonly orders = new Map<string, Order>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) if (logged.stream.startsWith('order-')) this.fold(logged);
  }

  private fold(logged: Logged) {
    const { stream, revision, type } = logged;
    const data = logged.data as OrderData;
    const orderId = stream.slice('order-'.length);
    const order = this.orders.get(orderId) ?? begun(type, data);
    this.orders.set(orderId, order);
    if (revision !== order.revision + 1) this.fault(logged, `comes after revision ${order.revision}`);
    order.revision = revision;
    this.turn(order, logged);
    for (const [lineId, line] of order.lines) {
      if (!addsUp(line)) this.fault(logged, `line ${lineId} is ${JSON.stringify(line)}`);
    }
  }

  private turn(order: Order, logged: Logged) {
    const { type, data } = logged;
    const { state } = order;
    if (type === 'OrderConfirmed' && this.answers(logged, state)) confirm(order, data as OrderData);
    if (type === 'OrderRejected' && this.answers(logged, state)) reject(order);
    if (type === 'OrderLinesCancelled') cancel(order, data as OrderData);
  }

  private answers(logged: Logged, state: Order['state']) {
    if (state !== 'pending') this.fault(logged, `but the order is ${state}`);
    return state === 'pending';
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }
}

const begun = (type: string, { lines = [] }: OrderData): Order => {
  const share: Share = type === 'OrderRecorded' ? 'fulfilled' : 'open';
  const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0 };
  return {
    state: type === 'OrderRecorded' ? 'recorded' : 'pending',
    lines: new Map(lines.map(({ lineId, quantity }) => [lineId, { ordered: quantity, ...none, [share]: quantity }])),
    holds: new Map(),
    revision: -1,
  };
};

const addsUp = ({ ordered, ...shares }: Line) => {
  const units = Object.values(shares);
  return units.every((share) => share >= 0) && units.reduce((all, share) => all + share, 0) === ordered;
};

const move = ({ lines }: Order, parts: readonly Part[], from: Share, to: Share) => {
  for (const { lineId, quantity } of parts) {
    const line = lines.get(lineId);
    if (!line) continue;
    line[from] -= quantity;
    line[to] += quantity;
  }
};

const confirm = (order: Order, { allocations = [] }: OrderData) => {
  order.state = 'confirmed';
  for (const { reservationId, quantity, lines } of allocations) {
    order.holds.set(reservationId, quantity);
    move(order, lines, 'open', 'allocated');
  }
};

const reject = (order: Order) => {
  order.state = 'rejected';
  for (const line of order.lines.values()) {
    line.cancelled += line.open;
    line.open = 0;
  }
};

const cancel = (order: Order, { lines = [], releases = [] }: OrderData) => {
  for (const { reservationId, by, lines: parts } of releases) {
    order.holds.set(reservationId, (order.holds.get(reservationId) ?? 0) - by);
    move(order, parts, 'allocated', 'open');
  }
  move(order, lines, 'open', 'cancelled');
  if ([...order.lines.values()].every(({ ordered, cancelled }) => ordered === cancelled)) order.state = 'cancelled';
};
