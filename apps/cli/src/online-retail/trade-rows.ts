import { WAREHOUSE } from './documents.js';

/** Condition for the code of a product. */
const isProduct = (code: string) => `${code} ~ '^[0-9]{5}[A-Za-z]{0,2}$'`;

/** Common table expressions that restore the rows of the file from the read models; `$1` is a month in London or `all`. */
export const TRADE_ROWS = `
  booked AS (
    SELECT external_ref AS invoice, line_id::int AS line, coalesce(attributes ->> 'code', sku) AS code, class,
           ordered AS quantity, unit_price AS price, attributes AS own, occurred_at,
           customer_id AS customer, order_attributes AS document
    FROM bi.order_line
    UNION ALL
    SELECT external_ref, charge_id::int, attributes ->> 'code', class, quantity, unit_price, attributes,
           occurred_at, customer_id, order_attributes
    FROM bi.order_charge WHERE order_attributes ->> 'source' = 'online-retail'
    UNION ALL
    SELECT external_ref, line_id::int, coalesce(attributes ->> 'code', sku), class, -quantity, unit_price,
           attributes, occurred_at, customer_id, return_attributes
    FROM bi.return_line
    UNION ALL
    SELECT external_ref, charge_id::int, attributes ->> 'code', class, quantity, unit_price, attributes,
           occurred_at, customer_id, return_attributes
    FROM bi.return_credit WHERE return_attributes ->> 'source' = 'online-retail'
    UNION ALL
    SELECT external_ref, regexp_replace(entry_id, '.*-', '')::int, attributes ->> 'code', class, quantity, unit_price,
           attributes, occurred_at, NULL, attributes
    FROM bi.ledger_entry
    UNION ALL
    SELECT split_part(ref, '/', 1), split_part(ref, '/', 2)::int, coalesce(nullif(split_part(ref, '/', 3), ''), sku),
           reason, quantity, 0, jsonb_build_object('variant', nullif(split_part(ref, '/', 4), '')), occurred_at, NULL, '{"source": "online-retail"}'
    FROM bi.stock_movement
    WHERE type = 'StockAdjusted' AND reason IN ('stock_writeoff', 'stock_found') AND location_id = '${WAREHOUSE}'
  ),
  timed AS (
    SELECT *, coalesce((own ->> 'at')::timestamptz, occurred_at) AT TIME ZONE 'Europe/London' AS at
    FROM booked WHERE document ->> 'source' = 'online-retail'
  ),
  trade AS MATERIALIZED (
    SELECT invoice, line, code, upper(code) AS sku, class, quantity, price, quantity * price AS money, at, customer,
           coalesce(own ->> 'country', document ->> 'country') AS country, own ->> 'variant' AS variant, ${isProduct('code')} AS product,
           CASE left(invoice, 1) WHEN 'A' THEN 'adjust' WHEN 'C' THEN 'cancel' ELSE 'sale' END AS kind,
           class IN ('stock_writeoff', 'stock_found') AS correction
    FROM timed WHERE $1 IN ('all', to_char(at, 'YYYY-MM'))
  )`;

/** Movements of products in the warehouse. */
export const MOVEMENTS = `
  moved AS MATERIALIZED (
    SELECT upper(sku) AS sku, type, quantity FROM bi.stock_movement
    WHERE location_id = '${WAREHOUSE}' AND ${isProduct('sku')}
      AND $1 IN ('all', to_char(occurred_at AT TIME ZONE 'Europe/London', 'YYYY-MM'))
  )`;

/** Pounds with the three decimals of the file's finest price. */
export const pounds = (sum: string) => `round(coalesce(${sum}, 0), 3)::text`;
