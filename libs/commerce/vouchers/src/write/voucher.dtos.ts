/** Bodies of the commands to gift cards, store credit and vouchers. Amounts are in minor units. */
import {
  CODE_OR_NOTE,
  Currency,
  digested,
  FreeText,
  Id,
  Instant,
  IssuedCode,
  Optional,
  Whole,
  WholeNotZero,
} from '#fields';

const MAX_AMOUNT = 1_000_000_000_000;

class MoneyDto {
  @Whole(1, MAX_AMOUNT, 5000) readonly amount!: number;
  @Currency() readonly currency!: string;
}

export class IssueGiftCardDto extends MoneyDto {
  /** At least 12 random letters and digits: who knows or guesses it can spend the money. Only a keyed digest of it is stored. */
  @IssuedCode('7KQW-9M2X-HTDA-44VZ', digested('Anyone who knows the code can spend the money.')) readonly code!: string;
  @Optional() @Instant() readonly expiresAt?: string;
}

export class IssueVoucherDto extends IssueGiftCardDto {
  /** How many orders may use it; `amount` is what it pays at most for each of them. */
  @Whole(1, 1_000_000, 1) readonly uses!: number;
}

export class IssueStoreCreditDto extends MoneyDto {
  @Id() readonly customerId!: string;
  /** Unique in the customer's account: sent again with the same id, the credit is not given twice. */
  @Id('goodwill-4711') readonly operationId!: string;
  @FreeText(500, 'Goodwill for a late parcel', CODE_OR_NOTE) readonly reason!: string;
  @Optional() @Id() readonly orderId?: string;
}

export class AdjustBalanceDto {
  /** The id in the answer to IssueGiftCard, or to a look-up by the code. */
  @Id('cX3q1m0o-Zr8') readonly giftCardId!: string;
  @Id('correction-1') readonly operationId!: string;
  @WholeNotZero(-MAX_AMOUNT, MAX_AMOUNT) readonly delta!: number;
  @FreeText(500, 'Sold for too little', CODE_OR_NOTE) readonly reason!: string;
}
