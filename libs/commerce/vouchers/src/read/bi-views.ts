import { major, type BiView } from '#projections';

export const voucherBiViews: readonly BiView[] = [
  {
    name: 'gift_card',
    comment: 'One row per gift card and account of store credit. The id says nothing of the code',
    columns: {
      customer_id: 'Whose store credit it is; null for a gift card',
      balance: 'Exact decimal of the major unit, as all amounts; negative never',
      held: 'Of the balance: for payments under way',
      available: 'balance - held',
      issued: 'At its start and as store credit since, without corrections',
      redeemed: 'Less what was refunded to it',
      forfeited: 'What its end took',
      issued_at: 'Business time',
    },
    sql: `
      SELECT gift_card_id, channel, customer_id, currency, ${major('balance')} AS balance, ${major('held')} AS held,
             ${major('balance - held')} AS available, ${major('issued')} AS issued,
             ${major('redeemed')} AS redeemed, ${major('forfeited')} AS forfeited, expires_at, issued_at, position
      FROM read.gift_card`,
  },
  {
    name: 'voucher',
    comment: 'One row per voucher. The id says nothing of the code',
    columns: {
      worth: 'Of one use; exact decimal of the major unit',
      taken: 'Uses that are held, or redeemed and not given back',
      redeemed: 'Over all uses, less what was refunded',
      issued_at: 'Business time',
    },
    sql: `
      SELECT voucher_id, channel, currency, ${major('amount')} AS worth, uses, taken, uses - taken AS uses_left,
             ${major('redeemed')} AS redeemed, expired, expires_at, issued_at, position
      FROM read.voucher`,
  },
];
