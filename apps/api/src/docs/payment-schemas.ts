import { flag, instant, integer, listOf, object, oneOf, orNull, ref, text, type Schema } from './shapes.js';

const stamp = { revision: integer, position: integer };

const payment: Readonly<Record<string, Schema>> = {
  paymentId: text,
  orderId: text,
  channel: text,
  kind: oneOf('card', 'wallet', 'bank-transfer', 'gift-card', 'store-credit', 'voucher', 'cash', 'terminal'),
  currency: text,
  amount: { ...integer, description: 'Asked for, in minor units of the currency, as all money.' },
  authorized: integer,
  captured: integer,
  voided: integer,
  refunded: integer,
  state: oneOf(
    ...['pending', 'failed', 'authorized', 'partly-captured', 'captured', 'voided', 'partly-refunded', 'refunded'],
  ),
  unknownOperation: orNull(text),
  unknownSince: { ...orNull(instant), description: 'Nobody knows the outcome; the provider is being asked.' },
  nextAskAt: orNull(instant),
  disputed: { ...flag, description: 'The words of the provider contradict ours: a person must look.' },
  initiatedAt: instant,
  ...stamp,
};

/** What is answered of payments. */
export const paymentSchemas: Readonly<Record<string, Schema>> = {
  Payment: object(payment),
  PaymentMovement: object({
    paymentId: text,
    seq: { ...integer, description: 'Place in the stream of the payment.' },
    orderId: text,
    channel: text,
    operation: oneOf('authorize', 'capture', 'void', 'refund'),
    operationId: text,
    amount: integer,
    currency: text,
    reference: orNull(text),
    postings: listOf(object({ account: oneOf('payer', 'authorized', 'captured'), amount: integer })),
    occurredAt: instant,
    recordedAt: instant,
    ...stamp,
  }),
  PaymentWithLedger: object({ ...payment, ledger: listOf(ref('PaymentMovement')) }),
};
