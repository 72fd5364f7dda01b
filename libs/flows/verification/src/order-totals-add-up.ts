import { categoryOf, type Recorded } from '#event-store';
import { exactSum, lineTotal } from '#kernel';
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
  /** The amount of the fulfilled units minus the worth of those that were returned. */
  netSales: number;
  /** The part of the total that was neither cancelled nor refunded in any way. */
  left: number;
  readonly isCapturedAtOnce: boolean;
  /** Amounts of cancelled units that are captured and not refunded yet. */
  unrefundedCancellations: number;
}

type RefundRecorded = Extract<OrderEvent, { type: 'OrderRefundRecorded' }>['data'];

interface PricedItem {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

const totalOf = (items: readonly PricedItem[], currency: string) =>
  exactSum(items.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity).amount));

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
      this.compare(recorded, 'total', total, Number(totalOf([...lines, ...charges], currency)));
      this.orders.set(recorded.stream, {
        total,
        accountedFor: 0,
        remainingUnits: totalUnits(lines),
        netSales: event.type === 'OrderRecorded' ? total : 0,
        left: total,
        isCapturedAtOnce: event.data.capture === 'now',
        unrefundedCancellations: 0,
      });
      return;
    }
    const order = this.orders.get(recorded.stream);
    if (order) this.applyChange(order, event, recorded); // I6 reports an order that was never placed
  }

  private applyChange(order: OrderAmounts, { type, data }: OrderEvent, recorded: Recorded) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events carry no amounts
    switch (type) {
      case 'OrderLinesCancelled':
        order.left -= data.refund;
        if (order.isCapturedAtOnce) order.unrefundedCancellations += data.refund;
        this.accountFor(order, data.lines, data.refund, recorded);
        break;
      case 'OrderRejected': // all money may go back
        order.left = Number.MAX_SAFE_INTEGER;
        break;
      case 'OrderLinesFulfilled':
        order.netSales += data.due;
        this.accountFor(order, data.lines, data.due, recorded);
        break;
      case 'OrderEditApplied':
        order.total += data.worth;
        order.left += data.worth;
        order.remainingUnits += totalUnits(data.add);
        break;
      case 'OrderLinesReturned':
        this.takeBack(order, data.refund, recorded);
        if (data.refund > Math.max(0, order.left)) {
          this.report(recorded, `${data.refund} minor units are refunded, but ${order.left} were left of the order`);
        }
        order.left -= data.refund;
        break;
      case 'OrderReturnRecorded':
        this.takeBack(order, data.worth, recorded);
        this.giveBack(order, Math.max(data.worth, data.paidBack), data, recorded);
        break;
      case 'OrderRefundRecorded':
        this.refundWithoutReturn(order, data, recorded);
    }
  }

  private takeBack(order: OrderAmounts, worth: number, recorded: Recorded) {
    order.netSales -= worth;
    if (order.netSales < 0) {
      this.report(recorded, `${-order.netSales} minor units more are refunded than the goods were sold for`);
    }
  }

  private refundWithoutReturn(order: OrderAmounts, refund: RefundRecorded, recorded: Recorded) {
    const { amount, forCancellation } = refund;
    const forCancelled = Math.min(amount, order.unrefundedCancellations);
    order.unrefundedCancellations -= forCancelled;
    if (!forCancellation) this.giveBack(order, amount - forCancelled, refund, recorded);
  }

  /** More than was left may be given back elsewhere, at a till for example. Then `overpaid` of the event has to say by how much. */
  private giveBack(order: OrderAmounts, amount: number, { overpaid = 0 }: { overpaid?: number }, recorded: Recorded) {
    this.compare(recorded, 'amount beyond the order', overpaid, Math.max(0, amount - Math.max(0, order.left)));
    order.left -= amount;
    if (overpaid > 0) {
      const sentence = `${amount} minor units were given back, ${overpaid} more than were left of the order`;
      this.flag('refunded-more-than-left', recorded, sentence);
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
    this.compare(recorded, 'total', data.total, Number(totalOf(lines, currency) - totalOf(credits, currency)));
  }

  private compare(recorded: Recorded, name: string, stated: number, computed: number) {
    this.checked++;
    if (stated === computed) return;
    this.report(recorded, `The ${name} is ${stated}, but it adds up to ${computed} minor units`);
  }
}
