import { CHARGE_KINDS, METHODS, TRADE_LINE_INDICES, tradeLineColumns, tradeLineValues } from '#orders';
import { column, type DerivedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { ORDER_STATES, orderStatus, type OrderStatus } from './order-status.projection.js';

const columns = {
  orderId: primary(column.text()),
  source: primary(column.oneOf(['order_line', 'order_charge'])),
  lineNumber: primary(column.bigint('1, 2, … among the lines or the charges of the order')),
  lineId: column.text('Id of the line or charge'),
  channel: column.text(),
  buyerId: nullable(column.text()),
  country: nullable(column.text('attributes.country of the order, or else its country')),
  state: column.oneOf(ORDER_STATES, 'State of the order'),
  currency: column.text(),
  sku: nullable(column.text()),
  title: nullable(column.text()),
  kind: nullable(column.oneOf(CHARGE_KINDS, 'Null for goods')),
  method: nullable(column.oneOf(METHODS)),
  locationId: nullable(column.text()),
  ordered: nullable(column.bigint('Null for a charge, as the other units')),
  open: nullable(column.bigint()),
  allocated: nullable(column.bigint()),
  fulfilled: nullable(column.bigint()),
  cancelled: nullable(column.bigint()),
  returned: nullable(column.bigint()),
  quantity: column.bigint('Units that stand: ordered - cancelled, or those of the charge'),
  ...tradeLineColumns,
  occurredAt: column.instant('Business time of placing the order'),
};

/** A line or a charge of an order, for analysts. */
type OrderTradeLine = RowOf<typeof columns>;

const ofOrder = ({ orderId, channel, buyerId, attributes, country, state, currency, placedAt }: OrderStatus) => ({
  orderId,
  channel,
  buyerId,
  state,
  currency,
  country: attributes['country'] ?? country,
  occurredAt: placedAt,
});

const NO_GOODS = {
  sku: null,
  method: null,
  locationId: null,
  ordered: null,
  open: null,
  allocated: null,
  fulfilled: null,
  cancelled: null,
  returned: null,
};

/** Most orders are pending for less than a second, and their rows would be written twice. Views take the lines of pending orders from the order. */
const tradeLinesOf = (order: OrderStatus) => (order.state === 'pending' ? [] : linesOf(order));

const linesOf = (order: OrderStatus): readonly OrderTradeLine[] => [
  ...order.lines.map((line, index): OrderTradeLine => {
    const quantity = line.ordered - line.cancelled;
    return {
      ...ofOrder(order),
      source: 'order_line',
      lineNumber: index + 1,
      lineId: line.lineId,
      sku: line.sku,
      title: line.title ?? null,
      kind: null,
      method: line.method,
      locationId: line.locationId ?? null,
      ordered: line.ordered,
      open: line.open,
      allocated: line.allocated,
      fulfilled: line.fulfilled,
      cancelled: line.cancelled,
      returned: line.returned,
      quantity,
      ...tradeLineValues(line, quantity),
    };
  }),
  ...order.charges.map((charge, index): OrderTradeLine => {
    const { chargeId, kind, title = null, quantity } = charge;
    return {
      ...ofOrder(order),
      ...NO_GOODS,
      source: 'order_charge',
      lineNumber: index + 1,
      lineId: chargeId,
      title,
      kind,
      quantity,
      ...tradeLineValues(charge, quantity),
    };
  }),
];

export const orderTradeLines: DerivedProjection<OrderTradeLine, OrderStatus> = {
  name: 'order_trade_line',
  version: 1,
  categories: [],
  derivedFrom: orderStatus,
  table: readTable('order_trade_line', columns, TRADE_LINE_INDICES),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  reads: ['state', 'lines', 'charges'], // the other properties that it reads never change
  deriveRows: tradeLinesOf,
};
