import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { ordersOfReturn, paidBackFor, type ReturnEvent } from '#returns';
import { type GiftCardEvent } from '#vouchers';
import { Checker, getOrCreate, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

/** Who has given money back. Kontor itself does it for cancellations and returns; it knows of the others afterwards. */
const DOORS = [
  'for cancellations and returns',
  'at tills',
  'in cash',
  'by hand',
  'at the provider',
  'as store credit',
] as const;
type Door = (typeof DOORS)[number];

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
  readonly door: Door;
  readonly amount: number;
}

const newOrder = (): OrderMoney => ({ total: undefined, isPaidHere: false });

const BY_SETTLEMENT = /^settle\/\d+$/;
const OF_RETURN = /^return\//;

/** Adds all doors of an order together, at the end of the log. Orders of other systems are left out. */
export class RefundsWithinCaptured extends Checker {
  override readonly invariant = invariants.refundsWithinCaptured;
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
      this.refund(data.orderId, operation, { door: doorOf(data), amount: data.amount }, recorded);
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
    const door = order.refunds?.get(operationId)?.door ?? 'at the provider';
    this.refund(orderId, operationId, { door, amount: reported }, recorded);
  }

  private checkReturnEvent(recorded: Recorded, event: ReturnEvent) {
    const { stream, revision } = recorded;
    if (event.type === 'ReturnRecorded') {
      for (const orderId of ordersOfReturn(event)) {
        this.refund(
          orderId,
          stream,
          { door: 'at tills', amount: Math.max(0, paidBackFor(orderId, event.data)) },
          recorded,
        );
      }
    } else if (event.type === 'ReturnRefunded' && event.data.by !== 'payments') {
      const { orderId, amount, by } = event.data; // by payments, it is PaymentRefunded
      const door = by === 'cash' ? 'in cash' : 'for cancellations and returns';
      if (orderId !== undefined) this.refund(orderId, `${stream}/${revision}`, { door, amount }, recorded);
    }
  }

  private checkCredit(recorded: Recorded, { type, data }: GiftCardEvent) {
    if (type !== 'StoreCreditIssued' || data.orderId === undefined) return;
    const { orderId, operationId, amount } = data;
    if (OF_RETURN.test(operationId)) return; // it is ReturnRefunded
    this.refund(orderId, `${recorded.stream}/${operationId}`, { door: 'as store credit', amount }, recorded);
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
    const byDoor = refundsByDoor(order);
    const [total, given] = [Math.max(0, order.total), sum(byDoor.values())];
    const captured = order.isPaidHere ? sum(order.captures?.values() ?? []) : total;
    const own = byDoor.get('for cancellations and returns') ?? 0;
    if (own > total) {
      this.report(last, `Kontor gave ${own} minor units of order ${orderId} back, which came to ${total}`);
    } else if (given > captured) {
      const doors = DOORS.filter((door) => byDoor.has(door)).map((door) => `${byDoor.get(door)} ${door}`);
      const sentence = `${given} minor units of order ${orderId} were given back (${doors.join(', ')})`;
      this.flag('given-back-beyond-captured', last, `${sentence}, but ${captured} were captured`);
    }
  }
}

const refundsByDoor = ({ refunds }: OrderMoney): ReadonlyMap<Door, number> => {
  const byDoor = new Map<Door, number>();
  for (const { door, amount } of refunds?.values() ?? []) byDoor.set(door, (byDoor.get(door) ?? 0) + amount);
  return byDoor;
};

const setCapture = (order: OrderMoney, operation: string, amount: number) => {
  (order.captures ??= new Map()).set(operation, amount);
};

const doorOf = ({ operationId, atProvider }: Extract<PaymentEvent, { type: 'PaymentRefunded' }>['data']): Door => {
  if (atProvider) return 'at the provider';
  return BY_SETTLEMENT.test(operationId) ? 'for cancellations and returns' : 'by hand';
};

const sum = (amounts: Iterable<number>) => [...amounts].reduce((all, one) => all + one, 0);
