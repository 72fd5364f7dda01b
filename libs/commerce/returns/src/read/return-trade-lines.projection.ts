import { TRADE_LINE_INDICES, tradeLineColumns, tradeLineValues } from '#orders';
import { column, type DerivedProjection, nullable, primary, readTable, type RowOf } from '#projections';
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
  ...tradeLineColumns,
  occurredAt: column.instant('Business time'),
};

/** A line or a credit of a return, for analysts. */
type ReturnTradeLine = RowOf<typeof columns>;

const ofReturn = ({ returnId, channel, buyerId, attributes, currency, occurredAt }: ReturnStatus) => ({
  returnId,
  channel,
  buyerId,
  currency,
  occurredAt,
  country: attributes['country'] ?? null,
});

const NO_GOODS = {
  sku: null,
  disposition: null,
  locationId: null,
  originalOrderId: null,
  originalLineId: null,
};

const tradeLinesOf = (of: ReturnStatus): readonly ReturnTradeLine[] => [
  ...of.lines.map((line, index): ReturnTradeLine => {
    const { lineId, sku, disposition, locationId, original } = line;
    const quantity = -line.quantity;
    return {
      ...ofReturn(of),
      source: 'return_line',
      lineNumber: index + 1,
      lineId,
      sku,
      title: null,
      kind: null,
      disposition,
      locationId,
      originalOrderId: original?.orderId ?? null,
      originalLineId: original?.lineId ?? null,
      quantity,
      ...tradeLineValues(line, quantity),
    };
  }),
  ...of.credits.map((credit, index): ReturnTradeLine => {
    const { chargeId, kind, quantity, title = null } = credit;
    return {
      ...ofReturn(of),
      ...NO_GOODS,
      source: 'return_credit',
      lineNumber: index + 1,
      lineId: chargeId,
      title,
      kind,
      quantity,
      ...tradeLineValues(credit, quantity),
    };
  }),
];

export const returnTradeLines: DerivedProjection<ReturnTradeLine, ReturnStatus> = {
  name: 'return_trade_line',
  version: 1,
  categories: [],
  derivedFrom: returnStatus,
  table: readTable('return_trade_line', columns, [
    ...TRADE_LINE_INDICES,
    { columns: ['originalOrderId'], where: 'original_order_id IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  reads: ['lines', 'credits'], // the other properties that it reads never change
  deriveRows: tradeLinesOf,
};
