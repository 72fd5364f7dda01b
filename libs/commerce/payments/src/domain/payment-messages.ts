/**
 * Commands and events of one payment: stream `payment-<paymentId>`, one per tender of an order. Amounts are positive, in
 * minor units. Every event names its order. There are no card numbers: a provider's token stands for the card.
 */
import { type Message, type Reasons } from '#kernel';

/** `cash` and `terminal` were taken at a till already; the others are requested. */
export const TENDER_KINDS = [
  'card',
  'wallet',
  'bank-transfer',
  'gift-card',
  'store-credit',
  'voucher',
  'cash',
  'terminal',
] as const;
export type TenderKind = (typeof TENDER_KINDS)[number];

export const PAYMENT_OPERATIONS = ['authorize', 'capture', 'void', 'refund'] as const;
export type PaymentOperation = (typeof PAYMENT_OPERATIONS)[number];

/**
 * One of the two entries of a money movement, whose amounts add up to 0. The account `authorized` holds what may still be
 * captured, `captured` what was captured and not refunded, and `payer` minus both.
 */
export interface Posting {
  readonly account: 'payer' | 'authorized' | 'captured';
  readonly amount: number;
}

interface OperationReference {
  readonly orderId: string;
  /** Chosen by the sender of the command and the same when it is repeated. The authorization has the id `authorize`. */
  readonly operationId: string;
}

/** Everything that is needed to carry out an operation. */
export interface RequestedOperation extends OperationReference {
  readonly operation: PaymentOperation;
  readonly amount: number;
  readonly currency: string;
  readonly kind: TenderKind;
  /** Id of the gift card, store credit or voucher. */
  readonly instrumentId?: string;
  /** Why money is refunded. */
  readonly reason?: string;
  readonly note?: string;
}

interface CompletedOperation extends OperationReference {
  /** The amount that was moved, which may differ from the requested amount. */
  readonly amount: number;
  readonly currency: string;
  /** The provider's reference. */
  readonly reference?: string;
  readonly postings: readonly Posting[];
}

/** With `atProvider`, the operation was not requested here: somebody carried it out at the provider, for example in its dashboard. */
type PossiblyAtProvider = CompletedOperation & { readonly atProvider?: true };

export interface PaymentTerms {
  readonly orderId: string;
  readonly kind: TenderKind;
  readonly amount: number;
  readonly currency: string;
  /** The provider's token for the card. Newer payments leave it in the order, where it is sealed. */
  readonly token?: string;
  /** Id of the gift card, store credit or voucher. */
  readonly instrumentId?: string;
}

/** What is left of the money of an order, as its stream has it. */
export interface RefundableOrder {
  /** Minor units, less the refunds of other payments that the order has not counted yet. */
  readonly left: number;
  /** Ids of the refunds of this payment that the order has counted. */
  readonly counted: readonly string[];
}

export type PaymentCommand =
  | Message<'RequestPayment', PaymentTerms & { paymentId: string }>
  /** Captures a part or all of the authorized amount. */
  | Message<'CapturePayment', { paymentId: string; operationId: string; amount: number }>
  /** Voids the amount that is not captured. Without an amount, all of it, including what is authorized later. */
  | Message<'VoidPayment', { paymentId: string; operationId: string; amount?: number }>
  /** The handler of a refund by hand adds `order`. */
  | Message<
      'RefundPayment',
      { paymentId: string; operationId: string; amount: number; order?: RefundableOrder } & Reasons
    >
  /** Records the result that the provider, or the stream of a gift card or voucher, has reported. */
  | Message<'RecordPaymentResult', { paymentId: string; operationId: string } & PaymentResult>
  /** Sent by the timer when it is time to ask the provider for an unknown outcome. */
  | Message<'ResolvePayment', { paymentId: string }>;

export type PaymentResult =
  | {
      readonly outcome: 'done';
      readonly amount: number;
      readonly reference?: string;
      /** If the provider names one, it has to be that of the payment. */
      readonly currency?: string;
      /** What the provider did, for an operation that was not requested here. By default a refund, if money was captured. */
      readonly operation?: PaymentOperation;
    }
  | { readonly outcome: 'declined'; readonly code: string }
  /** `attempt` is the number of unknown outcomes recorded before the call. If there are more by now, this result is stale. */
  | { readonly outcome: 'unknown'; readonly reason: string; readonly attempt?: number };

export type PaymentEvent =
  | Message<'PaymentInitiated', PaymentTerms>
  /** Recorded before the provider is called. At most one operation of a payment has its turn; the others wait. */
  | Message<'PaymentRequested', RequestedOperation>
  /** With `rest`, the amount is replaced by all that is left when the operation's turn comes. */
  | Message<'PaymentQueued', RequestedOperation & { rest?: true }>
  | Message<'PaymentAuthorized', CompletedOperation & { requested: number }>
  | Message<'PaymentCaptured', PossiblyAtProvider>
  /** The amount is 0 where nothing was left to void. */
  | Message<'PaymentVoided', PossiblyAtProvider>
  | Message<'PaymentRefunded', PossiblyAtProvider & { reason: string }>
  /** The operation failed for good. */
  | Message<'PaymentFailed', OperationReference & { operation: PaymentOperation; amount: number; code: string }>
  /** The operation keeps its turn until its outcome is known. `attempt` counts from 1; at `askAt` the provider is asked again. */
  | Message<
      'PaymentUnknown',
      OperationReference & {
        operation: PaymentOperation;
        kind: TenderKind;
        reason: string;
        attempt: number;
        askAt: string;
      }
    >
  /** Recorded before the provider is asked for the outcome of an operation. */
  | Message<
      'PaymentInquiryRequested',
      OperationReference & { operation: PaymentOperation; kind: TenderKind; attempt: number }
    >
  /**
   * The provider contradicts what is on record, so a person must decide. Amounts in minor units. `missing` is the part that was
   * counted on and is not there: an authorization that has expired, or a capture that was taken back.
   */
  | Message<
      'PaymentDisputed',
      OperationReference & {
        operation: PaymentOperation;
        expected: number;
        reported: number;
        missing?: number;
        code?: string;
      }
    >
  /**
   * The provider agrees with what is on record of this operation again, or has captured what it was to authorize. `amount` is
   * that of the operation, `reference` the provider's of the report. With `othersDisputed`, another operation of the payment
   * is still disputed.
   */
  | Message<
      'PaymentDisputeResolved',
      OperationReference & { operation: PaymentOperation; amount: number; reference?: string; othersDisputed?: true }
    >;

/** The events that move money. */
export type MoneyMovementEvent = Extract<PaymentEvent, { data: { postings: readonly Posting[] } }>;
