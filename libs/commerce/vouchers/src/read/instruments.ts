import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope } from '#database';
import { giftCards } from './gift-card.projection.js';
import { vouchers } from './voucher.projection.js';

/** What a gift card can pay now. It does not say who owns the card or how it was used. */
export interface SpendableBalance {
  readonly giftCardId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Minor units that can be spent now. */
  readonly available: number;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

export interface VoucherTerms {
  readonly voucherId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** What one use pays at most, in minor units. */
  readonly amount: number;
  readonly usesLeft: number;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

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
