import { categoryOf, type Recorded } from '#event-store';
import { lineTotal } from '#kernel';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker } from './checker.js';

/** One order: what its units come to, and what was said of those that left or were cancelled. */
interface Bill {
  total: number;
  told: number;
  /** Units that have neither left nor been cancelled. */
  units: number;
  /** What the units were worth that left, less what was given back for those that came back. */
  sold: number;
}

interface Item {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

const totalOf = (items: readonly Item[], currency: string) =>
  items.reduce((sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

const unitsIn = (lines: readonly LineQuantity[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);

export class MoneyAddsUp extends Checker {
  override readonly invariant = 'I5';
  override readonly title =
    'totals are the sum of lines and charges, and all that left or was cancelled comes to the total';
  override readonly categories = ['order', 'return'];
  private readonly bills = new Map<string, Bill>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.seeReturn(recorded);
    else this.seeOrder(recorded, recorded.event as OrderEvent);
  }

  private seeOrder(recorded: Recorded, event: OrderEvent) {
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      const { lines, charges, currency, total } = event.data;
      this.compare(recorded, 'total', total, totalOf([...lines, ...charges], currency));
      const left = event.type === 'OrderRecorded';
      this.bills.set(recorded.stream, { total, told: 0, units: unitsIn(lines), sold: left ? total : 0 });
      return;
    }
    const bill = this.bills.get(recorded.stream);
    if (bill) this.goOn(bill, event, recorded);
  }

  private goOn(bill: Bill, { type, data }: OrderEvent, recorded: Recorded) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others say nothing of money
    switch (type) {
      case 'OrderLinesCancelled':
        this.conclude(bill, data.lines, data.refund, recorded);
        break;
      case 'OrderLinesFulfilled':
        bill.sold += data.due;
        this.conclude(bill, data.lines, data.due, recorded);
        break;
      case 'OrderEditApplied':
        bill.total += data.worth;
        bill.units += unitsIn(data.add);
        break;
      case 'OrderLinesReturned':
        bill.sold -= data.refund;
        if (bill.sold < 0) this.fail(recorded, `${-bill.sold} minor units more come back than the goods were sold for`);
    }
  }

  /** Some units have come to their end; with the last ones, everything must have been accounted for. */
  private conclude(bill: Bill, lines: readonly LineQuantity[], worth: number, recorded: Recorded) {
    bill.told += worth;
    bill.units -= unitsIn(lines);
    if (bill.units < 0) this.fail(recorded, 'More units have left or been cancelled than were ordered');
    if (bill.units === 0) this.compare(recorded, 'worth of all units', bill.told, bill.total);
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
