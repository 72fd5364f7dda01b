import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { Checker, grown, type Place } from './checker.js';

/** Processes had this long to do their work. */
const GRACE_MS = 60_000;

interface Order {
  /** Units that are neither with the buyer nor cancelled. */
  units: number;
  rejected: boolean;
  changedAt: number;
}

interface Money extends Place {
  readonly orderId: string;
  authorized: number;
  captured: number;
  voided: number;
  refunded: number;
  /** Asked for, not answered: nobody knows yet. */
  readonly open: Set<string>;
  /** The provider refused or contradicted something: a person must look. */
  refused: boolean;
  changedAt: number;
}

const TOTAL = {
  PaymentAuthorized: 'authorized',
  PaymentCaptured: 'captured',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
} as const;

const moves = (event: PaymentEvent): event is Extract<PaymentEvent, { type: keyof typeof TOTAL }> =>
  event.type in TOTAL;

const unitsBy = ({ type, data }: OrderEvent): number => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- few events change how much is to be served
  switch (type) {
    case 'OrderPlaced':
      return unitsIn(data.lines);
    case 'OrderEditApplied':
      return unitsIn(data.add);
    case 'OrderLinesCancelled':
    case 'OrderLinesFulfilled':
      return -unitsIn(data.lines);
    default:
      return 0;
  }
};

const unitsIn = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** Orders that ended need no authorisation any more, and rejected ones no money at all. */
export class NoMoneyLeftBehind extends Checker {
  override readonly invariant = 'I18';
  override readonly title = 'orders that ended keep no authorisation, and rejected ones no money';
  override readonly categories = ['order', 'payment'];
  private readonly orders = new Map<string, Order>();
  private readonly payments = new Map<string, Money>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'payment') this.seePayment(recorded, recorded.event as PaymentEvent);
    else this.seeOrder(recorded, recorded.event as OrderEvent);
  }

  private seeOrder({ stream, recordedAt }: Recorded, event: OrderEvent) {
    const order = grown(this.orders, idOf(stream), () => ({ units: 0, rejected: false, changedAt: 0 }));
    order.units += unitsBy(event);
    order.rejected ||= event.type === 'OrderRejected';
    order.changedAt = recordedAt;
  }

  private seePayment({ stream, revision, position, recordedAt }: Recorded, event: PaymentEvent) {
    const { orderId } = event.data;
    const money = grown(this.payments, stream, () => ({
      ...{ stream, revision, position, orderId, authorized: 0, captured: 0, voided: 0, refunded: 0 },
      ...{ open: new Set<string>(), refused: false, changedAt: 0 },
    }));
    money.changedAt = recordedAt;
    if (event.type === 'PaymentRequested') money.open.add(event.data.operationId);
    else if (event.type === 'PaymentDisputed') money.refused = true;
    else if (event.type === 'PaymentFailed' || moves(event)) this.answered(money, event);
  }

  private answered(money: Money, event: Extract<PaymentEvent, { type: 'PaymentFailed' | keyof typeof TOTAL }>) {
    money.open.delete(event.data.operationId);
    if (event.type === 'PaymentFailed') money.refused ||= event.data.operation !== 'authorize';
    else money[TOTAL[event.type]] += event.data.amount;
  }

  override end(now: number): void {
    for (const money of this.payments.values()) {
      this.checked++;
      const order = this.orders.get(money.orderId);
      if (order && hasEnded(order) && Math.max(order.changedAt, money.changedAt) <= now - GRACE_MS) {
        this.check(money, order);
      }
    }
  }

  private check(money: Money, order: Order) {
    const left = leftIn(money, order);
    if (left === undefined) return;
    if (money.refused || money.open.size > 0) this.flagged++;
    else this.fail(money, `It keeps ${left}, but its order ${money.orderId} has ended`);
  }
}

const hasEnded = ({ rejected, units }: Order) => rejected || units <= 0;

const leftIn = ({ authorized, captured, voided, refunded }: Money, { rejected }: Order): string | undefined => {
  const [open, kept] = [authorized - captured - voided, captured - refunded];
  if (open > 0) return `${open} authorised`;
  return rejected && kept > 0 ? `${kept} captured` : undefined;
};
