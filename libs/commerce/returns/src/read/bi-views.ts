import { tradeLineView } from '#orders';
import { type BiView, computed, itemColumns, major, moneyColumns, plainColumns, plainColumnsOf } from '#projections';
import { returnColumns, returnCredit, returnLine } from './return-status.projection.js';

const lineNumber = computed('bigint', 't.line_number', '1, 2, … in the return');
const lastColumns = {
  class: tradeLineView.class,
  return_attributes: computed('jsonb', 'r.attributes', 'Facts of the return, as the channel gave them'),
  ...plainColumnsOf('t', returnColumns, ['occurredAt']),
  ...plainColumns(returnColumns, 'recordedAt'),
};

/** PostgreSQL leaves the returns `r` out when a query shows none of their columns. */
const linesOfSource = (source: 'return_line' | 'return_credit') =>
  `read.return_trade_line t LEFT JOIN read.return_status r ON r.return_id = t.return_id WHERE t.source = '${source}'`;

export const returnBiViews: readonly BiView[] = [
  {
    name: 'return',
    comment: 'One row per return: recorded as an external fact, or requested in Kontor',
    columns: {
      ...plainColumns(returnColumns, 'returnId', 'channel', 'externalRef', 'customerId', 'buyerId', 'currency'),
      total: computed(
        'numeric',
        major('r.total'),
        'The refund that is due: positive; exact decimal of the major unit, as all amounts',
      ),
      ...plainColumns(returnColumns, 'blind', 'units'),
      lines: computed('integer', 'jsonb_array_length(r.lines)', 'Number of lines'),
      ...plainColumns(
        returnColumns,
        'attributes',
        'occurredAt',
        'recordedAt',
        'state',
        'orderId',
        'reason',
        'refundTo',
      ),
      ...moneyColumns(returnColumns, 'worth', 'fees', 'refunded'),
      ...plainColumns(returnColumns, 'failure', 'newOrderId', 'giftCardId', 'locationId'),
    },
    from: 'read.return_status r',
  },
  {
    name: 'return_line',
    comment: 'One row per line of a return: returned goods',
    columns: {
      ...plainColumnsOf('t', returnColumns, ['returnId']),
      ...itemColumns(returnLine, 'lineId'),
      line_number: lineNumber,
      ...plainColumnsOf('t', returnColumns, ['channel']),
      ...plainColumns(returnColumns, 'externalRef', 'customerId'),
      ...plainColumnsOf('t', returnColumns, ['buyerId']),
      ...itemColumns(returnLine, 'sku'),
      quantity: computed('bigint', '-t.quantity', 'Returned units: positive'),
      ...itemColumns(returnLine, 'disposition', 'locationId'),
      ...plainColumnsOf('t', returnColumns, ['currency']),
      unit_price: tradeLineView.unitPrice,
      amount: computed('numeric', '-t.amount', 'quantity × unit_price, exact: positive, although it reduces revenue'),
      original_order_id: computed('text', 't.original_order_id', 'The order in which the goods were sold, if known'),
      original_line_id: computed('text', 't.original_line_id', 'The line that it was sold in'),
      ...itemColumns(returnLine, 'attributes'),
      ...lastColumns,
    },
    from: linesOfSource('return_line'),
  },
  {
    name: 'return_credit',
    comment: 'One row per credit of a return: money besides the goods',
    columns: {
      ...plainColumnsOf('t', returnColumns, ['returnId', 'channel']),
      ...plainColumns(returnColumns, 'externalRef', 'customerId'),
      ...plainColumnsOf('t', returnColumns, ['buyerId', 'currency']),
      charge_id: computed('text', 't.line_id', 'Id of the credit, unique in the return'),
      line_number: lineNumber,
      ...itemColumns(returnCredit, 'kind', 'title', 'quantity'),
      unit_price: tradeLineView.unitPrice,
      amount: computed('numeric', 't.amount', 'quantity × unit_price as booked, exact: negative gives money back'),
      ...itemColumns(returnCredit, 'attributes'),
      ...lastColumns,
    },
    from: linesOfSource('return_credit'),
  },
];
