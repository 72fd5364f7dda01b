import { idOf } from '#event-store';
import { type AppendOnlyProjection, readTable } from '#projections';
import { type PaymentEvent, type Posting } from '../domain/payment-messages.js';
import { isMoneyMovement, operationOf } from '../domain/payment-state.js';

/** A movement of money, with its double entry. */
export interface PaymentLedgerRow {
  readonly paymentId: string;
  /** Revision of the event in the payment's stream. */
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
  /** Their amounts add up to 0. */
  readonly postings: readonly Posting[];
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

const text = { type: 'text' } as const;

export const paymentLedger: AppendOnlyProjection<PaymentLedgerRow, PaymentEvent> = {
  name: 'payment_ledger',
  version: 1,
  categories: ['payment'],
  table: readTable<PaymentLedgerRow>('payment_ledger', {
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
    if (!isMoneyMovement(event)) return [];
    const { orderId, operationId, amount, currency, reference = null, postings } = event.data;
    return [
      {
        paymentId: idOf(stream),
        seq: revision,
        orderId,
        channel: envelope.channel,
        operation: operationOf(event),
        operationId,
        amount,
        currency,
        reference,
        postings,
        occurredAt: envelope.occurredAt,
        recordedAt: new Date(recordedAt).toISOString(),
      },
    ];
  },
};
