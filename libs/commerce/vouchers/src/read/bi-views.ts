import { type BiView, computed, major, shown, shownMoney, stampColumns } from '#projections';
import { giftCardColumns } from './gift-card.projection.js';
import { voucherColumns } from './voucher.projection.js';

export const voucherBiViews: readonly BiView[] = [
  {
    name: 'gift_card',
    comment: 'One row per gift card and account of store credit. Amounts are exact decimals of the major unit',
    columns: {
      ...shown(giftCardColumns, 'giftCardId', 'channel', 'customerId', 'currency'),
      balance: computed('numeric', major('r.balance'), 'Issued and not redeemed; never negative'),
      ...shownMoney(giftCardColumns, 'held'),
      available: computed('numeric', major('r.balance - r.held'), 'balance - held'),
      ...shownMoney(giftCardColumns, 'issued', 'redeemed', 'forfeited'),
      ...shown(giftCardColumns, 'expiresAt', 'issuedAt'),
      ...shown(stampColumns, 'position'),
    },
    from: 'read.gift_card r',
  },
  {
    name: 'voucher',
    comment: 'One row per voucher. Amounts are exact decimals of the major unit',
    columns: {
      ...shown(voucherColumns, 'voucherId', 'channel', 'currency'),
      worth: computed('numeric', major('r.amount'), 'What one use pays at most'),
      ...shown(voucherColumns, 'uses', 'taken'),
      uses_left: computed('bigint', 'r.uses - r.taken', 'uses - taken'),
      ...shownMoney(voucherColumns, 'redeemed'),
      ...shown(voucherColumns, 'expired', 'expiresAt', 'issuedAt'),
      ...shown(stampColumns, 'position'),
    },
    from: 'read.voucher r',
  },
];
