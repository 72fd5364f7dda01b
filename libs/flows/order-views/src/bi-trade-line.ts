import { type BiView, computed, price, shown } from '#projections';
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
    ...shown(orderColumns, 'channel', 'buyerId'),
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
    SELECT 'order_line' AS source, o.order_id AS document_id, l ->> 'lineId' AS line_id, o.channel, o.buyer_id,
           coalesce(o.attributes ->> 'country', o.country) AS country, l ->> 'sku' AS sku,
           l -> 'attributes' ->> 'class' AS class, o.currency, n.units AS quantity,
           n.units * ${price(`(l -> 'unitPrice')`)} AS amount, o.placed_at AS occurred_at
    FROM read.order_status o
    CROSS JOIN LATERAL jsonb_array_elements(o.lines) AS l
    CROSS JOIN LATERAL (SELECT (l ->> 'ordered')::bigint - (l ->> 'cancelled')::bigint AS units) AS n
    WHERE o.state IN ('confirmed', 'cancelled', 'recorded')
    UNION ALL
    SELECT 'order_charge', o.order_id, c ->> 'chargeId', o.channel, o.buyer_id,
           coalesce(o.attributes ->> 'country', o.country), NULL, c -> 'attributes' ->> 'class', o.currency,
           (c ->> 'quantity')::bigint, (c ->> 'quantity')::bigint * ${price(`(c -> 'unitPrice')`)}, o.placed_at
    FROM read.order_status o CROSS JOIN LATERAL jsonb_array_elements(o.charges) AS c
    WHERE o.state IN ('confirmed', 'cancelled', 'recorded')
    UNION ALL
    SELECT 'return_line', r.return_id, l ->> 'lineId', r.channel, r.buyer_id, r.attributes ->> 'country', l ->> 'sku',
           l -> 'attributes' ->> 'class', r.currency, -(l ->> 'quantity')::bigint,
           -(l ->> 'quantity')::bigint * ${price(`(l -> 'unitPrice')`)}, r.occurred_at
    FROM read.return_status r CROSS JOIN LATERAL jsonb_array_elements(r.lines) AS l
    UNION ALL
    SELECT 'return_credit', r.return_id, c ->> 'chargeId', r.channel, r.buyer_id, r.attributes ->> 'country', NULL,
           c -> 'attributes' ->> 'class', r.currency, (c ->> 'quantity')::bigint,
           (c ->> 'quantity')::bigint * ${price(`(c -> 'unitPrice')`)}, r.occurred_at
    FROM read.return_status r CROSS JOIN LATERAL jsonb_array_elements(r.credits) AS c
    UNION ALL
    SELECT 'ledger_entry', e.entry_id, NULL, e.channel, NULL, e.attributes ->> 'country', NULL,
           e.attributes ->> 'class', e.currency, e.quantity, e.quantity * ${price('e.unit_price')}, e.occurred_at
    FROM read.ledger_entry e
    UNION ALL
    SELECT 'stock_adjustment', m.ref, NULL, m.channel, NULL, NULL, m.sku, m.reason, NULL, m.quantity, 0, m.occurred_at
    FROM read.stock_movement m WHERE m.type = 'StockAdjusted') AS r`,
};
