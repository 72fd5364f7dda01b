/**
 * What is said to and by one payment: stream `payment-<paymentId>`, one per tender of an order. Amounts are minor units,
 * positive. Every event names its order. No card numbers anywhere: a provider's token stands for the card.
 */
import { type Message } from '#kernel';

/** `cash` and `terminal` were taken outside (a till): a fact. The others are asked for. */
export type TenderKind =
  'card' | 'wallet' | 'bank-transfer' | 'gift-card' | 'store-credit' | 'voucher' | 'cash' | 'terminal';

export type Operation = 'authorize' | 'capture' | 'void' | 'refund';

/** Two or more, Σ amount = 0. */
export interface Posting {
  readonly account: 'payer' | 'authorized' | 'captured' | 'merchant';
  readonly amount: number;
}

interface Named {
  readonly orderId: string;
  /** Named by whoever asked: the same for a repeat. */
  readonly operationId: string;
}

export type PaymentCommand =
  | Message<
      'RequestPayment',
      {
        paymentId: string;
        orderId: string;
        kind: TenderKind;
        amount: number;
        currency: string;
        /** The provider's token. */
        token?: string;
        /** Of the gift card, credit account or voucher. */
        instrumentId?: string;
      }
    >
  /** A part or all of what is authorised. */
  | Message<'CapturePayment', { paymentId: string; operationId: string; amount: number }>
  /** Gives up what is authorised and not captured; all of it without an amount. */
  | Message<'VoidPayment', { paymentId: string; operationId: string; amount?: number }>
  | Message<'RefundPayment', { paymentId: string; operationId: string; amount: number; reason: string }>
  /** What the provider, or the stream of an instrument, said: an answer, a webhook, or the answer to a question. */
  | Message<'RecordPaymentResult', { paymentId: string; operationId: string } & PaymentResult>
  /** Sent by the timer: an unknown outcome is asked for. */
  | Message<'ResolvePayment', { paymentId: string }>;

export type PaymentResult =
  | { readonly outcome: 'done'; readonly amount: number; readonly reference?: string }
  | { readonly outcome: 'declined'; readonly code: string }
  | { readonly outcome: 'unknown'; readonly reason: string };

export type PaymentEvent =
  | Message<
      'PaymentInitiated',
      {
        orderId: string;
        kind: TenderKind;
        amount: number;
        currency: string;
        token?: string;
        instrumentId?: string;
      }
    >
  /** In the log before anybody is asked. At most one operation of a payment is under way; the others wait. */
  | Message<'PaymentRequested', Named & { operation: Operation; amount: number }>
  | Message<'PaymentQueued', Named & { operation: Operation; amount: number }>
  | Message<
      'PaymentAuthorized',
      Named & { amount: number; requested: number; reference?: string; postings: readonly Posting[] }
    >
  | Message<'PaymentCaptured', Named & { amount: number; reference?: string; postings: readonly Posting[] }>
  | Message<'PaymentVoided', Named & { amount: number; reference?: string; postings: readonly Posting[] }>
  | Message<
      'PaymentRefunded',
      Named & { amount: number; reason: string; reference?: string; postings: readonly Posting[] }
    >
  /** The operation is refused for good. */
  | Message<'PaymentFailed', Named & { operation: Operation; amount: number; code: string }>
  | Message<'PaymentUnknown', Named & { operation: Operation; reason: string }>
  /** The provider's words contradict ours: a person must look. */
  | Message<'PaymentDisputed', Named & { operation: Operation; expected: number; reported: number }>;
