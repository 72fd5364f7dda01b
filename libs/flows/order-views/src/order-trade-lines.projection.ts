import { decimalText } from '#kernel';
import { CHARGE_KINDS, METHODS } from '#orders';
import { column, type DerivedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { texts } from '#schema';
import { type OrderLineStatus } from './order-line-status.js';
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
  unitPrice: column.exact('In the major unit, as amount'),
  amount: column.exact('quantity × unit price, not rounded'),
  attributes: nullable(column.json(texts)),
  class: nullable(column.text('attributes.class')),
  occurredAt: column.instant('Business time of placing the order'),
};

/** A line or a charge of an order, for analysts. */
type OrderTradeLine = RowOf<typeof columns>;

const ofOrder = ({ orderId, channel, buyerId, attributes, country, state, currency, placedAt }: OrderStatus) => ({
  ...{ orderId, channel, buyerId, state, currency },
  country: attributes['country'] ?? country,
  occurredAt: placedAt,
});

type Priced = Pick<OrderLineStatus, 'unitPrice' | 'title' | 'attributes'>;

const ofItem = ({ unitPrice: { amount, scale }, title, attributes }: Priced, quantity: number) => ({
  title: title ?? null,
  quantity,
  unitPrice: decimalText(amount, scale),
  amount: decimalText(BigInt(quantity) * BigInt(amount), scale),
  attributes: attributes ?? null,
  class: attributes?.['class'] ?? null,
});

const NO_GOODS = {
  ...{ sku: null, method: null, locationId: null },
  ...{ ordered: null, open: null, allocated: null, fulfilled: null, cancelled: null, returned: null },
};

/** Most orders are pending for less than a second, so that their rows would be written twice. Views add those that are. */
const tradeLinesOf = (order: OrderStatus) => (order.state === 'pending' ? [] : linesOf(order));

const linesOf = (order: OrderStatus): readonly OrderTradeLine[] => [
  ...order.lines.map((line, index): OrderTradeLine => {
    const { lineId, sku, method, locationId = null } = line;
    const { ordered, open, allocated, fulfilled, cancelled, returned } = line;
    return {
      ...ofOrder(order),
      ...{ source: 'order_line', lineNumber: index + 1, lineId },
      ...{ sku, kind: null, method, locationId, ordered, open, allocated, fulfilled, cancelled, returned },
      ...ofItem(line, ordered - cancelled),
    };
  }),
  ...order.charges.map((charge, index): OrderTradeLine => {
    const { chargeId, kind, quantity } = charge;
    return {
      ...ofOrder(order),
      ...{ source: 'order_charge', lineNumber: index + 1, lineId: chargeId },
      ...{ ...NO_GOODS, kind },
      ...ofItem(charge, quantity),
    };
  }),
];

export const orderTradeLines: DerivedProjection<OrderTradeLine, OrderStatus> = {
  name: 'order_trade_line',
  version: 1,
  categories: [],
  source: orderStatus,
  table: readTable('order_trade_line', columns, [
    { columns: ['occurredAt'] },
    { columns: ['sku', 'occurredAt'], where: 'sku IS NOT NULL' },
    { columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  reads: ['state', 'lines', 'charges'], // what else it reads never changes
  deriveRows: tradeLinesOf,
};
