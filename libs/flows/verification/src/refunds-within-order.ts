import { categoryOf, idOf, type Recorded } from '#event-store';
import { exactSum } from '#kernel';
import { type OrderEvent } from '#orders';
import { isBySettlement, isOfReturn, type PaymentEvent } from '#payments';
import { ordersOfReturn, paidBackFor, type ReturnEvent } from '#returns';
import { type GiftCardEvent } from '#vouchers';
import { Checker, getOrCreate, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

/** How money is given back. Kontor itself does it for cancellations and returns; other refunds are reported to it afterwards. */
const REFUND_METHODS = [
  'for cancellations and returns',
  'at tills',
  'in cash',
  'by hand',
  'at the provider',
  'as store credit',
] as const;
type RefundMethod = (typeof REFUND_METHODS)[number];

/** Amounts of one order, in minor units of its currency. */
interface OrderMoney {
  /** What the order came to with its edits; undefined if it is not here. */
  total: number | undefined;
  isPaidHere: boolean;
  /** By payment and operation; the last report of the provider counts. */
  captures?: Map<string, number>;
  refunds?: Map<string, Refund>;
  /** What was given back last. */
  last?: LogReference;
}

interface Refund {
  readonly method: RefundMethod;
  readonly amount: number;
}

const newOrder = (): OrderMoney => ({ total: undefined, isPaidHere: false });

/** Adds up all that was given back for an order, at the end of the log. Orders of other systems are left out. */
export class RefundsWithinOrder extends Checker {
  override readonly invariant = invariants.refundsWithinOrder;
  private readonly orders = new Map<string, OrderMoney>();

  override check(recorded: Recorded): void {
    const category = categoryOf(recorded.stream);
    if (category === 'order') this.checkOrderEvent(idOf(recorded.stream), recorded.event as OrderEvent);
    else if (category === 'payment') this.checkPaymentEvent(recorded, recorded.event as PaymentEvent);
    else if (category === 'return') this.checkReturnEvent(recorded, recorded.event as ReturnEvent);
    else this.checkCredit(recorded, recorded.event as GiftCardEvent);
  }

  private checkOrderEvent(orderId: string, { type, data }: OrderEvent) {
    const order = getOrCreate(this.orders, orderId, newOrder);
    if (type === 'OrderPlaced' || type === 'OrderRecorded') {
      order.total = data.total;
      order.isPaidHere = type === 'OrderPlaced' && (data.tenders !== undefined || data.payLater === true);
    } else if (type === 'OrderEditApplied') order.total = (order.total ?? 0) + data.worth;
  }

  private checkPaymentEvent(recorded: Recorded, { type, data }: PaymentEvent) {
    const operation = `${recorded.stream}/${'operationId' in data ? data.operationId : ''}`;
    const order = getOrCreate(this.orders, data.orderId, newOrder);
    if (type === 'PaymentCaptured') setCapture(order, operation, data.amount);
    else if (type === 'PaymentRefunded')
      this.refund(data.orderId, operation, { method: methodOf(data), amount: data.amount }, recorded);
    else if (type === 'PaymentDisputed') this.correct(data, operation, data.reported, recorded);
    else if (type === 'PaymentDisputeResolved') this.correct(data, operation, data.amount, recorded);
  }

  /** The provider's word counts, because it has the money. */
  private correct(
    { orderId, operation }: Pick<Extract<PaymentEvent, { type: 'PaymentDisputed' }>['data'], 'orderId' | 'operation'>,
    operationId: string,
    reported: number,
    recorded: Recorded,
  ) {
    const order = getOrCreate(this.orders, orderId, newOrder);
    if (operation === 'capture') setCapture(order, operationId, reported);
    if (operation !== 'refund') return;
    const method = order.refunds?.get(operationId)?.method ?? 'at the provider';
    this.refund(orderId, operationId, { method, amount: reported }, recorded);
  }

  private checkReturnEvent(recorded: Recorded, event: ReturnEvent) {
    const { stream, revision } = recorded;
    if (event.type === 'ReturnRecorded') {
      for (const orderId of ordersOfReturn(event)) {
        this.refund(
          orderId,
          stream,
          { method: 'at tills', amount: Math.max(0, paidBackFor(orderId, event.data)) },
          recorded,
        );
      }
    } else if (event.type === 'ReturnRefunded' && event.data.by !== 'payments') {
      const { orderId, amount, by } = event.data; // by payments, it is PaymentRefunded
      const method = by === 'cash' ? 'in cash' : 'for cancellations and returns';
      if (orderId !== undefined) this.refund(orderId, `${stream}/${revision}`, { method, amount }, recorded);
    }
  }

  private checkCredit(recorded: Recorded, { type, data }: GiftCardEvent) {
    if (type !== 'StoreCreditIssued' || data.orderId === undefined) return;
    const { orderId, operationId, amount } = data;
    if (isOfReturn(operationId)) return; // it is ReturnRefunded
    this.refund(orderId, `${recorded.stream}/${operationId}`, { method: 'as store credit', amount }, recorded);
  }

  private refund(orderId: string, id: string, refund: Refund, recorded: LogReference) {
    const order = getOrCreate(this.orders, orderId, newOrder);
    const { stream, revision, position } = recorded;
    (order.refunds ??= new Map()).set(id, refund);
    order.last = { stream, revision, position };
  }

  override finish(): void {
    for (const [orderId, order] of this.orders) {
      if (order.total === undefined || !order.last) continue;
      this.checked++;
      this.compare(orderId, { ...order, total: order.total }, order.last);
    }
    this.orders.clear();
  }

  private compare(orderId: string, order: OrderMoney & { total: number }, last: LogReference) {
    const byMethod = refundsByMethod(order);
    const total = BigInt(Math.max(0, order.total));
    const given = byMethod.values().reduce((all, amount) => all + amount, 0n);
    const captured = order.isPaidHere ? exactSum(order.captures?.values() ?? []) : total;
    const own = byMethod.get('for cancellations and returns') ?? 0n;
    if (own > total) {
      this.report(last, `Kontor gave ${own} minor units of order ${orderId} back, which came to ${total}`);
    } else if (given > captured) {
      const methods = REFUND_METHODS.filter((method) => byMethod.has(method)).map(
        (method) => `${byMethod.get(method)} ${method}`,
      );
      const sentence = `${given} minor units of order ${orderId} were given back (${methods.join(', ')})`;
      this.flag('refunded-more-than-captured', last, `${sentence}, but ${captured} were captured`);
    }
  }
}

const refundsByMethod = ({ refunds }: OrderMoney): ReadonlyMap<RefundMethod, bigint> => {
  const byMethod = new Map<RefundMethod, bigint>();
  for (const { method, amount } of refunds?.values() ?? [])
    byMethod.set(method, (byMethod.get(method) ?? 0n) + BigInt(amount));
  return byMethod;
};

const setCapture = (order: OrderMoney, operation: string, amount: number) => {
  (order.captures ??= new Map()).set(operation, amount);
};

const methodOf = ({
  operationId,
  atProvider,
}: Extract<PaymentEvent, { type: 'PaymentRefunded' }>['data']): RefundMethod => {
  if (atProvider) return 'at the provider';
  return isBySettlement(operationId) ? 'for cancellations and returns' : 'by hand';
};
