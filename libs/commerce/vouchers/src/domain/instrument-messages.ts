/**
 * Money that Kontor itself keeps: gift cards and store credit (`giftcard-<giftCardId>`) with a balance, and vouchers
 * (`voucher-<voucherId>`) with a number of uses. A hold is named by the payment that it is for. Minor units.
 */
import { type Message } from '#kernel';

interface ForHold {
  readonly holdId: string;
  /** Unique among the operations of the hold; the same for a repeat. */
  readonly operationId: string;
}

/** Positive; `currency` must be the instrument's own. */
type HoldRequest = ForHold & { readonly orderId: string; readonly amount: number; readonly currency: string };

export type GiftCardCommand =
  | Message<'IssueGiftCard', { giftCardId: string; amount: number; currency: string; expiresAt?: string }>
  /** Begins the account where there is none. */
  | Message<
      'IssueStoreCredit',
      {
        giftCardId: string;
        operationId: string;
        amount: number;
        currency: string;
        reason: string;
        customerId?: string;
        orderId?: string;
      }
    >
  /** `delta` may be negative, but not take what is held. */
  | Message<'AdjustBalance', { giftCardId: string; operationId: string; delta: number; reason: string }>
  /** Forfeits what is not held. Sent by the timer. */
  | Message<'ExpireGiftCard', { giftCardId: string }>
  | Message<'HoldBalance', { giftCardId: string } & HoldRequest>
  /** A part or all of the hold; what is left stays held. */
  | Message<'RedeemHold', { giftCardId: string; amount: number } & ForHold>
  /** All that is left, without an amount. */
  | Message<'ReleaseHold', { giftCardId: string; amount?: number } & ForHold>
  /** Gives back what was redeemed. */
  | Message<'CreditBalance', { giftCardId: string; amount: number; reason: string } & ForHold>;

export type VoucherCommand =
  /** Worth at most `amount` at each of its `uses`. */
  | Message<'IssueVoucher', { voucherId: string; amount: number; currency: string; uses: number; expiresAt?: string }>
  /** Takes no new holds from then on. Sent by the timer. */
  | Message<'ExpireVoucher', { voucherId: string }>
  | Message<'HoldVoucher', { voucherId: string } & HoldRequest>
  | Message<'RedeemVoucher', { voucherId: string; amount: number } & ForHold>
  | Message<'ReleaseVoucher', { voucherId: string; amount?: number } & ForHold>
  | Message<'RefundVoucher', { voucherId: string; amount: number; reason: string } & ForHold>;

/** What every event about a hold says. */
type OfHold = ForHold & { readonly orderId: string; readonly amount: number };

export type DeclineCode = 'unknown' | 'other-currency' | 'expired' | 'insufficient' | 'used-up' | 'exceeds-worth';

/** `available`: the most that could have been held. */
type Declined = OfHold & { readonly available: number; readonly code: DeclineCode };

export type GiftCardEvent =
  | Message<'GiftCardIssued', { amount: number; currency: string; expiresAt?: string; customerId?: string }>
  | Message<'StoreCreditIssued', { operationId: string; amount: number; reason: string; orderId?: string }>
  | Message<'BalanceAdjusted', { operationId: string; delta: number; reason: string }>
  /** What comes back to it afterwards has no end. */
  | Message<'GiftCardExpired', { forfeited: number }>
  | Message<'BalanceHeld', OfHold>
  | Message<'BalanceHoldDeclined', Declined>
  /** `left` stays held; the hold has ended at 0. */
  | Message<'HoldRedeemed', OfHold & { left: number }>
  | Message<'HoldReleased', OfHold & { left: number }>
  | Message<'BalanceCredited', OfHold & { reason: string }>;

export type VoucherEvent =
  | Message<'VoucherIssued', { amount: number; currency: string; uses: number; expiresAt?: string }>
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it says all
  | Message<'VoucherExpired', {}>
  | Message<'VoucherHeld', OfHold>
  | Message<'VoucherHoldDeclined', Declined>
  | Message<'VoucherRedeemed', OfHold & { left: number }>
  /** `givenBack`: nothing was redeemed, so the use is free again. */
  | Message<'VoucherReleased', OfHold & { left: number; givenBack: boolean }>
  /** `givenBack`: all that was redeemed has come back, so the use is free again. */
  | Message<'VoucherRefunded', OfHold & { reason: string; givenBack: boolean }>;
