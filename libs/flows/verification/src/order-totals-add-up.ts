import { categoryOf, type Recorded } from '#event-store';
import { lineTotal } from '#kernel';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker, totalUnits } from './checker.js';
import { invariants } from './invariants.js';

/** Amounts of one order, in minor units of its currency. */
interface OrderAmounts {
  /** The price of all lines and charges. */
  total: number;
  /** The amounts recorded for units that were fulfilled or cancelled. */
  accountedFor: number;
  /** Units that have been neither fulfilled nor cancelled. */
  remainingUnits: number;
  /** The amount of the fulfilled units minus the refunds of those that were returned. */
  netSales: number;
}

interface PricedItem {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

const totalOf = (items: readonly PricedItem[], currency: string) =>
  items.reduce((sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

export class OrderTotalsAddUp extends Checker {
  override readonly invariant = invariants.orderTotalsAddUp;
  private readonly orders = new Map<string, OrderAmounts>();

  override check(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.checkReturnEvent(recorded);
    else this.checkOrderEvent(recorded, recorded.event as OrderEvent);
  }

  private checkOrderEvent(recorded: Recorded, event: OrderEvent) {
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      const { lines, charges, currency, total } = event.data;
      this.compare(recorded, 'total', total, totalOf([...lines, ...charges], currency));
      const netSales = event.type === 'OrderRecorded' ? total : 0;
      this.orders.set(recorded.stream, { total, accountedFor: 0, remainingUnits: totalUnits(lines), netSales });
      return;
    }
    const order = this.orders.get(recorded.stream);
    if (order) this.applyChange(order, event, recorded); // I6 reports an order that was never placed
  }

  private applyChange(order: OrderAmounts, { type, data }: OrderEvent, recorded: Recorded) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events carry no amounts
    switch (type) {
      case 'OrderLinesCancelled':
        this.accountFor(order, data.lines, data.refund, recorded);
        break;
      case 'OrderLinesFulfilled':
        order.netSales += data.due;
        this.accountFor(order, data.lines, data.due, recorded);
        break;
      case 'OrderEditApplied':
        order.total += data.worth;
        order.remainingUnits += totalUnits(data.add);
        break;
      case 'OrderLinesReturned':
        order.netSales -= data.refund;
        if (order.netSales < 0) {
          this.report(recorded, `${-order.netSales} minor units more are refunded than the goods were sold for`);
        }
    }
  }

  /** Once the last unit is fulfilled or cancelled, the recorded amounts must come to the total. */
  private accountFor(order: OrderAmounts, lines: readonly LineQuantity[], amount: number, recorded: Recorded) {
    order.accountedFor += amount;
    order.remainingUnits -= totalUnits(lines);
    if (order.remainingUnits < 0) this.report(recorded, 'More units were fulfilled or cancelled than were ordered');
    if (order.remainingUnits === 0) this.compare(recorded, 'amount of all units', order.accountedFor, order.total);
  }

  private checkReturnEvent(recorded: Recorded) {
    const { type, data } = recorded.event as ReturnEvent;
    if (type !== 'ReturnRecorded') return;
    const { lines, credits, currency } = data;
    this.compare(recorded, 'total', data.total, totalOf(lines, currency) - totalOf(credits, currency));
  }

  private compare(recorded: Recorded, name: string, stated: number, computed: number) {
    this.checked++;
    if (stated === computed) return;
    this.report(recorded, `The ${name} is ${stated}, but it adds up to ${computed} minor units`);
  }
}
