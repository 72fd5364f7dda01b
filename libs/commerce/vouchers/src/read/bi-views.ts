import { type BiView, computed, major, plainColumns, moneyColumns, stampColumns } from '#projections';
import { giftCardColumns } from './gift-card.projection.js';
import { voucherColumns } from './voucher.projection.js';

export const voucherBiViews: readonly BiView[] = [
  {
    name: 'gift_card',
    comment: 'One row per gift card and account of store credit. Amounts are exact decimals of the major unit',
    columns: {
      ...plainColumns(giftCardColumns, 'giftCardId', 'channel', 'customerId', 'currency'),
      balance: computed('numeric', major('r.balance'), 'Issued and not redeemed; never negative'),
      ...moneyColumns(giftCardColumns, 'held'),
      available: computed('numeric', major('r.balance - r.held'), 'balance - held'),
      ...moneyColumns(giftCardColumns, 'issued', 'redeemed', 'forfeited'),
      ...plainColumns(giftCardColumns, 'expiresAt', 'issuedAt'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.gift_card r',
  },
  {
    name: 'voucher',
    comment: 'One row per voucher. Amounts are exact decimals of the major unit',
    columns: {
      ...plainColumns(voucherColumns, 'voucherId', 'channel', 'currency'),
      worth: computed('numeric', major('r.amount'), 'What one use pays at most'),
      ...plainColumns(voucherColumns, 'uses', 'taken'),
      uses_left: computed('bigint', 'r.uses - r.taken', 'uses - taken'),
      ...moneyColumns(voucherColumns, 'redeemed'),
      ...plainColumns(voucherColumns, 'expired', 'expiresAt', 'issuedAt'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.voucher r',
  },
];
