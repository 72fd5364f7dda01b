/** Payments, folded from the log independently of the product's code, with their faults. */
import { type Logged } from '../support/read-log.js';
import { type Order, type OrderModel } from './order-model.js';

interface PaymentData {
  readonly orderId: string;
  readonly operationId?: string;
  readonly kind?: string;
  readonly amount?: number;
  readonly by?: string;
}

export interface Totals {
  authorize: number;
  capture: number;
  void: number;
  refund: number;
}

interface Payment {
  readonly orderId: string;
  readonly kind: string;
  readonly totals: Totals;
  /** Operations that were requested and have no outcome. */
  readonly open: Set<string>;
  readonly done: Set<string>;
}

export const noTotals = (): Totals => ({ authorize: 0, capture: 0, void: 0, refund: 0 });

const DONE: Readonly<Record<string, keyof Totals>> = {
  PaymentAuthorized: 'authorize',
  PaymentCaptured: 'capture',
  PaymentVoided: 'void',
  PaymentRefunded: 'refund',
};
const ASKED = new Set(['PaymentRequested', 'PaymentQueued']);

const openOf = ({ authorize, capture, void: given }: Totals) => authorize - capture - given;

export class PaymentModel {
  readonly faults: string[] = [];
  readonly payments = new Map<string, Payment>();
  /** Order → amount that its payments refunded for returns. */
  private readonly returned = new Map<string, number>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) {
      const data = logged.data as PaymentData;
      if (logged.stream.startsWith('payment-')) this.fold(logged, data);
      else if (logged.type === 'ReturnRefunded' && data.by === 'payments') this.addRefund(data);
    }
  }

  private addRefund({ orderId, amount = 0 }: PaymentData) {
    this.returned.set(orderId, (this.returned.get(orderId) ?? 0) + amount);
  }

  private fold(logged: Logged, data: PaymentData) {
    const { stream, type } = logged;
    const id = stream.slice('payment-'.length);
    const { orderId, kind = '', operationId = '' } = data;
    const begun = { orderId, kind, totals: noTotals(), open: new Set<string>(), done: new Set<string>() };
    const payment = this.payments.get(id) ?? begun;
    this.payments.set(id, payment);
    if (ASKED.has(type)) payment.open.add(operationId);
    if (type === 'PaymentFailed') payment.open.delete(operationId);
    if (type === 'PaymentDisputed') this.fault(logged, 'the provider contradicts us');
    const operation = DONE[type];
    if (operation) this.move(logged, payment, operation);
  }

  private move(logged: Logged, { totals, open, done }: Payment, operation: keyof Totals) {
    const { operationId = '', amount = 0 } = logged.data as PaymentData;
    if (done.has(operationId)) this.fault(logged, `${operationId} is done twice`);
    if (operation === 'authorize' && totals.authorize > 0) this.fault(logged, 'is authorized twice');
    done.add(operationId);
    open.delete(operationId);
    totals[operation] += amount;
    if (openOf(totals) < 0 || totals.refund > totals.capture) this.fault(logged, JSON.stringify(totals));
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }

  /** Operations without an outcome. At rest there are none. */
  unanswered(): string[] {
    return [...this.payments].flatMap(([id, { open }]) => [...open].map((operation) => `${id}: ${operation}`));
  }

  /** Compares the totals of an outside source with the streams of the payments of these kinds. */
  differences(theirs: ReadonlyMap<string, Totals>, kinds: readonly string[]): string[] {
    const ours = [...this.payments].filter(([, { kind }]) => kinds.includes(kind));
    const known = new Set(ours.map(([id]) => id));
    const strange = [...theirs.keys()].filter((id) => !known.has(id)).map((id) => `nobody knows payment ${id}`);
    const differing = ours.flatMap(([id, { totals }]) => {
      const found = theirs.get(id) ?? noTotals();
      const isSame = JSON.stringify(found) === JSON.stringify(totals);
      return isSame ? [] : [`${id}: ${JSON.stringify(totals)}, but really ${JSON.stringify(found)}`];
    });
    return [...strange, ...differing];
  }

  /** Orders that at rest have not captured the amount due although it is authorized, or that keep an authorization. */
  unsettled({ orders }: OrderModel): string[] {
    const byOrder = Map.groupBy(this.payments, ([, { orderId }]) => orderId);
    return [...byOrder].flatMap(([orderId, payments]) => {
      const order = orders.get(orderId);
      if (!order) return [`there is no order ${orderId}`];
      const totals = payments.map(([, one]) => one.totals);
      const sum = (name: keyof Totals, of = totals) => of.reduce((all, one) => all + one[name], 0);
      const manual = payments.filter(([, { kind }]) => OUTSIDE.has(kind)).map(([, one]) => one.totals);
      const paid = sum('capture') - sum('refund') + (this.returned.get(orderId) ?? 0);
      const open = sum('authorize') - sum('capture') - sum('void');
      const money = { paid, open, outside: sum('capture', manual) };
      return faultsOf(order, money).map((what) => `${orderId} (${order.state}): ${what}`);
    });
  }
}

/** Kinds of tenders that a till has taken before it reports them. */
const OUTSIDE = new Set(['cash', 'terminal']);

/** `paid` is the captured amount without refunds for cancelled units. */
interface Money {
  readonly paid: number;
  readonly open: number;
  readonly outside: number;
}

const dueFor = ({ state, money: { atOnce, payable, left } }: Order, outside: number) => {
  if (state === 'rejected') return 0;
  return atOnce ? payable : Math.max(left, Math.min(payable, outside));
};

const faultsOf = (order: Order, { paid, open, outside }: Money): string[] => {
  const expected = dueFor(order, outside);
  const due = Math.max(0, order.money.payable - paid);
  return [
    ...(paid > expected ? [`${paid} paid of ${expected} due`] : []),
    ...(paid < expected && open > 0 ? [`${paid} paid of ${expected} due, but ${open} could be captured`] : []),
    ...(open > due ? [`${open} authorized for ${due}`] : []),
  ];
};
