import { type Recorded } from '#event-store';
import { type LineQuantity, type OrderEvent } from '#orders';
import { Checker, type Place } from './checker.js';

interface Line {
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
}

type Share = 'open' | 'allocated' | 'fulfilled' | 'cancelled';

interface Order extends Place {
  readonly lines: Map<string, Line>;
}

/** A row of read.order_status, as far as it matters here. */
export interface OrderRow {
  readonly orderId: string;
  readonly lines: readonly (Line & { readonly lineId: string })[];
}

export const ORDER_ROWS = 'SELECT order_id AS "orderId", lines FROM read.order_status';

const linesOf = (ordered: readonly LineQuantity[], share: 'open' | 'fulfilled') =>
  new Map(
    ordered.map(({ lineId, quantity }) => {
      const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0 };
      return [lineId, { ordered: quantity, ...none, [share]: quantity }];
    }),
  );

const show = (line: Line | undefined) =>
  line
    ? `${line.ordered} = ${line.open} + ${line.allocated} + ${line.fulfilled} + ${line.cancelled}`
    : 'there is no such line';

export class LinesAddUp extends Checker {
  override readonly invariant = 'I6';
  override readonly title =
    'of each line, ordered = open + allocated + fulfilled + cancelled, as read.order_status says';
  override readonly categories = ['order'];
  private readonly orders = new Map<string, Order>();

  override see(recorded: Recorded): void {
    const event = recorded.event as OrderEvent;
    this.checked++;
    const { stream, revision, position } = recorded;
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      const lines = linesOf(event.data.lines, event.type === 'OrderPlaced' ? 'open' : 'fulfilled');
      this.orders.set(stream, { lines, stream, revision, position });
      return;
    }
    const order = this.orders.get(stream);
    if (order) this.change(order, event, recorded);
    else this.fail(recorded, `The order has not begun, but there is a ${event.type}`);
  }

  private change({ lines }: Order, event: OrderEvent, recorded: Recorded) {
    const move = (moved: readonly LineQuantity[], from: Share, to: Share) => {
      for (const { lineId, quantity } of moved) this.move(lines.get(lineId), { lineId, quantity, from, to }, recorded);
    };
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others move no units
    switch (event.type) {
      case 'OrderConfirmed':
        for (const allocation of event.data.allocations) move(allocation.lines, 'open', 'allocated');
        break;
      case 'OrderRejected': {
        const open = [...lines].map(([lineId, line]) => ({ lineId, quantity: line.open }));
        move(open, 'open', 'cancelled');
        break;
      }
      case 'OrderReallocated':
        for (const release of event.data.releases) move(release.lines, 'allocated', 'open');
        for (const allocation of event.data.allocations) move(allocation.lines, 'open', 'allocated');
        break;
      case 'OrderLinesFulfilled':
        move(event.data.lines, 'allocated', 'fulfilled');
        break;
      case 'OrderLinesCancelled':
        for (const release of event.data.releases) move(release.lines, 'allocated', 'open');
        move(event.data.lines, 'open', 'cancelled');
        break;
      case 'OrderEditApplied':
        for (const [lineId, line] of linesOf(event.data.add, 'open')) lines.set(lineId, line);
    }
  }

  private move(line: Line | undefined, by: LineQuantity & { from: Share; to: Share }, recorded: Recorded) {
    const { lineId, quantity, from, to } = by;
    if (!line) {
      this.fail(recorded, `There is no line ${lineId}`);
      return;
    }
    if (line[from] < quantity) {
      this.fail(recorded, `${quantity} units of line ${lineId} become ${to}, but only ${line[from]} are ${from}`);
    }
    line[from] -= quantity;
    line[to] += quantity;
  }

  /** Compares with read.order_status at the same position. */
  compare(rows: readonly OrderRow[]): void {
    const told = new Map(rows.map(({ orderId, lines }) => [`order-${orderId}`, lines]));
    for (const [stream, order] of this.orders) {
      const row = told.get(stream);
      this.checked++;
      if (!row) this.fail(order, 'read.order_status does not know the order');
      else this.compareLines(order, new Map(row.map((line) => [line.lineId, line])));
    }
  }

  private compareLines(order: Order, told: ReadonlyMap<string, Line>) {
    for (const [lineId, line] of order.lines) {
      const row = told.get(lineId);
      if (show(row) === show(line)) continue;
      this.fail(order, `Line ${lineId}: ${show(line)}, but read.order_status says ${show(row)}`);
    }
  }
}
