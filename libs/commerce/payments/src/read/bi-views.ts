import { type BiView, computed, major, plainColumns, moneyColumns, stampColumns } from '#projections';
import { paymentLedgerColumns } from './payment-ledger.projection.js';
import { paymentColumns } from './payments.projection.js';

export const paymentBiViews: readonly BiView[] = [
  {
    name: 'payment',
    comment: 'One row per payment, that is per tender of an order. Amounts are exact decimals of the major unit',
    columns: {
      ...plainColumns(paymentColumns, 'paymentId', 'orderId', 'channel', 'kind', 'currency'),
      amount: computed('numeric', major('r.amount'), 'The requested amount'),
      ...moneyColumns(paymentColumns, 'authorized', 'captured', 'voided', 'refunded'),
      ...plainColumns(paymentColumns, 'state', 'unknownOperation', 'unknownSince', 'disputed'),
      occurred_at: computed('timestamptz', 'r.initiated_at', 'Business time of the request'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.payment r',
  },
  {
    name: 'payment_ledger',
    comment: 'One row per movement of money of a payment, with the balances after it',
    columns: {
      ...plainColumns(
        paymentLedgerColumns,
        'paymentId',
        'seq',
        'orderId',
        'channel',
        'operation',
        'operationId',
        'currency',
      ),
      amount: computed('numeric', major('r.amount'), 'Exact decimal of the major unit, positive'),
      open: computed(
        'numeric',
        major(`(sum(CASE r.operation WHEN 'authorize' THEN r.amount WHEN 'refund' THEN 0 ELSE -r.amount END)
          OVER (PARTITION BY r.payment_id ORDER BY r.seq))`),
        'Authorized, and neither captured nor voided, after this movement',
      ),
      kept: computed(
        'numeric',
        major(`(sum(CASE r.operation WHEN 'capture' THEN r.amount WHEN 'refund' THEN -r.amount ELSE 0 END)
          OVER (PARTITION BY r.payment_id ORDER BY r.seq))`),
        'Captured and not refunded, after this movement',
      ),
      ...plainColumns(paymentLedgerColumns, 'reference', 'postings', 'occurredAt', 'recordedAt'),
    },
    from: 'read.payment_ledger r',
  },
];
