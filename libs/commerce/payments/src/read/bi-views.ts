import { major, type BiView } from '#projections';

export const paymentBiViews: readonly BiView[] = [
  {
    name: 'payment',
    comment: 'One row per payment, that is per tender of an order. Amounts are exact decimals of the major unit',
    columns: {
      amount: 'The requested amount',
      state: 'pending, failed, authorized, partly-captured, captured, voided, partly-refunded, refunded',
      unknown_since: 'Since when the outcome of unknown_operation is unknown; the provider is being asked',
      disputed: 'The provider contradicts what is on record: a person must decide',
      occurred_at: 'Business time of the request',
    },
    sql: `
      SELECT payment_id, order_id, channel, kind, currency, ${major('amount')} AS amount,
             ${major('authorized')} AS authorized, ${major('captured')} AS captured, ${major('voided')} AS voided,
             ${major('refunded')} AS refunded, state, unknown_operation, unknown_since, disputed,
             initiated_at AS occurred_at, position
      FROM read.payment`,
  },
  {
    name: 'payment_ledger',
    comment: 'One row per movement of money of a payment, with the balances after it',
    columns: {
      seq: 'Revision of the event in the stream of the payment',
      operation: 'authorize, capture, void or refund',
      amount: 'Exact decimal of the major unit, positive',
      open: 'Authorized, and neither captured nor voided, after this movement',
      kept: 'Captured and not refunded, after this movement',
      postings: 'The double entry, in minor units; its amounts add up to 0',
    },
    sql: `
      SELECT payment_id, seq, order_id, channel, operation, operation_id, currency, ${major('amount')} AS amount,
             ${major(`(sum(CASE operation WHEN 'authorize' THEN amount WHEN 'refund' THEN 0 ELSE -amount END)
               OVER (PARTITION BY payment_id ORDER BY seq))`)} AS open,
             ${major(`(sum(CASE operation WHEN 'capture' THEN amount WHEN 'refund' THEN -amount ELSE 0 END)
               OVER (PARTITION BY payment_id ORDER BY seq))`)} AS kept,
             reference, postings, occurred_at, recorded_at
      FROM read.payment_ledger`,
  },
];
