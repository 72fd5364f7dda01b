import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type VoucherEvent } from '../domain/instrument-messages.js';

/** The current state of a voucher. Amounts are in minor units. */
export interface VoucherRow {
  readonly voucherId: string;
  /** The channel that issued it. */
  readonly channel: string;
  readonly currency: string;
  /** What one use pays at most. */
  readonly amount: number;
  readonly uses: number;
  /** Uses that are held, or redeemed and not refunded in full. */
  readonly taken: number;
  /** Redeemed by all uses, minus refunds. */
  readonly redeemed: number;
  /** ISO 8601. */
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** ISO 8601, business time. */
  readonly issuedAt: string;
}

const text = { type: 'text' } as const;
const whole = { type: 'bigint' } as const;

export const vouchers: FoldedProjection<VoucherRow, 'voucherId', VoucherEvent> = {
  name: 'voucher',
  version: 1,
  categories: ['voucher'],
  table: readTable<VoucherRow>(
    'voucher',
    {
      voucherId: { type: 'text', primary: true },
      channel: text,
      currency: text,
      amount: whole,
      uses: whole,
      taken: whole,
      redeemed: whole,
      expiresAt: { type: 'timestamptz', nullable: true },
      expired: { type: 'boolean' },
      issuedAt: { type: 'timestamptz' },
    },
    [{ columns: ['expiresAt'], where: 'expires_at IS NOT NULL AND NOT expired' }],
  ),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ voucherId: idOf(stream) }],
  project: (row, { event, envelope }, { voucherId }) => {
    if (event.type !== 'VoucherIssued') return row && applyChange(row, event);
    const { amount, currency, uses, expiresAt = null } = event.data;
    return {
      voucherId,
      currency,
      amount,
      uses,
      expiresAt,
      channel: envelope.channel,
      taken: 0,
      redeemed: 0,
      expired: false,
      issuedAt: envelope.occurredAt,
    };
  },
};

const applyChange = (row: VoucherRow, { type, data }: Exclude<VoucherEvent, { type: 'VoucherIssued' }>): VoucherRow => {
  switch (type) {
    case 'VoucherExpired':
      return { ...row, expired: true };
    case 'VoucherHeld':
      return { ...row, taken: row.taken + 1 };
    case 'VoucherHoldDeclined':
      return row;
    case 'VoucherRedeemed':
      return { ...row, redeemed: row.redeemed + data.amount };
    case 'VoucherReleased':
      return data.givenBack ? { ...row, taken: row.taken - 1 } : row;
    case 'VoucherRefunded':
      return { ...row, taken: row.taken - (data.givenBack ? 1 : 0), redeemed: row.redeemed - data.amount };
  }
};
