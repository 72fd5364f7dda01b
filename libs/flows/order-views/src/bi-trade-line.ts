import { type BiView, computed, price, plainColumns } from '#projections';
import { orderColumns } from './order-status.projection.js';

/** All lines that affect revenue in one view, with a uniform sign. */
export const tradeLine: BiView = {
  name: 'trade_line',
  comment:
    'One row per booked line: goods and charges of orders that stand, goods and credits of returns, ledger entries, ' +
    'and corrections of stock. The sum of amount is net revenue',
  columns: {
    source: computed(
      'text',
      'r.source',
      'order_line, order_charge, return_line, return_credit, ledger_entry or stock_adjustment',
    ),
    document_id: computed(
      'text',
      'r.document_id',
      'Id of the order, return or ledger entry; of a correction its document',
    ),
    line_id: computed('text', 'r.line_id', 'Id of the line, charge or credit'),
    ...plainColumns(orderColumns, 'channel', 'buyerId'),
    country: computed(
      'text',
      'r.country',
      'attributes.country as written by the source, or else the ISO code of the order',
    ),
    sku: computed('text', 'r.sku', 'The SKU; null for money that is not goods'),
    class: computed(
      'text',
      'r.class',
      'attributes.class, where an import sets it; of a correction of stock its reason',
    ),
    currency: computed('text', 'r.currency', 'ISO 4217; null for a correction of stock'),
    quantity: computed('bigint', 'r.quantity', 'Signed units: returns are negative'),
    amount: computed('numeric', 'r.amount', 'Signed, exact, not rounded'),
    occurred_at: computed('timestamptz', 'r.occurred_at', 'Business time'),
  },
  from: `(
    SELECT source, order_id AS document_id, line_id, channel, buyer_id, country, sku, class, currency, quantity, amount,
           occurred_at
    FROM read.order_trade_line WHERE state IN ('confirmed', 'cancelled', 'recorded')
    UNION ALL
    SELECT source, return_id, line_id, channel, buyer_id, country, sku, class, currency, quantity, amount, occurred_at
    FROM read.return_trade_line
    UNION ALL
    SELECT 'ledger_entry', e.entry_id, NULL, e.channel, NULL, e.attributes ->> 'country', NULL,
           e.attributes ->> 'class', e.currency, e.quantity, e.quantity * ${price('e.unit_price')}, e.occurred_at
    FROM read.ledger_entry e
    UNION ALL
    SELECT 'stock_adjustment', m.ref, NULL, m.channel, NULL, NULL, m.sku, m.reason, NULL, m.quantity, 0, m.occurred_at
    FROM read.stock_movement m WHERE m.type = 'StockAdjusted') AS r`,
};
