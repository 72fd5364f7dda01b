import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type GiftCardEvent } from '../domain/instrument-messages.js';

/** The current state of a gift card or an account of store credit. Amounts are in minor units. */
export interface GiftCardRow {
  readonly giftCardId: string;
  /** The channel that issued it. */
  readonly channel: string;
  /** The owner of the store credit; null for a gift card. */
  readonly customerId: string | null;
  readonly currency: string;
  readonly balance: number;
  /** The part of the balance that is held for payments. */
  readonly held: number;
  readonly issued: number;
  readonly redeemed: number;
  readonly forfeited: number;
  /** ISO 8601; null when it never expires, or has expired. */
  readonly expiresAt: string | null;
  /** ISO 8601, business time. */
  readonly issuedAt: string;
}

const text = { type: 'text' } as const;
const amount = { type: 'bigint' } as const;

export const giftCards: FoldedProjection<GiftCardRow, 'giftCardId', GiftCardEvent> = {
  name: 'gift_card',
  version: 1,
  categories: ['giftcard'],
  table: readTable<GiftCardRow>(
    'gift_card',
    {
      giftCardId: { type: 'text', primary: true },
      channel: text,
      customerId: { type: 'text', nullable: true },
      currency: text,
      balance: amount,
      held: amount,
      issued: amount,
      redeemed: amount,
      forfeited: amount,
      expiresAt: { type: 'timestamptz', nullable: true },
      issuedAt: { type: 'timestamptz' },
    },
    [
      { columns: ['expiresAt'], where: 'expires_at IS NOT NULL' },
      { columns: ['customerId'], where: 'customer_id IS NOT NULL' },
    ],
  ),
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
