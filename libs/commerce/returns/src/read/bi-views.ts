import { type BiView, computed, itemsSql, major, price, shown, shownItems, shownMoney } from '#projections';
import { returnColumns, returnCredit, returnLine } from './return-status.projection.js';

const unitPrice = computed('numeric', price('t."unitPrice"'), 'Price of one unit, exact decimal of the major unit');
const lineNumber = computed('bigint', 't.rank', '1, 2, … in the return');
const amount = (meaning: string) => computed('numeric', `t.quantity * ${price('t."unitPrice"')}`, meaning);
const lastColumns = {
  class: computed('text', `t.attributes ->> 'class'`, 'attributes.class, where an import sets it'),
  return_attributes: computed('jsonb', 'r.attributes', 'Facts of the return, as the channel gave them'),
  ...shown(returnColumns, 'occurredAt', 'recordedAt'),
};

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
      ...shown(returnColumns, 'returnId'),
      ...shownItems(returnLine, 'lineId'),
      line_number: lineNumber,
      ...shown(returnColumns, 'channel', 'externalRef', 'customerId', 'buyerId'),
      ...shownItems(returnLine, 'sku', 'quantity', 'disposition', 'locationId'),
      ...shown(returnColumns, 'currency'),
      unit_price: unitPrice,
      amount: amount('quantity × unit_price, exact: positive, although it reduces revenue'),
      original_order_id: computed(
        'text',
        `t.original ->> 'orderId'`,
        'The order in which the goods were sold, if known',
      ),
      original_line_id: computed('text', `t.original ->> 'lineId'`, 'The line that it was sold in'),
      ...shownItems(returnLine, 'attributes'),
      ...lastColumns,
    },
    from: `read.return_status r ${itemsSql('r.lines', returnLine)}`,
  },
  {
    name: 'return_credit',
    comment: 'One row per credit of a return: money besides the goods',
    columns: {
      ...shown(returnColumns, 'returnId', 'channel', 'externalRef', 'customerId', 'buyerId', 'currency'),
      ...shownItems(returnCredit, 'chargeId'),
      line_number: lineNumber,
      ...shownItems(returnCredit, 'kind', 'title', 'quantity'),
      unit_price: unitPrice,
      amount: amount('quantity × unit_price as booked, exact: negative gives money back'),
      ...shownItems(returnCredit, 'attributes'),
      ...lastColumns,
    },
    from: `read.return_status r ${itemsSql('r.credits', returnCredit)}`,
  },
];
