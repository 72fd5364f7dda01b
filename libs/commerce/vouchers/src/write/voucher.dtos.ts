/** Gift cards, store credit and vouchers as channels send them. Amounts are minor units. */
import { Currency, FreeText, Id, Instant, Optional, Reference, Whole, WholeNotZero } from '#fields';

const MOST = 1_000_000_000_000;

class MoneyDto {
  @Whole(1, MOST, 5000) readonly amount!: number;
  @Currency() readonly currency!: string;
}

export class IssueGiftCardDto extends MoneyDto {
  /** Money to whoever knows it: at least 80 random bits. Only a keyed digest of it is kept. */
  @Reference('7KQW-9M2X-HTDA-44VZ') readonly code!: string;
  @Optional() @Instant() readonly expiresAt?: string;
}

export class IssueVoucherDto extends IssueGiftCardDto {
  /** Orders that may use it; `amount` is its worth for each. */
  @Whole(1, 1_000_000, 1) readonly uses!: number;
}

export class IssueStoreCreditDto extends MoneyDto {
  @Id() readonly customerId!: string;
  /** Unique in the customer's account: the same for a repeat. */
  @Id('goodwill-4711') readonly operationId!: string;
  @FreeText(500, 'Goodwill for a late parcel') readonly reason!: string;
  @Optional() @Id() readonly orderId?: string;
}

export class AdjustBalanceDto {
  /** As the answer to its issue, or the look-up by its code, names it. */
  @Id('cX3q1m0o-Zr8') readonly giftCardId!: string;
  @Id('correction-1') readonly operationId!: string;
  @WholeNotZero(-MOST, MOST) readonly delta!: number;
  @FreeText(500, 'Sold for too little') readonly reason!: string;
}
