import { tradeLineView } from '#orders';
import {
  type BiView,
  computed,
  itemsSql,
  major,
  price,
  plainColumns,
  plainColumnsOf,
  moneyColumns,
  itemColumns,
  stampColumns,
} from '#projections';
import { tradeLine } from './bi-trade-line.js';
import { ledgerEntryColumns } from './ledger-entries.projection.js';
import { orderLine } from './order-line-status.js';
import { orderCharge, orderColumns } from './order-status.projection.js';

const lineNumber = computed('bigint', 't.line_number', '1, 2, … in the order');
const stateOfOrder = computed('text', 't.state', 'State of the order');
const PLACED_AT = 'Business time of placing it';
const lastColumns = {
  class: tradeLineView.class,
  order_attributes: computed('jsonb', 'r.attributes', 'Facts of the order, as the channel gave them'),
  occurred_at: computed('timestamptz', 't.occurred_at', PLACED_AT),
  ...plainColumns(orderColumns, 'recordedAt'),
};

const partiesOfOrder = {
  ...plainColumns(orderColumns, 'externalRef', 'customerId'),
  ...plainColumnsOf('t', orderColumns, ['buyerId']),
  ...plainColumns(orderColumns, 'country'),
};

const UNITS = 'ordered, open, allocated, fulfilled, cancelled, returned, quantity';
const COLUMNS = `order_id, line_number, line_id, channel, buyer_id, state, currency, sku, title, kind, method, location_id,
      ${UNITS}, unit_price, amount, attributes, class, occurred_at`;

/**
 * Goods or charges `t` of orders `r`; those of pending orders have no rows yet. PostgreSQL leaves `r` out when a query shows
 * none of its columns.
 */
const linesOfOrders = (source: 'order_line' | 'order_charge', pending: string) => `(
    SELECT ${COLUMNS} FROM read.order_trade_line WHERE source = '${source}'
    UNION ALL
    ${pending}) t LEFT JOIN read.order_status r ON r.order_id = t.order_id`;

const ofPending = (lineId: string, what: string, units: string, amount: string) => `
    SELECT o.order_id, t.rank, ${lineId}, o.channel, o.buyer_id, o.state, o.currency, ${what},
           ${units}, ${price('t.unit_price')}, ${amount} * ${price('t.unit_price')}, t.attributes, t.attributes ->> 'class', o.placed_at`;
const pendingLines = `${ofPending(
  't.line_id',
  't.sku, t.title, NULL, t.method, t.location_id',
  't.ordered, t.open, t.allocated, t.fulfilled, t.cancelled, t.returned, t.ordered - t.cancelled',
  '(t.ordered - t.cancelled)',
)}
    FROM read.order_status o ${itemsSql('o.lines', orderLine)} WHERE o.state = 'pending'`;
const pendingCharges = `${ofPending(
  't.charge_id',
  'NULL, t.title, t.kind, NULL, NULL',
  'NULL, NULL, NULL, NULL, NULL, NULL, t.quantity',
  't.quantity',
)}
    FROM read.order_status o ${itemsSql('o.charges', orderCharge)} WHERE o.state = 'pending'`;

export const orderBiViews: readonly BiView[] = [
  {
    name: 'order',
    comment: 'One row per order, of every state: for sales take state in (confirmed, cancelled, recorded)',
    columns: {
      ...plainColumns(
        orderColumns,
        'orderId',
        'channel',
        'externalRef',
        'customerId',
        'buyerId',
        'state',
        'orderState',
      ),
      ...plainColumns(orderColumns, 'paymentState', 'fulfillmentState', 'returnState', 'currency'),
      total: computed(
        'numeric',
        major('r.total'),
        'Sum of lines and charges, each rounded half up to the minor unit; exact decimal of the major unit',
      ),
      ...moneyColumns(orderColumns, 'cancelledAmount', 'returnedAmount'),
      net: computed(
        'numeric',
        major('r.total - r.cancelled_amount - r.returned_amount'),
        'total - cancelled_amount - returned_amount',
      ),
      lines: computed('integer', 'jsonb_array_length(r.lines)', 'Number of lines'),
      ...plainColumns(
        orderColumns,
        'unitsOrdered',
        'unitsCancelled',
        'unitsReturned',
        'country',
        'locale',
        'attributes',
      ),
      holds: computed('integer', 'jsonb_array_length(r.holds)', 'Number of holds that are not released'),
      ...plainColumns(orderColumns, 'reasons'),
      occurred_at: computed('timestamptz', 'r.placed_at', PLACED_AT),
      ...plainColumns(orderColumns, 'recordedAt', 'expiresAt'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.order_status r',
  },
  {
    name: 'order_line',
    comment:
      'One row per line of an order, of every state of the order. ordered = open + allocated + fulfilled + cancelled',
    columns: {
      ...plainColumnsOf('t', orderColumns, ['orderId']),
      ...itemColumns(orderLine, 'lineId'),
      line_number: lineNumber,
      ...plainColumnsOf('t', orderColumns, ['channel']),
      ...partiesOfOrder,
      state: stateOfOrder,
      ...itemColumns(orderLine, 'sku', 'title', 'method', 'locationId'),
      ...itemColumns(orderLine, 'ordered', 'open', 'allocated', 'fulfilled', 'cancelled', 'returned'),
      ...plainColumnsOf('t', orderColumns, ['currency']),
      unit_price: tradeLineView.unitPrice,
      line_revenue: computed('numeric', 't.ordered * t.unit_price', 'ordered × unit_price, exact, not rounded'),
      net_revenue: computed(
        'numeric',
        't.amount',
        '(ordered - cancelled) × unit_price, exact; returns are in return_line',
      ),
      ...itemColumns(orderLine, 'attributes'),
      ...lastColumns,
    },
    from: linesOfOrders('order_line', pendingLines),
  },
  {
    name: 'order_charge',
    comment: 'One row per charge of an order: money that is not goods, such as shipping, fees, discounts',
    columns: {
      ...plainColumnsOf('t', orderColumns, ['orderId', 'channel']),
      ...partiesOfOrder,
      state: stateOfOrder,
      ...plainColumnsOf('t', orderColumns, ['currency']),
      charge_id: computed('text', 't.line_id', 'Id of the charge, unique in the order'),
      line_number: lineNumber,
      ...itemColumns(orderCharge, 'kind', 'title', 'quantity'),
      unit_price: tradeLineView.unitPrice,
      amount: computed('numeric', 't.amount', 'quantity × unit_price, exact; negative for discounts'),
      ...itemColumns(orderCharge, 'attributes'),
      ...lastColumns,
    },
    from: linesOfOrders('order_charge', pendingCharges),
  },
  {
    name: 'ledger_entry',
    comment: 'One row per correction of the trade figures that belongs to no order',
    columns: {
      ...plainColumns(ledgerEntryColumns, 'entryId', 'channel', 'externalRef', 'title', 'currency', 'quantity'),
      unit_price: computed('numeric', price('r.unit_price'), tradeLineView.unitPrice.meaning),
      amount: computed('numeric', `r.quantity * ${price('r.unit_price')}`, 'quantity × unit_price, exact and signed'),
      ...plainColumns(ledgerEntryColumns, 'attributes'),
      class: computed('text', `r.attributes ->> 'class'`, tradeLineView.class.meaning),
      ...plainColumns(ledgerEntryColumns, 'occurredAt', 'recordedAt'),
    },
    from: 'read.ledger_entry r',
  },
  tradeLine,
];
