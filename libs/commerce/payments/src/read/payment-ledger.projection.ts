import { idOf } from '#event-store';
import { type AppendOnlyProjection, column, nullable, primary, readTable, type RowOf } from '#projections';
import { integer, listOf, object, oneOf } from '#schema';
import { PAYMENT_OPERATIONS, type PaymentEvent } from '../domain/payment-messages.js';
import { isMoneyMovement, operationOf } from '../domain/payment-state.js';

const posting = object({ account: oneOf('payer', 'authorized', 'captured'), amount: integer });

export const paymentLedgerColumns = {
  paymentId: primary(column.text('Id of the payment')),
  seq: primary(column.bigint('Revision of the event in the stream of the payment')),
  orderId: column.text('The order that the payment is of'),
  channel: column.text('The channel that acted'),
  operation: column.oneOf(PAYMENT_OPERATIONS, 'authorize, capture, void or refund'),
  operationId: column.text('Id of the operation, unique in the payment'),
  amount: column.bigint('What was moved, in minor units: positive'),
  currency: column.text('ISO 4217'),
  atProvider: column.flag(
    'Carried out at the provider, for example in its dashboard, without having been requested here',
  ),
  reference: nullable(column.text("The provider's name for the movement")),
  postings: column.json(listOf(posting), 'The double entry, in minor units; its amounts add up to 0'),
  occurredAt: column.instant('Business time'),
  recordedAt: column.instant('When it was recorded'),
};

/** A movement of money, with its double entry. */
export type PaymentLedgerRow = RowOf<typeof paymentLedgerColumns>;

export const paymentLedger: AppendOnlyProjection<PaymentLedgerRow, PaymentEvent> = {
  name: 'payment_ledger',
  version: 2,
  categories: ['payment'],
  table: readTable('payment_ledger', paymentLedgerColumns),
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
        atProvider: 'atProvider' in event.data,
        reference,
        postings,
        occurredAt: envelope.occurredAt,
        recordedAt: new Date(recordedAt).toISOString(),
      },
    ];
  },
};
