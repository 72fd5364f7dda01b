/** The money as the log tells it, folded by nobody's code but this, and what is wrong with it. */
import { type Logged } from '../support/read-log.js';
import { type Order, type OrderBook } from './order-book.js';

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
  /** Asked for, and not answered. */
  readonly open: Set<string>;
  readonly done: Set<string>;
}

export const nothing = (): Totals => ({ authorize: 0, capture: 0, void: 0, refund: 0 });

const DONE: Readonly<Record<string, keyof Totals>> = {
  PaymentAuthorized: 'authorize',
  PaymentCaptured: 'capture',
  PaymentVoided: 'void',
  PaymentRefunded: 'refund',
};
const ASKED = new Set(['PaymentRequested', 'PaymentQueued']);

const openOf = ({ authorize, capture, void: given }: Totals) => authorize - capture - given;

export class PaymentBook {
  readonly faults: string[] = [];
  readonly payments = new Map<string, Payment>();
  /** Order → what its payments gave back for returns. */
  private readonly returned = new Map<string, number>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) {
      const data = logged.data as PaymentData;
      if (logged.stream.startsWith('payment-')) this.fold(logged, data);
      else if (logged.type === 'ReturnRefunded' && data.by === 'payments') this.giveBack(data);
    }
  }

  private giveBack({ orderId, amount = 0 }: PaymentData) {
    this.returned.set(orderId, (this.returned.get(orderId) ?? 0) + amount);
  }

  private fold(logged: Logged, data: PaymentData) {
    const { stream, type } = logged;
    const id = stream.slice('payment-'.length);
    const { orderId, kind = '', operationId = '' } = data;
    const begun = { orderId, kind, totals: nothing(), open: new Set<string>(), done: new Set<string>() };
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

  /** At rest: nobody waits for an answer. */
  unanswered(): string[] {
    return [...this.payments].flatMap(([id, { open }]) => [...open].map((operation) => `${id}: ${operation}`));
  }

  /** What those who have the money say of each payment that is theirs, against what its stream says. */
  differences(theirs: ReadonlyMap<string, Totals>, kinds: readonly string[]): string[] {
    const ours = [...this.payments].filter(([, { kind }]) => kinds.includes(kind));
    const known = new Set(ours.map(([id]) => id));
    const strange = [...theirs.keys()].filter((id) => !known.has(id)).map((id) => `nobody knows payment ${id}`);
    const differing = ours.flatMap(([id, { totals }]) => {
      const said = theirs.get(id) ?? nothing();
      const isSame = JSON.stringify(said) === JSON.stringify(totals);
      return isSame ? [] : [`${id}: ${JSON.stringify(totals)}, but really ${JSON.stringify(said)}`];
    });
    return [...strange, ...differing];
  }

  /** At rest: each order has taken what is owed for it as far as it was offered, and keeps no other claim. */
  unsettled({ orders }: OrderBook): string[] {
    const byOrder = Map.groupBy(this.payments, ([, { orderId }]) => orderId);
    return [...byOrder].flatMap(([orderId, payments]) => {
      const order = orders.get(orderId);
      if (!order) return [`there is no order ${orderId}`];
      const totals = payments.map(([, one]) => one.totals);
      const sum = (name: keyof Totals, of = totals) => of.reduce((all, one) => all + one[name], 0);
      const byHand = payments.filter(([, { kind }]) => OUTSIDE.has(kind)).map(([, one]) => one.totals);
      const paid = sum('capture') - sum('refund') + (this.returned.get(orderId) ?? 0);
      const open = sum('authorize') - sum('capture') - sum('void');
      const money = { paid, open, outside: sum('capture', byHand) };
      return wrongs(order, money).map((what) => `${orderId} (${order.state}): ${what}`);
    });
  }
}

/** Taken at a till before anybody asks. */
const OUTSIDE = new Set(['cash', 'terminal']);

/** `paid` is what was taken and not given back for what was cancelled. */
interface Money {
  readonly paid: number;
  readonly open: number;
  readonly outside: number;
}

const owedFor = ({ state, money: { atOnce, payable, left } }: Order, outside: number) => {
  if (state === 'rejected') return 0;
  return atOnce ? payable : Math.max(left, Math.min(payable, outside));
};

const wrongs = (order: Order, { paid, open, outside }: Money): string[] => {
  const owed = owedFor(order, outside);
  const due = Math.max(0, order.money.payable - paid);
  return [
    ...(paid > owed ? [`${paid} paid of ${owed} owed`] : []),
    ...(paid < owed && open > 0 ? [`${paid} paid of ${owed} owed, but ${open} could be taken`] : []),
    ...(open > due ? [`${open} authorized for ${due}`] : []),
  ];
};
