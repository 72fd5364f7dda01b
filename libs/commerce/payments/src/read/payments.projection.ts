import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type PaymentEvent, type TenderKind } from '../domain/payment-messages.js';
import { movementOf } from '../domain/payment-state.js';

type PaymentState =
  'pending' | 'failed' | 'authorized' | 'partly-captured' | 'captured' | 'voided' | 'partly-refunded' | 'refunded';

/** A payment: totals of its life in minor units. */
export interface PaymentRow {
  readonly paymentId: string;
  readonly orderId: string;
  /** The channel that it was asked for through. */
  readonly channel: string;
  readonly kind: TenderKind;
  readonly currency: string;
  /** Asked for. */
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
  readonly state: PaymentState;
  /** The operation whose outcome nobody knows since then (ISO 8601). */
  readonly unknownOperation: string | null;
  readonly unknownSince: string | null;
  /** When it is asked for again; null while that is being done. */
  readonly nextAskAt: string | null;
  /** The provider's words contradict ours: a person must look. */
  readonly disputed: boolean;
  /** Business time, ISO 8601. */
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
    if (event.type !== 'PaymentInitiated') return row && goOn(row, event, envelope.occurredAt);
    const { orderId, kind, currency, amount } = event.data;
    return {
      ...{ paymentId, orderId, channel: envelope.channel, kind, currency, amount, state: 'pending' },
      ...{ authorized: 0, captured: 0, voided: 0, refunded: 0, disputed: false },
      ...KNOWN,
      initiatedAt: envelope.occurredAt,
    };
  },
};

const KNOWN = { unknownOperation: null, unknownSince: null, nextAskAt: null };

const goOn = (row: PaymentRow, event: Exclude<PaymentEvent, { type: 'PaymentInitiated' }>, at: string): PaymentRow => {
  const { type, data } = event;
  switch (type) {
    case 'PaymentRequested':
    case 'PaymentQueued':
      return row;
    case 'PaymentAuthorized':
    case 'PaymentCaptured':
    case 'PaymentVoided':
    case 'PaymentRefunded':
      return moved(heard(row, data.operationId), event);
    case 'PaymentFailed':
      return withState({ ...heard(row, data.operationId), ...(data.operation === 'authorize' && { state: 'failed' }) });
    case 'PaymentUnknown':
      return {
        ...row,
        unknownOperation: data.operationId,
        unknownSince: row.unknownSince ?? at,
        nextAskAt: data.askAt,
      };
    case 'PaymentInquiryRequested':
      return { ...row, nextAskAt: null };
    case 'PaymentDisputed':
      return { ...row, disputed: true };
  }
};

const heard = (row: PaymentRow, operationId: string): PaymentRow =>
  row.unknownOperation === operationId ? { ...row, ...KNOWN } : row;

const TOTAL = { authorize: 'authorized', capture: 'captured', void: 'voided', refund: 'refunded' } as const;

const moved = (row: PaymentRow, event: PaymentEvent): PaymentRow => {
  const movement = movementOf(event);
  if (!movement) return row;
  const total = TOTAL[movement.operation];
  return withState({ ...row, [total]: row[total] + movement.amount });
};

const withState = (row: PaymentRow): PaymentRow => ({ ...row, state: stateOf(row) });

const stateOf = ({ authorized, captured, voided, refunded, state }: PaymentRow): PaymentState => {
  if (authorized === 0) return state;
  if (refunded > 0) return refunded < captured ? 'partly-refunded' : 'refunded';
  if (captured > 0) return captured + voided < authorized ? 'partly-captured' : 'captured';
  return voided < authorized ? 'authorized' : 'voided';
};
