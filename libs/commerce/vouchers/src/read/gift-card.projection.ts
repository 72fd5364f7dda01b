import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { type GiftCardEvent } from '../domain/instrument-messages.js';

export const giftCardColumns = {
  giftCardId: primary(column.text('Id of the gift card or store credit. It does not reveal the code')),
  channel: column.text('The channel that issued it'),
  customerId: nullable(column.text('The owner of the store credit; null for a gift card')),
  currency: column.text('ISO 4217'),
  balance: column.bigint('Issued and not redeemed, in minor units, as all money; never negative'),
  held: column.bigint('The part of the balance that is held for payments'),
  issued: column.bigint('The first amount and all store credit since, without corrections'),
  redeemed: column.bigint('Redeemed amounts minus refunds'),
  forfeited: column.bigint('The amount that was forfeited when it expired'),
  expiresAt: nullable(column.instant('When it expires; null when it never does, or has expired')),
  issuedAt: column.instant('Business time of its issue'),
};

/** The current state of a gift card or an account of store credit. */
export type GiftCardRow = RowOf<typeof giftCardColumns>;

export const giftCards: FoldedProjection<GiftCardRow, 'giftCardId', GiftCardEvent> = {
  name: 'gift_card',
  version: 1,
  categories: ['giftcard'],
  table: readTable('gift_card', giftCardColumns, [
    { columns: ['expiresAt'], where: 'expires_at IS NOT NULL' },
    { columns: ['customerId'], where: 'customer_id IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ giftCardId: idOf(stream) }],
  project: (row, { event, envelope }, { giftCardId }) => {
    if (event.type !== 'GiftCardIssued') return row && applyChange(row, event);
    const { amount: issued, currency, customerId = null, expiresAt = null } = event.data;
    return {
      giftCardId,
      customerId,
      currency,
      issued,
      expiresAt,
      channel: envelope.channel,
      balance: issued,
      held: 0,
      redeemed: 0,
      forfeited: 0,
      issuedAt: envelope.occurredAt,
    };
  },
};

const applyChange = (
  row: GiftCardRow,
  { type, data }: Exclude<GiftCardEvent, { type: 'GiftCardIssued' }>,
): GiftCardRow => {
  const { balance, held, issued, redeemed } = row;
  switch (type) {
    case 'StoreCreditIssued':
      return { ...row, balance: balance + data.amount, issued: issued + data.amount };
    case 'BalanceAdjusted':
      return { ...row, balance: balance + data.delta };
    case 'GiftCardExpired':
      return { ...row, balance: balance - data.forfeited, forfeited: data.forfeited, expiresAt: null };
    case 'BalanceHeld':
      return { ...row, held: held + data.amount };
    case 'BalanceHoldDeclined':
      return row;
    case 'HoldRedeemed':
      return { ...row, balance: balance - data.amount, held: held - data.amount, redeemed: redeemed + data.amount };
    case 'HoldReleased':
      return { ...row, held: held - data.amount };
    case 'BalanceCredited':
      return { ...row, balance: balance + data.amount, redeemed: redeemed - data.amount };
  }
};
