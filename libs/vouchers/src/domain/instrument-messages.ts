/**
 * Money that Kontor itself keeps: gift cards and store credit (`giftcard-<giftCardId>`) with a balance, and vouchers
 * (`voucher-<voucherId>`) with a number of uses. A hold is named by the payment that it is for. Minor units.
 */
import { type Message } from '#kernel';

export type GiftCardCommand =
  | Message<
      'IssueGiftCard',
      { giftCardId: string; amount: number; currency: string; expiresAt?: string; customerId?: string }
    >
  | Message<'HoldBalance', { giftCardId: string; holdId: string; orderId: string; amount: number; currency: string }>
  /** A part or all of the hold; what is left stays held. */
  | Message<'RedeemHold', { giftCardId: string; holdId: string; operationId: string; amount: number }>
  | Message<'ReleaseHold', { giftCardId: string; holdId: string; operationId: string; amount?: number }>
  /** A refund. */
  | Message<'CreditBalance', { giftCardId: string; operationId: string; amount: number; reason: string }>;

export type VoucherCommand =
  /** Worth `amount` at each of its `uses`. */
  | Message<'IssueVoucher', { voucherId: string; amount: number; currency: string; uses: number; expiresAt?: string }>
  | Message<'HoldVoucher', { voucherId: string; holdId: string; orderId: string; amount: number; currency: string }>
  | Message<'RedeemVoucher', { voucherId: string; holdId: string; operationId: string; amount: number }>
  | Message<'ReleaseVoucher', { voucherId: string; holdId: string; operationId: string; amount?: number }>;
