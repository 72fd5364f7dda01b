import { categoryOf, type Recorded } from '#event-store';
import { lineTotal } from '#kernel';
import { type OrderDetails, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker } from './checker.js';

interface Line {
  readonly price: { readonly amount: number; readonly scale: number; readonly currency: string };
  /** Units that are not cancelled. */
  remaining: number;
}

interface Item {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

type Cancelled = Extract<OrderEvent, { type: 'OrderLinesCancelled' }>;

const totalOf = (items: readonly Item[], currency: string) =>
  items.reduce((sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

export class MoneyAddsUp extends Checker {
  override readonly invariant = 'I5';
  override readonly title = 'totals are the sum of lines and charges, and refunds what cancelled units were worth';
  override readonly categories = ['order', 'return'];
  private readonly orders = new Map<string, Map<string, Line>>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.seeReturn(recorded);
    else this.seeOrder(recorded, recorded.event as OrderEvent);
  }

  private seeOrder(recorded: Recorded, event: OrderEvent) {
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      this.open(recorded, event.data);
      const { lines, charges, currency } = event.data;
      this.compare(recorded, 'total', event.data.total, totalOf([...lines, ...charges], currency));
    } else if (event.type === 'OrderLinesCancelled') {
      this.compare(recorded, 'refund', event.data.refund, this.worthOf(recorded, event));
    }
  }

  private open({ stream }: Recorded, { lines, currency }: OrderDetails) {
    const kept = lines.map(({ lineId, quantity, unitPrice }): [string, Line] => [
      lineId,
      { price: { ...unitPrice, currency }, remaining: quantity },
    ]);
    this.orders.set(stream, new Map(kept));
  }

  /** By steps of rounded totals, so that cancelling all of a line refunds exactly its total. */
  private worthOf(recorded: Recorded, { data }: Cancelled): number {
    let worth = 0;
    for (const { lineId, quantity } of data.lines) {
      const line = this.orders.get(recorded.stream)?.get(lineId);
      if (!line) continue; // the invariant of the lines tells
      const before = lineTotal(line.price, line.remaining).amount;
      line.remaining -= quantity;
      if (line.remaining < 0) this.fail(recorded, `More of line ${lineId} is refunded than was ordered`);
      worth += before - lineTotal(line.price, line.remaining).amount;
    }
    return worth;
  }

  private seeReturn(recorded: Recorded) {
    const { type, data } = recorded.event as ReturnEvent;
    if (type !== 'ReturnRecorded') return;
    const { lines, credits, currency } = data;
    this.compare(recorded, 'total', data.total, totalOf(lines, currency) - totalOf(credits, currency));
  }

  private compare(recorded: Recorded, what: string, told: number, computed: number) {
    this.checked++;
    if (told !== computed) this.fail(recorded, `The ${what} is ${told}, but it adds up to ${computed} minor units`);
  }
}
