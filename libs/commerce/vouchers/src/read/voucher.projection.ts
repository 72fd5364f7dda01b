import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { type VoucherEvent } from '../domain/instrument-messages.js';

export const voucherColumns = {
  voucherId: primary(column.text('Id of the voucher. It does not reveal the code')),
  channel: column.text('The channel that issued it'),
  currency: column.text('ISO 4217'),
  amount: column.bigint('What one use pays at most, in minor units, as all money'),
  uses: column.bigint('How often it can be used'),
  taken: column.bigint('Uses that are held, or redeemed and not refunded in full'),
  redeemed: column.bigint('Redeemed amounts of all uses, minus refunds'),
  expiresAt: nullable(column.instant('When it expires; null when it never does')),
  expired: column.flag('It has expired'),
  issuedAt: column.instant('Business time of its issue'),
};

/** The current state of a voucher. */
export type VoucherRow = RowOf<typeof voucherColumns>;

export const vouchers: FoldedProjection<VoucherRow, 'voucherId', VoucherEvent> = {
  name: 'voucher',
  version: 1,
  categories: ['voucher'],
  table: readTable('voucher', voucherColumns, [
    { columns: ['expiresAt'], where: 'expires_at IS NOT NULL AND NOT expired' },
  ]),
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
