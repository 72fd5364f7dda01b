/**
 * What is said to and by one payment: stream `payment-<paymentId>`, one per tender of an order. Amounts are minor units,
 * positive. Every event names its order. No card numbers anywhere: a provider's token stands for the card.
 */
import { type Message } from '#kernel';

/** `cash` and `terminal` were taken outside (a till): a fact. The others are asked for. */
export type TenderKind =
  'card' | 'wallet' | 'bank-transfer' | 'gift-card' | 'store-credit' | 'voucher' | 'cash' | 'terminal';

export type Operation = 'authorize' | 'capture' | 'void' | 'refund';

/**
 * Two of them, Σ amount = 0. What an account holds: `authorized` what may still be taken, `captured` what was taken and
 * not given back, `payer` minus both.
 */
export interface Posting {
  readonly account: 'payer' | 'authorized' | 'captured';
  readonly amount: number;
}

interface Named {
  readonly orderId: string;
  /** Named by whoever asked: the same for a repeat. That of the authorisation is `authorize`. */
  readonly operationId: string;
}

/** All that whoever carries it out must know. */
export interface Asked extends Named {
  readonly operation: Operation;
  readonly amount: number;
  readonly currency: string;
  readonly kind: TenderKind;
  /** Of the gift card, credit account or voucher. */
  readonly instrumentId?: string;
  /** Of a refund. */
  readonly reason?: string;
}

interface Done extends Named {
  /** What the provider did: not always what was asked for. */
  readonly amount: number;
  readonly currency: string;
  /** The provider's. */
  readonly reference?: string;
  readonly postings: readonly Posting[];
}

export interface PaymentTerms {
  readonly orderId: string;
  readonly kind: TenderKind;
  readonly amount: number;
  readonly currency: string;
  /** The provider's token. */
  readonly token?: string;
  /** Of the gift card, credit account or voucher. */
  readonly instrumentId?: string;
}

export type PaymentCommand =
  | Message<'RequestPayment', PaymentTerms & { paymentId: string }>
  /** A part or all of what is authorised. */
  | Message<'CapturePayment', { paymentId: string; operationId: string; amount: number }>
  /** Gives up what is authorised and not captured; without an amount all of it, also what is authorised late. */
  | Message<'VoidPayment', { paymentId: string; operationId: string; amount?: number }>
  | Message<'RefundPayment', { paymentId: string; operationId: string; amount: number; reason: string }>
  /** What the provider, or the stream of an instrument, said: an answer, a webhook, or the answer to a question. */
  | Message<'RecordPaymentResult', { paymentId: string; operationId: string } & PaymentResult>
  /** Sent by the timer: an unknown outcome is asked for. */
  | Message<'ResolvePayment', { paymentId: string }>;

export type PaymentResult =
  | {
      readonly outcome: 'done';
      readonly amount: number;
      readonly reference?: string;
      /** Where the provider names one: that of the payment, or it is not believed. */
      readonly currency?: string;
    }
  | { readonly outcome: 'declined'; readonly code: string }
  /** `attempt`: how many answers without an outcome there were when it was asked; says nothing if there are more now. */
  | { readonly outcome: 'unknown'; readonly reason: string; readonly attempt?: number };

export type PaymentEvent =
  | Message<'PaymentInitiated', PaymentTerms>
  /** In the log before anybody is asked. At most one operation of a payment is under way; the others wait. */
  | Message<'PaymentRequested', Asked>
  /** `rest`: when its turn comes, all that is left. */
  | Message<'PaymentQueued', Asked & { rest?: true }>
  | Message<'PaymentAuthorized', Done & { requested: number }>
  | Message<'PaymentCaptured', Done>
  /** Of nothing, where there was nothing to give up. */
  | Message<'PaymentVoided', Done>
  | Message<'PaymentRefunded', Done & { reason: string }>
  /** The operation is refused for good. */
  | Message<'PaymentFailed', Named & { operation: Operation; amount: number; code: string }>
  /** Stays under way until somebody knows. `attempt` counts from 1; at `askAt` it is asked for again. */
  | Message<
      'PaymentUnknown',
      Named & { operation: Operation; kind: TenderKind; reason: string; attempt: number; askAt: string }
    >
  /** In the log before the provider is asked what became of an operation. */
  | Message<'PaymentInquiryRequested', Named & { operation: Operation; kind: TenderKind; attempt: number }>
  /** The provider's words contradict ours: a person must look. */
  | Message<'PaymentDisputed', Named & { operation: Operation; expected: number; reported: number }>;
