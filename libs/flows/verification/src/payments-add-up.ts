import { type Recorded } from '#event-store';
import { exactSum } from '#kernel';
import { type PaymentEvent, type Posting } from '#payments';
import { Checker, getOrCreate, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

type Dispute = Extract<PaymentEvent, { type: 'PaymentDisputed' }>['data'];

type MoneyMovement = Extract<PaymentEvent, { data: { postings: readonly Posting[] } }>;

/** Amounts of one payment, in minor units of its currency. */
interface PaymentTotals {
  authorized: bigint;
  captured: bigint;
  voided: bigint;
  refunded: bigint;
  /** Ids of the operations that were recorded as requested before the provider was called. */
  readonly requested: Set<string>;
  /** Ids of the operations that were done. */
  readonly done: Set<string>;
  /** Whether a till took the money, so that no provider is asked. */
  isTakenAtTill: boolean;
  /** Money beyond what is allowed; it is a violation unless a later event flags it as disputed. */
  excess: { readonly reference: LogReference; readonly sentence: string } | undefined;
}

const TOTAL_NAMES = {
  PaymentAuthorized: 'authorized',
  PaymentCaptured: 'captured',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
} as const satisfies Record<MoneyMovement['type'], keyof PaymentTotals>;

const newPayment = (): PaymentTotals => ({
  authorized: 0n,
  captured: 0n,
  voided: 0n,
  refunded: 0n,
  requested: new Set(),
  done: new Set(),
  isTakenAtTill: false,
  excess: undefined,
});

/** A movement beyond the request of a provider is allowed if it is flagged as disputed. */
export class PaymentsAddUp extends Checker {
  override readonly invariant = invariants.paymentsAddUp;
  private readonly payments = new Map<string, PaymentTotals>();

  override check(recorded: Recorded): void {
    const event = recorded.event as PaymentEvent;
    const payment = getOrCreate(this.payments, recorded.stream, newPayment);
    if (event.type === 'PaymentInitiated') payment.isTakenAtTill = ['cash', 'terminal'].includes(event.data.kind);
    else if (event.type === 'PaymentRequested') payment.requested.add(event.data.operationId);
    else if (event.type === 'PaymentDisputed') this.allowExcess(recorded, event.data, payment);
    else if ('postings' in event.data) this.checkMovement(recorded, event as MoneyMovement, payment);
  }

  override finish(): void {
    for (const { excess } of this.payments.values()) if (excess) this.report(excess.reference, excess.sentence);
    this.payments.clear();
  }

  private allowExcess(recorded: Recorded, { operation, expected, reported }: Dispute, payment: PaymentTotals) {
    this.flag(
      'payment-disputed',
      recorded,
      `The provider says ${reported} minor units for the ${operation}, not ${expected}`,
    );
    payment.excess = undefined;
  }

  private checkMovement(recorded: Recorded, event: MoneyMovement, payment: PaymentTotals) {
    this.checked++;
    for (const sentence of faultsOf(event, payment)) this.report(recorded, sentence);
    if ('atProvider' in event.data) {
      this.flag('changed-at-provider', recorded, `${event.type} of ${event.data.amount} minor units at the provider`);
    }
    payment.done.add(event.data.operationId);
    payment[TOTAL_NAMES[event.type]] += BigInt(event.data.amount);
    const sentence = excessIn(payment);
    if (sentence !== undefined) payment.excess = { reference: recorded, sentence };
  }
}

const faultsOf = ({ type, data }: MoneyMovement, payment: PaymentTotals): string[] => {
  const { operationId, postings } = data;
  const sum = exactSum(postings.map(({ amount }) => amount));
  return [
    ...(sum === 0n ? [] : [`The postings of operation ${operationId} add up to ${sum}, not to zero`]),
    ...(isExpected(data, payment) ? [] : [`Operation ${operationId} was done, but never requested`]),
    ...(payment.done.has(operationId) ? [`Operation ${operationId} was done a second time`] : []),
    ...(type === 'PaymentAuthorized' && payment.authorized > 0n ? ['The payment was authorized a second time'] : []),
  ];
};

const isExpected = (data: MoneyMovement['data'], { isTakenAtTill, requested }: PaymentTotals) =>
  'atProvider' in data || isTakenAtTill || data.amount === 0 || requested.has(data.operationId);

const excessIn = ({ authorized, captured, voided, refunded }: PaymentTotals): string | undefined => {
  if (captured + voided > authorized) return `${captured} captured and ${voided} voided of ${authorized} authorized`;
  return refunded > captured ? `${refunded} refunded of ${captured} captured` : undefined;
};
