import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { Checker, getOrCreate, isReactionDue, type LogReference } from './checker.js';
import { invariants } from './invariants.js';
import { remainingUnitsChange } from './remaining-units.js';

interface OrderProgress {
  /** Units that are neither with the buyer nor cancelled. */
  remainingUnits: number;
  isRejected: boolean;
  /** When its newest event was recorded, in milliseconds since 1970. */
  changedAt: number;
}

/** Amounts of one payment, in minor units of its currency. */
interface PaymentTotals extends LogReference {
  readonly orderId: string;
  authorized: number;
  captured: number;
  voided: number;
  refunded: number;
  /** Ids of the operations that are requested and have no outcome yet. */
  readonly pendingOperations: Set<string>;
  /** The provider refused an operation, so a person must decide. */
  needsAttention: boolean;
  /** Ids of the operations that the provider contradicts, so a person must decide. */
  readonly disputedOperations: Set<string>;
  /** When its newest event was recorded, in milliseconds since 1970. */
  changedAt: number;
}

const TOTAL_NAMES = {
  PaymentAuthorized: 'authorized',
  PaymentCaptured: 'captured',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
} as const;

type MoneyMovement = Extract<PaymentEvent, { type: keyof typeof TOTAL_NAMES }>;

const isMoneyMovement = (event: PaymentEvent): event is MoneyMovement => event.type in TOTAL_NAMES;

export class NoOrphanedAuthorizations extends Checker {
  override readonly invariant = invariants.noOrphanedAuthorizations;
  private readonly orders = new Map<string, OrderProgress>();
  private readonly payments = new Map<string, PaymentTotals>();

  override check(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'payment') this.checkPaymentEvent(recorded, recorded.event as PaymentEvent);
    else this.checkOrderEvent(recorded, recorded.event as OrderEvent);
  }

  private checkOrderEvent({ stream, recordedAt }: Recorded, event: OrderEvent) {
    const newOrder = { remainingUnits: 0, isRejected: false, changedAt: 0 };
    const order = getOrCreate(this.orders, idOf(stream), () => newOrder);
    order.remainingUnits += remainingUnitsChange(event);
    order.isRejected ||= event.type === 'OrderRejected';
    order.changedAt = recordedAt;
  }

  private checkPaymentEvent(recorded: Recorded, event: PaymentEvent) {
    const payment = getOrCreate(this.payments, recorded.stream, () => newPayment(recorded, event.data.orderId));
    payment.changedAt = recorded.recordedAt;
    if (event.type === 'PaymentRequested') payment.pendingOperations.add(event.data.operationId);
    else if (event.type === 'PaymentDisputed') payment.disputedOperations.add(event.data.operationId);
    else if (event.type === 'PaymentDisputeResolved') payment.disputedOperations.delete(event.data.operationId);
    else if (event.type === 'PaymentFailed' || isMoneyMovement(event)) applyOutcome(payment, event);
  }

  override finish(now: number): void {
    for (const payment of this.payments.values()) {
      this.checked++;
      const order = this.orders.get(payment.orderId);
      if (!order || !hasEnded(order)) continue;
      if (isReactionDue(Math.max(order.changedAt, payment.changedAt), now)) this.checkNothingKept(payment, order);
    }
  }

  private checkNothingKept(payment: PaymentTotals, order: OrderProgress) {
    const kept = orphanedMoney(payment, order);
    if (kept === undefined) return;
    const sentence = `The payment still has ${kept}, but its order ${payment.orderId} has ended`;
    const { needsAttention, pendingOperations, disputedOperations } = payment;
    if (needsAttention || pendingOperations.size > 0 || disputedOperations.size > 0)
      this.flag('payment-left-open', payment, sentence);
    else this.report(payment, sentence);
  }
}

const newPayment = ({ stream, revision, position }: Recorded, orderId: string): PaymentTotals => ({
  stream,
  revision,
  position,
  orderId,
  authorized: 0,
  captured: 0,
  voided: 0,
  refunded: 0,
  pendingOperations: new Set(),
  needsAttention: false,
  disputedOperations: new Set(),
  changedAt: 0,
});

const applyOutcome = (
  payment: PaymentTotals,
  event: MoneyMovement | Extract<PaymentEvent, { type: 'PaymentFailed' }>,
) => {
  payment.pendingOperations.delete(event.data.operationId);
  if (event.type === 'PaymentFailed') payment.needsAttention ||= event.data.operation !== 'authorize';
  else payment[TOTAL_NAMES[event.type]] += event.data.amount;
};

const hasEnded = ({ isRejected, remainingUnits }: OrderProgress) => isRejected || remainingUnits <= 0;

const orphanedMoney = (
  { authorized, captured, voided, refunded }: PaymentTotals,
  { isRejected }: OrderProgress,
): string | undefined => {
  const [openAuthorization, netCaptured] = [authorized - captured - voided, captured - refunded];
  if (openAuthorization > 0) return `${openAuthorization} minor units authorized`;
  return isRejected && netCaptured > 0 ? `${netCaptured} minor units captured` : undefined;
};
