import { type Recorded } from '#event-store';
import { type LineQuantity, type OrderEvent } from '#orders';
import { Checker, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

/** Units of one order line: ordered = open + allocated + fulfilled + cancelled. */
interface LineQuantities {
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
}

type LineState = 'open' | 'allocated' | 'fulfilled' | 'cancelled';

interface OrderQuantities extends LogReference {
  readonly lines: Map<string, LineQuantities>;
}

/** The columns of read.order_status that are compared with the log. */
export interface OrderStatusRow {
  readonly orderId: string;
  readonly lines: readonly (LineQuantities & { readonly lineId: string })[];
}

export const ORDER_STATUS_QUERY = 'SELECT order_id AS "orderId", lines FROM read.order_status';

const newLines = (ordered: readonly LineQuantity[], state: 'open' | 'fulfilled') =>
  new Map(
    ordered.map(({ lineId, quantity }) => {
      const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0 };
      return [lineId, { ordered: quantity, ...none, [state]: quantity }];
    }),
  );

const equation = (line: LineQuantities | undefined) =>
  line
    ? `${line.ordered} = ${line.open} + ${line.allocated} + ${line.fulfilled} + ${line.cancelled}`
    : 'there is no such line';

export class OrderLinesAddUp extends Checker {
  override readonly invariant = invariants.orderLinesAddUp;
  private readonly orders = new Map<string, OrderQuantities>();

  override check(recorded: Recorded): void {
    const event = recorded.event as OrderEvent;
    this.checked++;
    const { stream, revision, position } = recorded;
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      const lines = newLines(event.data.lines, event.type === 'OrderPlaced' ? 'open' : 'fulfilled');
      this.orders.set(stream, { lines, stream, revision, position });
      return;
    }
    const order = this.orders.get(stream);
    if (order) this.applyChange(order, event, recorded);
    else this.report(recorded, `The order was never placed or recorded, but there is a ${event.type}`);
  }

  private applyChange({ lines }: OrderQuantities, event: OrderEvent, recorded: Recorded) {
    const move = (moved: readonly LineQuantity[], from: LineState, to: LineState) => {
      for (const { lineId, quantity } of moved) {
        this.moveUnits(lines.get(lineId), { lineId, quantity, from, to }, recorded);
      }
    };
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events move no units
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
        for (const [lineId, line] of newLines(event.data.add, 'open')) lines.set(lineId, line);
    }
  }

  private moveUnits(
    line: LineQuantities | undefined,
    { lineId, quantity, from, to }: LineQuantity & { from: LineState; to: LineState },
    recorded: Recorded,
  ) {
    if (!line) {
      this.report(recorded, `The order has no line ${lineId}`);
      return;
    }
    if (line[from] < quantity) {
      this.report(recorded, `${quantity} units of line ${lineId} become ${to}, but only ${line[from]} are ${from}`);
    }
    line[from] -= quantity;
    line[to] += quantity;
  }

  /** Compares the log with read.order_status, both at the same position. */
  compare(rows: readonly OrderStatusRow[]): void {
    const shown = new Map(rows.map(({ orderId, lines }) => [`order-${orderId}`, lines]));
    for (const [stream, order] of this.orders) {
      const lines = shown.get(stream);
      this.checked++;
      if (!lines) this.report(order, 'read.order_status has no row for the order');
      else this.compareLines(order, new Map(lines.map((line) => [line.lineId, line])));
    }
  }

  private compareLines(order: OrderQuantities, shown: ReadonlyMap<string, LineQuantities>) {
    for (const [lineId, line] of order.lines) {
      const row = shown.get(lineId);
      if (equation(row) === equation(line)) continue;
      this.report(order, `Line ${lineId}: ${equation(line)}, but read.order_status says ${equation(row)}`);
    }
  }
}
