import { idOf } from '#event-store';
import { type AppendOnlyProjection, readTable } from '#projections';
import { type PaymentEvent, type Posting } from '../domain/payment-messages.js';
import { movementOf } from '../domain/payment-state.js';

/** Money that moved: the double entries of a payment. */
export interface LedgerRow {
  readonly paymentId: string;
  /** Place in the payment's stream. */
  readonly seq: number;
  readonly orderId: string;
  readonly channel: string;
  readonly operation: string;
  readonly operationId: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** The provider's name for it. */
  readonly reference: string | null;
  /** They add up to nothing. */
  readonly postings: readonly Posting[];
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

type Moved = Extract<PaymentEvent, { data: { postings: readonly Posting[] } }>;

const text = { type: 'text' } as const;

export const paymentLedger: AppendOnlyProjection<LedgerRow, PaymentEvent> = {
  name: 'payment_ledger',
  version: 1,
  categories: ['payment'],
  table: readTable<LedgerRow>('payment_ledger', {
    paymentId: { type: 'text', primary: true },
    seq: { type: 'bigint', primary: true },
    orderId: text,
    channel: text,
    operation: text,
    operationId: text,
    amount: { type: 'bigint' },
    currency: text,
    reference: { type: 'text', nullable: true },
    postings: { type: 'jsonb' },
    occurredAt: { type: 'timestamptz' },
    recordedAt: { type: 'timestamptz' },
  }),
  visibleWith: { readModel: 'payment', column: 'paymentId' },
  rowsOf: ({ stream, event, revision, envelope, recordedAt }) => {
    const movement = movementOf(event);
    if (!movement) return [];
    const { orderId, operationId, currency, reference = null, postings } = (event as Moved).data;
    return [
      {
        ...{ paymentId: idOf(stream), seq: revision, orderId, channel: envelope.channel },
        ...{ ...movement, operationId, currency, reference, postings },
        occurredAt: envelope.occurredAt,
        recordedAt: new Date(recordedAt).toISOString(),
      },
    ];
  },
};
