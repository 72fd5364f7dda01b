import { major, price, type BiView } from '#projections';

const money = { unit_price: 'Exact decimal of the major unit', currency: 'ISO 4217' };
const times = { occurred_at: 'Business time', recorded_at: 'When it was recorded' };

export const returnBiViews: readonly BiView[] = [
  {
    name: 'return',
    comment: 'One row per return: recorded as a fact, or with a life of its own',
    columns: {
      ...times,
      blind: 'No line names the order that it was sold in',
      total: 'What the buyer gets back: positive; exact decimal of the major unit',
      worth: 'What the units taken back were worth, before fees',
      refunded: 'Given back so far',
      state: 'recorded, or requested, approved, declined, closed',
      failure: 'Why the last refund failed: a person must see to it',
    },
    sql: `
      SELECT return_id, channel, external_ref, customer_id, buyer_id, currency, ${major('total')} AS total, blind, units,
             jsonb_array_length(lines) AS lines, attributes, occurred_at, recorded_at, state, order_id, reason,
             refund_to, ${major('worth')} AS worth, ${major('fees')} AS fees, ${major('refunded')} AS refunded,
             failure, new_order_id, gift_card_id, location_id
      FROM read.return_status`,
  },
  {
    name: 'return_line',
    comment: 'One row per line of a return: goods that came back',
    columns: {
      ...money,
      ...times,
      quantity: 'Units that came back: positive',
      amount: 'quantity × unit_price, exact: positive, although it reduces revenue',
      original_order_id: 'The order that it was sold in, where that is known',
    },
    sql: `
      SELECT r.return_id, t."lineId" AS line_id, t.rank AS line_number, r.channel, r.external_ref, r.customer_id,
             r.buyer_id, t.sku, t.quantity, t.disposition, t."locationId" AS location_id, r.currency,
             ${price('t."unitPrice"')} AS unit_price, t.quantity * ${price('t."unitPrice"')} AS amount,
             t.original ->> 'orderId' AS original_order_id, t.original ->> 'lineId' AS original_line_id,
             t.attributes, t.attributes ->> 'class' AS class, r.attributes AS return_attributes,
             r.occurred_at, r.recorded_at
      FROM read.return_status r
      CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(r.lines) AS
        ("lineId" text, sku text, quantity bigint, disposition text, "locationId" text, "unitPrice" jsonb,
         original jsonb, attributes jsonb))
      WITH ORDINALITY AS t("lineId", sku, quantity, disposition, "locationId", "unitPrice", original, attributes, rank)`,
  },
  {
    name: 'return_credit',
    comment: 'One row per credit of a return: money besides the goods',
    columns: { ...money, ...times, amount: 'quantity × unit_price as booked, exact: negative gives money back' },
    sql: `
      SELECT r.return_id, r.channel, r.external_ref, r.customer_id, r.buyer_id, r.currency, t."chargeId" AS charge_id, t.rank AS line_number, t.kind, t.title, t.quantity,
             ${price('t."unitPrice"')} AS unit_price, t.quantity * ${price('t."unitPrice"')} AS amount,
             t.attributes, t.attributes ->> 'class' AS class, r.attributes AS return_attributes, r.occurred_at, r.recorded_at
      FROM read.return_status r
      CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(r.credits) AS
        ("chargeId" text, kind text, title text, quantity bigint, "unitPrice" jsonb, attributes jsonb))
      WITH ORDINALITY AS t("chargeId", kind, title, quantity, "unitPrice", attributes, rank)`,
  },
];
