/**
 * Instruments that Kontor itself keeps: gift cards and store credit (stream `giftcard-<giftCardId>`) with a balance, and
 * vouchers (stream `voucher-<voucherId>`) with a number of uses. A hold has the id of its payment. Amounts are in minor units.
 */
import { type Message, type Reasons } from '#kernel';

interface HoldReference {
  readonly holdId: string;
  /** Unique among the operations of the hold; a repeated operation has the same id. */
  readonly operationId: string;
}

/** The amount is positive, and the currency has to be that of the instrument. */
type HoldRequest = HoldReference & { readonly orderId: string; readonly amount: number; readonly currency: string };

export type GiftCardCommand =
  | Message<'IssueGiftCard', { giftCardId: string; amount: number; currency: string; expiresAt?: string }>
  /** Opens the account if there is none. */
  | Message<
      'IssueStoreCredit',
      {
        giftCardId: string;
        operationId: string;
        amount: number;
        currency: string;
        customerId?: string;
        orderId?: string;
      } & Reasons
    >
  /** `delta` may be negative, but must leave the held amount untouched. */
  | Message<'AdjustBalance', { giftCardId: string; operationId: string; delta: number } & Reasons>
  /** Forfeits the amount that is not held. Sent by the timer. */
  | Message<'ExpireGiftCard', { giftCardId: string }>
  | Message<'HoldBalance', { giftCardId: string } & HoldRequest>
  /** Redeems a part or all of the hold; the rest stays held. */
  | Message<'RedeemHold', { giftCardId: string; amount: number } & HoldReference>
  /** Releases all that remains if no amount is given. */
  | Message<'ReleaseHold', { giftCardId: string; amount?: number } & HoldReference>
  /** Refunds an amount that was redeemed. */
  | Message<'CreditBalance', { giftCardId: string; amount: number; reason: string } & HoldReference>;

export type VoucherCommand =
  /** The voucher pays at most `amount` for each of its `uses`. */
  | Message<'IssueVoucher', { voucherId: string; amount: number; currency: string; uses: number; expiresAt?: string }>
  /** From then on the voucher takes no new holds. Sent by the timer. */
  | Message<'ExpireVoucher', { voucherId: string }>
  | Message<'HoldVoucher', { voucherId: string } & HoldRequest>
  | Message<'RedeemVoucher', { voucherId: string; amount: number } & HoldReference>
  | Message<'ReleaseVoucher', { voucherId: string; amount?: number } & HoldReference>
  | Message<'RefundVoucher', { voucherId: string; amount: number; reason: string } & HoldReference>;

type HoldAmount = HoldReference & { readonly orderId: string; readonly amount: number };

export type DeclineCode = 'unknown' | 'other-currency' | 'expired' | 'insufficient' | 'used-up' | 'exceeds-worth';

/** `available` is the largest amount that could have been held. */
type DeclinedHold = HoldAmount & { readonly available: number; readonly code: DeclineCode };

export type GiftCardEvent =
  | Message<'GiftCardIssued', { amount: number; currency: string; expiresAt?: string; customerId?: string }>
  | Message<'StoreCreditIssued', { operationId: string; amount: number; orderId?: string } & Reasons>
  | Message<'BalanceAdjusted', { operationId: string; delta: number } & Reasons>
  /** Amounts that are credited or released afterwards do not expire. */
  | Message<'GiftCardExpired', { forfeited: number }>
  | Message<'BalanceHeld', HoldAmount>
  | Message<'BalanceHoldDeclined', DeclinedHold>
  /** `left` is the amount that stays held; the hold has ended when it is 0. */
  | Message<'HoldRedeemed', HoldAmount & { left: number }>
  | Message<'HoldReleased', HoldAmount & { left: number }>
  | Message<'BalanceCredited', HoldAmount & { reason: string }>;

export type VoucherEvent =
  | Message<'VoucherIssued', { amount: number; currency: string; uses: number; expiresAt?: string }>
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the type says it all
  | Message<'VoucherExpired', {}>
  | Message<'VoucherHeld', HoldAmount>
  | Message<'VoucherHoldDeclined', DeclinedHold>
  | Message<'VoucherRedeemed', HoldAmount & { left: number }>
  /** With `givenBack`, nothing is redeemed for good and the use is free again. */
  | Message<'VoucherReleased', HoldAmount & { left: number; givenBack: boolean }>
  /** With `givenBack`, everything that was redeemed is refunded and the use is free again. */
  | Message<'VoucherRefunded', HoldAmount & { reason: string; givenBack: boolean }>;
