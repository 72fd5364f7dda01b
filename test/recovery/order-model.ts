/** Orders, folded from the log independently of the product's code, with their faults. */
import { type Logged } from '../support/read-log.js';

interface Part {
  readonly lineId: string;
  readonly quantity: number;
}

interface Holding {
  readonly reservationId: string;
  readonly quantity: number;
  readonly lines: readonly Part[];
}

interface Released {
  readonly reservationId: string;
  readonly lines: readonly Part[];
}

interface OrderData {
  readonly lines?: readonly Part[];
  readonly add?: readonly Part[];
  readonly allocations?: readonly Holding[];
  readonly releases?: readonly (Released & { readonly by: number })[];
  readonly reservations?: readonly Released[];
  readonly fulfillmentId?: string;
  readonly total?: number;
  readonly refund?: number;
  readonly due?: number;
  readonly worth?: number;
  readonly capture?: string;
  readonly tenderId?: string;
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
  /** Line → units that came back. */
  readonly returned: Map<string, number>;
  readonly money: { readonly atOnce: boolean; payable: number; left: number; readonly dropped: Set<string> };
  revision: number;
}

type Share = Exclude<keyof Line, 'ordered'>;

export class OrderModel {
  readonly faults: string[] = [];
  readonly orders = new Map<string, Order>();
  /** Fulfillment order and line → units that are fulfilled according to the order. */
  readonly left = new Map<string, number>();

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
    this.apply(order, logged);
    for (const what of faultsOf(order)) this.fault(logged, what);
  }

  private apply(order: Order, logged: Logged) {
    const { type } = logged;
    const data = logged.data as OrderData;
    if (type === 'OrderConfirmed' && this.answers(logged, order.state)) confirm(order, data);
    if (type === 'OrderRejected' && this.answers(logged, order.state)) reject(order);
    if (type === 'OrderLinesFulfilled') this.leave(data);
    CHANGES[type]?.(order, data);
  }

  private leave({ fulfillmentId = '', lines = [] }: OrderData) {
    for (const { lineId, quantity } of lines) add(this.left, `${fulfillmentId} ${lineId}`, quantity);
  }

  private answers(logged: Logged, state: Order['state']) {
    if (state !== 'pending') this.fault(logged, `but the order is ${state}`);
    return state === 'pending';
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }
}

const add = (counts: Map<string, number>, key: string, quantity: number) =>
  counts.set(key, (counts.get(key) ?? 0) + quantity);

const begun = (type: string, { lines = [], total = 0, capture }: OrderData): Order => {
  const share: Share = type === 'OrderRecorded' ? 'fulfilled' : 'open';
  const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0 };
  return {
    state: type === 'OrderRecorded' ? 'recorded' : 'pending',
    lines: new Map(lines.map(({ lineId, quantity }) => [lineId, { ordered: quantity, ...none, [share]: quantity }])),
    holds: new Map(),
    returned: new Map(),
    money: { atOnce: capture === 'now', payable: total, left: 0, dropped: new Set() },
    revision: -1,
  };
};

const addsUp = ({ ordered, ...shares }: Line) => {
  const units = Object.values(shares);
  return units.every((share) => share >= 0) && units.reduce((all, share) => all + share, 0) === ordered;
};

const faultsOf = ({ lines, returned, holds }: Order): string[] => [
  ...[...lines].filter(([, line]) => !addsUp(line)).map(([id, line]) => `line ${id} is ${JSON.stringify(line)}`),
  ...[...returned]
    .filter(([id, units]) => units > (lines.get(id)?.fulfilled ?? 0))
    .map(([id, units]) => `${units} units of line ${id} came back, more than left`),
  ...[...holds].filter(([, units]) => units < 0).map(([id, units]) => `reservation ${id} has ${units} units`),
];

const move = ({ lines }: Order, parts: readonly Part[], from: Share, to: Share) => {
  for (const { lineId, quantity } of parts) {
    const line = lines.get(lineId);
    if (!line) continue;
    line[from] -= quantity;
    line[to] += quantity;
  }
};

const reserve = (order: Order, { allocations = [] }: OrderData) => {
  for (const { reservationId, quantity, lines } of allocations) {
    add(order.holds, reservationId, quantity);
    move(order, lines, 'open', 'allocated');
  }
};

const release = (order: Order, { releases = [] }: OrderData) => {
  for (const { reservationId, by, lines } of releases) {
    add(order.holds, reservationId, -by);
    move(order, lines, 'allocated', 'open');
  }
};

const confirm = (order: Order, data: OrderData) => {
  order.state = 'confirmed';
  reserve(order, data);
};

const reject = (order: Order) => {
  order.state = 'rejected';
  order.money.payable = 0;
  for (const line of order.lines.values()) {
    line.cancelled += line.open;
    line.open = 0;
  }
};

const fulfill = (order: Order, { lines = [], reservations = [], due = 0 }: OrderData) => {
  for (const { reservationId, lines: parts } of reservations) {
    for (const { quantity } of parts) add(order.holds, reservationId, -quantity);
  }
  move(order, lines, 'allocated', 'fulfilled');
  order.money.left += due;
};

const cancel = (order: Order, data: OrderData) => {
  release(order, data);
  move(order, data.lines ?? [], 'open', 'cancelled');
  order.money.payable -= data.refund ?? 0;
  if ([...order.lines.values()].every(({ ordered, cancelled }) => ordered === cancelled)) order.state = 'cancelled';
};

const addLines = (order: Order, { add: lines = [], worth = 0 }: OrderData) => {
  for (const [lineId, line] of begun('OrderPlaced', { lines }).lines) order.lines.set(lineId, line);
  order.money.payable += worth;
};

/** Changes of placed orders, except for confirmation and rejection. */
const CHANGES: Readonly<Record<string, (order: Order, data: OrderData) => void>> = {
  OrderReallocated: (order, data) => {
    release(order, data);
    reserve(order, data);
  },
  OrderLinesFulfilled: fulfill,
  OrderLinesCancelled: cancel,
  OrderEditApplied: addLines,
  OrderLinesReturned: ({ returned }, { lines = [] }) => {
    for (const { lineId, quantity } of lines) add(returned, lineId, quantity);
  },
  OrderTenderDropped: ({ money }, { tenderId = '' }) => money.dropped.add(tenderId),
};
