import { major, type BiView } from '#projections';

export const voucherBiViews: readonly BiView[] = [
  {
    name: 'gift_card',
    comment: 'One row per gift card and account of store credit. The id does not reveal the code',
    columns: {
      customer_id: 'The owner of the store credit; null for a gift card',
      balance: 'Exact decimal of the major unit, like all amounts; never negative',
      held: 'The part of the balance that is held for payments',
      available: 'balance - held',
      issued: 'The first amount and all store credit since, without corrections',
      redeemed: 'Redeemed amounts minus refunds',
      forfeited: 'The amount that was forfeited when it expired',
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
    comment: 'One row per voucher. The id does not reveal the code',
    columns: {
      worth: 'What one use pays at most; exact decimal of the major unit',
      taken: 'Uses that are held, or redeemed and not refunded in full',
      redeemed: 'Redeemed amounts of all uses, minus refunds',
      issued_at: 'Business time',
    },
    sql: `
      SELECT voucher_id, channel, currency, ${major('amount')} AS worth, uses, taken, uses - taken AS uses_left,
             ${major('redeemed')} AS redeemed, expired, expires_at, issued_at, position
      FROM read.voucher`,
  },
];
