import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope } from '#database';
import { giftCardBalance } from './gift-card.projection.js';
import { voucherStatus } from './voucher.projection.js';

/** Without whom it belongs to, and without what others did with it. */
export interface Balance {
  readonly giftCardId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Can be spent now, minor units. */
  readonly available: number;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

export interface VoucherTerms {
  readonly voucherId: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Worth of one use, minor units. */
  readonly amount: number;
  readonly usesLeft: number;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

/** A card is good at every channel, whichever issued it. */
const ALL = { channel: '*' };

/** What gift cards, store credit and vouchers are good for. Advice: their streams decide. */
@Injectable()
export class Instruments {
  constructor(private readonly database: DataSource) {}

  async giftCard(giftCardId: string): Promise<Balance | undefined> {
    const row = await withScope(this.database, ALL, (db) =>
      db.getRepository(giftCardBalance.table).findOneBy({ giftCardId }),
    );
    if (!row) return undefined;
    const { currency, balance, held, expiresAt } = row;
    return { giftCardId, currency, available: balance - held, expiresAt };
  }

  async voucher(voucherId: string): Promise<VoucherTerms | undefined> {
    const row = await withScope(this.database, ALL, (db) =>
      db.getRepository(voucherStatus.table).findOneBy({ voucherId }),
    );
    if (!row) return undefined;
    const { currency, amount, uses, taken, expired, expiresAt } = row;
    return { voucherId, currency, amount, usesLeft: expired ? 0 : uses - taken, expiresAt };
  }
}
