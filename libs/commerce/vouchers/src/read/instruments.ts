import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope } from '#database';
import { described, integer, object, type ValueOf } from '#schema';
import { giftCardColumns, giftCards } from './gift-card.projection.js';
import { voucherColumns, vouchers } from './voucher.projection.js';

const { giftCardId, currency, expiresAt } = giftCardColumns;
const { voucherId, amount } = voucherColumns;

export const spendableBalanceSchema = object({
  giftCardId: giftCardId.schema,
  currency: currency.schema,
  available: described(integer, 'Minor units that can be spent now'),
  expiresAt: expiresAt.schema,
});

/** What a gift card can pay now. It does not say who owns the card or how it was used. */
export type SpendableBalance = ValueOf<typeof spendableBalanceSchema>;

export const voucherTermsSchema = object({
  voucherId: voucherId.schema,
  currency: currency.schema,
  amount: amount.schema,
  usesLeft: described(integer, 'How often it can still be used; 0 once it has expired'),
  expiresAt: expiresAt.schema,
});

export type VoucherTerms = ValueOf<typeof voucherTermsSchema>;

/** A gift card can be spent on every channel, not only on the one that issued it. */
const ALL_CHANNELS = { channel: '*' };

/** What gift cards, store credit and vouchers can pay. The answer is only advice: the stream decides when a hold is made. */
@Injectable()
export class Instruments {
  constructor(private readonly database: DataSource) {}

  async giftCard(giftCardId: string): Promise<SpendableBalance | undefined> {
    const row = await withScope(this.database, ALL_CHANNELS, (db) =>
      db.getRepository(giftCards.table).findOneBy({ giftCardId }),
    );
    if (!row) return undefined;
    const { currency, balance, held, expiresAt } = row;
    return { giftCardId, currency, available: balance - held, expiresAt };
  }

  async voucher(voucherId: string): Promise<VoucherTerms | undefined> {
    const row = await withScope(this.database, ALL_CHANNELS, (db) =>
      db.getRepository(vouchers.table).findOneBy({ voucherId }),
    );
    if (!row) return undefined;
    const { currency, amount, uses, taken, expired, expiresAt } = row;
    return { voucherId, currency, amount, usesLeft: expired ? 0 : uses - taken, expiresAt };
  }
}
