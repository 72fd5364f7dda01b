import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type MoneyMovementEvent, type PaymentEvent, type TenderKind } from '../domain/payment-messages.js';
import { addToTotals, isMoneyMovement, operationOf } from '../domain/payment-state.js';

type PaymentState =
  'pending' | 'failed' | 'authorized' | 'partly-captured' | 'captured' | 'voided' | 'partly-refunded' | 'refunded';

/** A payment with its totals, in minor units. */
export interface PaymentRow {
  readonly paymentId: string;
  readonly orderId: string;
  /** The channel through which it was requested. */
  readonly channel: string;
  readonly kind: TenderKind;
  readonly currency: string;
  /** The requested amount. */
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
  readonly state: PaymentState;
  /** Id of the operation whose outcome is unknown. */
  readonly unknownOperation: string | null;
  /** Since when its outcome is unknown, ISO 8601. */
  readonly unknownSince: string | null;
  /** When the provider is asked again, ISO 8601; null while it is being asked. */
  readonly nextAskAt: string | null;
  /** The provider contradicts what is on record, so a person must decide. */
  readonly disputed: boolean;
  /** Business time of the request, ISO 8601. */
  readonly initiatedAt: string;
}

const text = { type: 'text' } as const;
const amount = { type: 'bigint' } as const;
const time = { type: 'timestamptz', nullable: true } as const;

export const payments: FoldedProjection<PaymentRow, 'paymentId', PaymentEvent> = {
  name: 'payment',
  version: 1,
  categories: ['payment'],
  table: readTable<PaymentRow>(
    'payment',
    {
      paymentId: { type: 'text', primary: true },
      orderId: text,
      channel: text,
      kind: text,
      currency: text,
      amount,
      authorized: amount,
      captured: amount,
      voided: amount,
      refunded: amount,
      state: text,
      unknownOperation: { type: 'text', nullable: true },
      unknownSince: time,
      nextAskAt: time,
      disputed: { type: 'boolean' },
      initiatedAt: { type: 'timestamptz' },
    },
    [{ columns: ['orderId'] }, { columns: ['nextAskAt'], where: 'next_ask_at IS NOT NULL' }],
  ),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ paymentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'PaymentInitiated',
  project: (row, { event, envelope }, { paymentId }) => {
    if (event.type !== 'PaymentInitiated') return row && applyChange(row, event, envelope.occurredAt);
    const { orderId, kind, currency, amount } = event.data;
    return {
      paymentId,
      orderId,
      channel: envelope.channel,
      kind,
      currency,
      amount,
      authorized: 0,
      captured: 0,
      voided: 0,
      refunded: 0,
      state: 'pending',
      ...NOTHING_UNKNOWN,
      disputed: false,
      initiatedAt: envelope.occurredAt,
    };
  },
};

const NOTHING_UNKNOWN = { unknownOperation: null, unknownSince: null, nextAskAt: null };

const applyChange = (
  row: PaymentRow,
  event: Exclude<PaymentEvent, { type: 'PaymentInitiated' }>,
  occurredAt: string,
): PaymentRow => {
  if (isMoneyMovement(event)) return moveMoney(row, event);
  const { type, data } = event;
  switch (type) {
    case 'PaymentRequested':
    case 'PaymentQueued':
      return row;
    case 'PaymentFailed': {
      const known = withKnownOutcome(row, data.operationId);
      return withState(data.operation === 'authorize' ? { ...known, state: 'failed' } : known);
    }
    case 'PaymentUnknown':
      return {
        ...row,
        unknownOperation: data.operationId,
        unknownSince: row.unknownSince ?? occurredAt,
        nextAskAt: data.askAt,
      };
    case 'PaymentInquiryRequested':
      return { ...row, nextAskAt: null };
    case 'PaymentDisputed':
      return { ...row, disputed: true };
  }
};

const moveMoney = (row: PaymentRow, event: MoneyMovementEvent): PaymentRow => {
  const { operationId, amount } = event.data;
  return withState(addToTotals(withKnownOutcome(row, operationId), operationOf(event), amount));
};

const withKnownOutcome = (row: PaymentRow, operationId: string): PaymentRow =>
  row.unknownOperation === operationId ? { ...row, ...NOTHING_UNKNOWN } : row;

const withState = (row: PaymentRow): PaymentRow => ({ ...row, state: stateOf(row) });

const stateOf = ({ authorized, captured, voided, refunded, state }: PaymentRow): PaymentState => {
  if (authorized === 0) return state;
  if (refunded > 0) return refunded < captured ? 'partly-refunded' : 'refunded';
  if (captured > 0) return captured + voided < authorized ? 'partly-captured' : 'captured';
  return voided < authorized ? 'authorized' : 'voided';
};
