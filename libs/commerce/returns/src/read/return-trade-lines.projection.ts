import { decimalText } from '#kernel';
import { column, type DerivedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { texts } from '#schema';
import { CREDIT_KINDS, DISPOSITIONS } from '../domain/return-messages.js';
import { returnStatus, type ReturnStatus } from './return-status.projection.js';

const columns = {
  returnId: primary(column.text()),
  source: primary(column.oneOf(['return_line', 'return_credit'])),
  lineNumber: primary(column.bigint('1, 2, … among the lines or the credits of the return')),
  lineId: column.text('Id of the line or credit'),
  channel: column.text(),
  buyerId: nullable(column.text()),
  country: nullable(column.text('attributes.country of the return')),
  currency: column.text(),
  sku: nullable(column.text()),
  title: nullable(column.text()),
  kind: nullable(column.oneOf(CREDIT_KINDS, 'Null for goods')),
  disposition: nullable(column.oneOf(DISPOSITIONS)),
  locationId: nullable(column.text()),
  originalOrderId: nullable(column.text()),
  originalLineId: nullable(column.text()),
  quantity: column.bigint('Signed: that of goods is negative, that of a credit is as booked'),
  unitPrice: column.exact('In the major unit, as amount'),
  amount: column.exact('quantity × unit price, not rounded'),
  attributes: nullable(column.json(texts)),
  class: nullable(column.text('attributes.class')),
  occurredAt: column.instant('Business time'),
};

/** A line or a credit of a return, for analysts. */
type ReturnTradeLine = RowOf<typeof columns>;

const ofReturn = ({ returnId, channel, buyerId, attributes, currency, occurredAt }: ReturnStatus) => ({
  ...{ returnId, channel, buyerId, currency, occurredAt },
  country: attributes['country'] ?? null,
});

type Priced = Pick<ReturnStatus['credits'][number], 'unitPrice' | 'attributes'>;

const ofItem = ({ unitPrice: { amount, scale }, attributes }: Priced, quantity: number) => ({
  quantity,
  unitPrice: decimalText(amount, scale),
  amount: decimalText(BigInt(quantity) * BigInt(amount), scale),
  attributes: attributes ?? null,
  class: attributes?.['class'] ?? null,
});

const NO_GOODS = { sku: null, disposition: null, locationId: null, originalOrderId: null, originalLineId: null };

const tradeLinesOf = (of: ReturnStatus): readonly ReturnTradeLine[] => [
  ...of.lines.map((line, index): ReturnTradeLine => {
    const { lineId, sku, disposition, locationId, original } = line;
    return {
      ...ofReturn(of),
      ...{ source: 'return_line', lineNumber: index + 1, lineId },
      ...{ sku, title: null, kind: null, disposition, locationId },
      ...{ originalOrderId: original?.orderId ?? null, originalLineId: original?.lineId ?? null },
      ...ofItem(line, -line.quantity),
    };
  }),
  ...of.credits.map((credit, index): ReturnTradeLine => {
    const { chargeId, kind, quantity, title = null } = credit;
    return {
      ...ofReturn(of),
      ...{ source: 'return_credit', lineNumber: index + 1, lineId: chargeId },
      ...{ ...NO_GOODS, title, kind },
      ...ofItem(credit, quantity),
    };
  }),
];

export const returnTradeLines: DerivedProjection<ReturnTradeLine, ReturnStatus> = {
  name: 'return_trade_line',
  version: 1,
  categories: [],
  source: returnStatus,
  table: readTable('return_trade_line', columns, [
    { columns: ['occurredAt'] },
    { columns: ['sku', 'occurredAt'], where: 'sku IS NOT NULL' },
    { columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' },
    { columns: ['originalOrderId'], where: 'original_order_id IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  reads: ['lines', 'credits'], // what else it reads never changes
  deriveRows: tradeLinesOf,
};
