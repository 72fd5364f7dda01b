import { major, price, type BiView } from '#projections';
import { tradeLine } from './bi-trade-line.js';

const money = { unit_price: 'Exact decimal of the major unit', currency: 'ISO 4217' };
const times = { occurred_at: 'Business time', recorded_at: 'When it was recorded' };

export const orderBiViews: readonly BiView[] = [
  {
    name: 'order',
    comment: 'One row per order, of every state: for sales take state in (confirmed, cancelled, recorded)',
    columns: {
      ...times,
      occurred_at: 'Business time of placing it',
      buyer_id: 'The customer, or the random subject id of a guest; null when neither is known',
      state: 'pending, confirmed, rejected, cancelled (all lines), recorded (a sale from elsewhere, already fulfilled)',
      order_state: 'schema.org OrderStatus',
      total: 'Sum of lines and charges, each rounded half up to the minor unit; exact decimal of the major unit',
      cancelled_amount: 'What cancelled units were worth; the total of a rejected order',
      returned_amount: 'What returned units that name this order were worth',
      net: 'total - cancelled_amount - returned_amount',
    },
    sql: `
      SELECT order_id, channel, external_ref, customer_id, buyer_id, state, order_state, payment_state,
             fulfillment_state, return_state, currency, ${major('total')} AS total,
             ${major('cancelled_amount')} AS cancelled_amount, ${major('returned_amount')} AS returned_amount,
             ${major('total - cancelled_amount - returned_amount')} AS net,
             jsonb_array_length(lines) AS lines, units_ordered, units_cancelled, units_returned,
             country, locale, attributes, jsonb_array_length(holds) AS holds, reasons,
             placed_at AS occurred_at, recorded_at, expires_at, position
      FROM read.order_status`,
  },
  {
    name: 'order_line',
    comment:
      'One row per line of an order, of every state of the order. ordered = open + allocated + fulfilled + cancelled',
    columns: {
      ...money,
      ...times,
      line_number: '1, 2, … in the order',
      line_revenue: 'ordered × unit_price, exact, not rounded',
      net_revenue: '(ordered - cancelled) × unit_price, exact; returns are in return_line',
      class: 'attributes.class, where an import sets it',
      state: 'Of the order',
    },
    sql: `
      SELECT o.order_id, t."lineId" AS line_id, t.rank AS line_number, o.channel, o.external_ref, o.customer_id,
             o.buyer_id, o.country, o.state, t.sku, t.title, t.method, t."locationId" AS location_id,
             t.ordered, t.open, t.allocated, t.fulfilled, t.cancelled, t.returned, o.currency,
             ${price('t."unitPrice"')} AS unit_price, t.ordered * ${price('t."unitPrice"')} AS line_revenue,
             (t.ordered - t.cancelled) * ${price('t."unitPrice"')} AS net_revenue,
             t.attributes, t.attributes ->> 'class' AS class, o.attributes AS order_attributes,
             o.placed_at AS occurred_at, o.recorded_at
      FROM read.order_status o
      CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(o.lines) AS
        ("lineId" text, sku text, title text, method text, "locationId" text, ordered bigint, open bigint,
         allocated bigint, fulfilled bigint, cancelled bigint, returned bigint, "unitPrice" jsonb, attributes jsonb))
      WITH ORDINALITY AS t("lineId", sku, title, method, "locationId", ordered, open, allocated, fulfilled, cancelled,
                           returned, "unitPrice", attributes, rank)`,
  },
  {
    name: 'order_charge',
    comment: 'One row per charge of an order: money that is not goods, such as shipping, fees, discounts',
    columns: {
      ...money,
      ...times,
      amount: 'quantity × unit_price, exact; negative for discounts',
      state: 'Of the order',
    },
    sql: `
      SELECT o.order_id, o.channel, o.external_ref, o.customer_id, o.buyer_id, o.country, o.state, o.currency,
             t."chargeId" AS charge_id, t.rank AS line_number, t.kind, t.title, t.quantity,
             ${price('t."unitPrice"')} AS unit_price, t.quantity * ${price('t."unitPrice"')} AS amount,
             t.attributes, t.attributes ->> 'class' AS class, o.attributes AS order_attributes, o.placed_at AS occurred_at, o.recorded_at
      FROM read.order_status o
      CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(o.charges) AS
        ("chargeId" text, kind text, title text, quantity bigint, "unitPrice" jsonb, attributes jsonb))
      WITH ORDINALITY AS t("chargeId", kind, title, quantity, "unitPrice", attributes, rank)`,
  },
  {
    name: 'ledger_entry',
    comment: 'One row per correction of the books that belongs to no order',
    columns: { ...money, ...times, amount: 'quantity × unit_price, exact and signed' },
    sql: `
      SELECT entry_id, channel, external_ref, title, currency, quantity, ${price('unit_price')} AS unit_price,
             quantity * ${price('unit_price')} AS amount, attributes, attributes ->> 'class' AS class,
             occurred_at, recorded_at
      FROM read.ledger_entry`,
  },
  tradeLine,
];
