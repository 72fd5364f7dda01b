import {
  type BiView,
  computed,
  itemsSql,
  major,
  price,
  shown,
  shownItems,
  shownMoney,
  stampColumns,
} from '#projections';
import { tradeLine } from './bi-trade-line.js';
import { ledgerEntryColumns } from './ledger-entries.projection.js';
import { orderLine } from './order-line-status.js';
import { orderCharge, orderColumns } from './order-status.projection.js';

const PRICE = 'Price of one unit, exact decimal of the major unit';
const CLASS = 'attributes.class, where an import sets it';

const unitPrice = computed('numeric', price('t."unitPrice"'), PRICE);
const lineNumber = computed('bigint', 't.rank', '1, 2, … in the order');
const stateOfOrder = computed('text', 'r.state', 'State of the order');
const occurredAt = computed('timestamptz', 'r.placed_at', 'Business time of placing it');
const lastColumns = {
  class: computed('text', `t.attributes ->> 'class'`, CLASS),
  order_attributes: computed('jsonb', 'r.attributes', 'Facts of the order, as the channel gave them'),
  occurred_at: occurredAt,
  ...shown(orderColumns, 'recordedAt'),
};

export const orderBiViews: readonly BiView[] = [
  {
    name: 'order',
    comment: 'One row per order, of every state: for sales take state in (confirmed, cancelled, recorded)',
    columns: {
      ...shown(orderColumns, 'orderId', 'channel', 'externalRef', 'customerId', 'buyerId', 'state', 'orderState'),
      ...shown(orderColumns, 'paymentState', 'fulfillmentState', 'returnState', 'currency'),
      total: computed(
        'numeric',
        major('r.total'),
        'Sum of lines and charges, each rounded half up to the minor unit; exact decimal of the major unit',
      ),
      ...shownMoney(orderColumns, 'cancelledAmount', 'returnedAmount'),
      net: computed(
        'numeric',
        major('r.total - r.cancelled_amount - r.returned_amount'),
        'total - cancelled_amount - returned_amount',
      ),
      lines: computed('integer', 'jsonb_array_length(r.lines)', 'Number of lines'),
      ...shown(orderColumns, 'unitsOrdered', 'unitsCancelled', 'unitsReturned', 'country', 'locale', 'attributes'),
      holds: computed('integer', 'jsonb_array_length(r.holds)', 'Number of holds that are not released'),
      ...shown(orderColumns, 'reasons'),
      occurred_at: occurredAt,
      ...shown(orderColumns, 'recordedAt', 'expiresAt'),
      ...shown(stampColumns, 'position'),
    },
    from: 'read.order_status r',
  },
  {
    name: 'order_line',
    comment:
      'One row per line of an order, of every state of the order. ordered = open + allocated + fulfilled + cancelled',
    columns: {
      ...shown(orderColumns, 'orderId'),
      ...shownItems(orderLine, 'lineId'),
      line_number: lineNumber,
      ...shown(orderColumns, 'channel', 'externalRef', 'customerId', 'buyerId', 'country'),
      state: stateOfOrder,
      ...shownItems(orderLine, 'sku', 'title', 'method', 'locationId'),
      ...shownItems(orderLine, 'ordered', 'open', 'allocated', 'fulfilled', 'cancelled', 'returned'),
      ...shown(orderColumns, 'currency'),
      unit_price: unitPrice,
      line_revenue: computed(
        'numeric',
        `t.ordered * ${price('t."unitPrice"')}`,
        'ordered × unit_price, exact, not rounded',
      ),
      net_revenue: computed(
        'numeric',
        `(t.ordered - t.cancelled) * ${price('t."unitPrice"')}`,
        '(ordered - cancelled) × unit_price, exact; returns are in return_line',
      ),
      ...shownItems(orderLine, 'attributes'),
      ...lastColumns,
    },
    from: `read.order_status r ${itemsSql('r.lines', orderLine)}`,
  },
  {
    name: 'order_charge',
    comment: 'One row per charge of an order: money that is not goods, such as shipping, fees, discounts',
    columns: {
      ...shown(orderColumns, 'orderId', 'channel', 'externalRef', 'customerId', 'buyerId', 'country'),
      state: stateOfOrder,
      ...shown(orderColumns, 'currency'),
      ...shownItems(orderCharge, 'chargeId'),
      line_number: lineNumber,
      ...shownItems(orderCharge, 'kind', 'title', 'quantity'),
      unit_price: unitPrice,
      amount: computed(
        'numeric',
        `t.quantity * ${price('t."unitPrice"')}`,
        'quantity × unit_price, exact; negative for discounts',
      ),
      ...shownItems(orderCharge, 'attributes'),
      ...lastColumns,
    },
    from: `read.order_status r ${itemsSql('r.charges', orderCharge)}`,
  },
  {
    name: 'ledger_entry',
    comment: 'One row per correction of the trade figures that belongs to no order',
    columns: {
      ...shown(ledgerEntryColumns, 'entryId', 'channel', 'externalRef', 'title', 'currency', 'quantity'),
      unit_price: computed('numeric', price('r.unit_price'), PRICE),
      amount: computed('numeric', `r.quantity * ${price('r.unit_price')}`, 'quantity × unit_price, exact and signed'),
      ...shown(ledgerEntryColumns, 'attributes'),
      class: computed('text', `r.attributes ->> 'class'`, CLASS),
      ...shown(ledgerEntryColumns, 'occurredAt', 'recordedAt'),
    },
    from: 'read.ledger_entry r',
  },
  tradeLine,
];
