import { type BiView, computed, major, shown, shownItems, shownMoney, shownOf } from '#projections';
import { returnColumns, returnCredit, returnLine } from './return-status.projection.js';

const unitPrice = computed('numeric', 't.unit_price', 'Price of one unit, exact decimal of the major unit');
const lineNumber = computed('bigint', 't.line_number', '1, 2, … in the return');
const lastColumns = {
  class: computed('text', 't.class', 'attributes.class, where an import sets it'),
  return_attributes: computed('jsonb', 'r.attributes', 'Facts of the return, as the channel gave them'),
  ...shownOf('t', returnColumns, ['occurredAt']),
  ...shown(returnColumns, 'recordedAt'),
};

/** PostgreSQL leaves the returns `r` out when a query shows none of their columns. */
const linesOfSource = (source: 'return_line' | 'return_credit') =>
  `read.return_trade_line t LEFT JOIN read.return_status r ON r.return_id = t.return_id WHERE t.source = '${source}'`;

export const returnBiViews: readonly BiView[] = [
  {
    name: 'return',
    comment: 'One row per return: recorded as an external fact, or requested in Kontor',
    columns: {
      ...shown(returnColumns, 'returnId', 'channel', 'externalRef', 'customerId', 'buyerId', 'currency'),
      total: computed(
        'numeric',
        major('r.total'),
        'The refund that is due: positive; exact decimal of the major unit, as all amounts',
      ),
      ...shown(returnColumns, 'blind', 'units'),
      lines: computed('integer', 'jsonb_array_length(r.lines)', 'Number of lines'),
      ...shown(returnColumns, 'attributes', 'occurredAt', 'recordedAt', 'state', 'orderId', 'reason', 'refundTo'),
      ...shownMoney(returnColumns, 'worth', 'fees', 'refunded'),
      ...shown(returnColumns, 'failure', 'newOrderId', 'giftCardId', 'locationId'),
    },
    from: 'read.return_status r',
  },
  {
    name: 'return_line',
    comment: 'One row per line of a return: returned goods',
    columns: {
      ...shownOf('t', returnColumns, ['returnId']),
      ...shownItems(returnLine, 'lineId'),
      line_number: lineNumber,
      ...shownOf('t', returnColumns, ['channel']),
      ...shown(returnColumns, 'externalRef', 'customerId'),
      ...shownOf('t', returnColumns, ['buyerId']),
      ...shownItems(returnLine, 'sku'),
      quantity: computed('bigint', '-t.quantity', 'Returned units: positive'),
      ...shownItems(returnLine, 'disposition', 'locationId'),
      ...shownOf('t', returnColumns, ['currency']),
      unit_price: unitPrice,
      amount: computed('numeric', '-t.amount', 'quantity × unit_price, exact: positive, although it reduces revenue'),
      original_order_id: computed('text', 't.original_order_id', 'The order in which the goods were sold, if known'),
      original_line_id: computed('text', 't.original_line_id', 'The line that it was sold in'),
      ...shownItems(returnLine, 'attributes'),
      ...lastColumns,
    },
    from: linesOfSource('return_line'),
  },
  {
    name: 'return_credit',
    comment: 'One row per credit of a return: money besides the goods',
    columns: {
      ...shownOf('t', returnColumns, ['returnId', 'channel']),
      ...shown(returnColumns, 'externalRef', 'customerId'),
      ...shownOf('t', returnColumns, ['buyerId', 'currency']),
      charge_id: computed('text', 't.line_id', 'Id of the credit, unique in the return'),
      line_number: lineNumber,
      ...shownItems(returnCredit, 'kind', 'title', 'quantity'),
      unit_price: unitPrice,
      amount: computed('numeric', 't.amount', 'quantity × unit_price as booked, exact: negative gives money back'),
      ...shownItems(returnCredit, 'attributes'),
      ...lastColumns,
    },
    from: linesOfSource('return_credit'),
  },
];
