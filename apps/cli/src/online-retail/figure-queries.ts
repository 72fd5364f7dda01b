/** Queries for the figures of the data set in the views for analysts. The result of each is one row: figure → value. */
import { MOVEMENTS, pounds, TRADE_ROWS } from './trade-rows.js';

type Figures = Readonly<Record<string, string>>;

const select = (figures: Figures) =>
  Object.entries(figures)
    .map(([name, sql]) => `(${sql}) AS "${name}"`)
    .join(',\n');

const rows = (condition: string) => `count(*) FILTER (WHERE ${condition})`;
const units = (condition: string) => `coalesce(sum(quantity) FILTER (WHERE ${condition}), 0)`;
const money = (condition: string) => pounds(`sum(money) FILTER (WHERE ${condition})`);
const distinct = (what: string, condition = 'true') => `count(DISTINCT ${what}) FILTER (WHERE ${condition})`;
const stamp = (time: string) => `to_char(${time}, 'YYYY-MM-DD HH24:MI:SS')`;

const SHIPPING = `sku IN ('POST', 'DOT', 'C2')`;
const FREE = `kind = 'sale' AND price = 0 AND NOT correction`;

/** Figures over all rows. */
const TOTALS: Figures = {
  rows: 'count(*)',
  invoices: distinct('invoice'),
  distinct_customers: distinct('customer'),
  customers_with_sale: distinct('customer', `kind = 'sale'`),
  customers_with_cancellation: distinct('customer', `kind = 'cancel'`),
  rows_without_customer: rows('customer IS NULL'),
  invoices_without_customer: distinct('invoice', 'customer IS NULL'),
  distinct_stock_codes: distinct('code'),
  distinct_stock_codes_ignoring_case: distinct('sku'),
  distinct_product_codes: distinct('code', 'product'),
  countries: distinct('country'),
  first_timestamp: stamp('min(at)'),
  last_timestamp: stamp('max(at)'),
  days_with_rows: distinct('at::date'),
  quantity_net: units('true'),
  quantity_sale_positive: units(`kind = 'sale' AND quantity > 0`),
  quantity_cancelled: `-${units(`kind = 'cancel'`)}`,
  quantity_cancelled_products_only: `-${units(`kind = 'cancel' AND product`)}`,
  cancel_rows_with_positive_quantity: rows(`kind = 'cancel' AND quantity > 0`),
  stock_writeoff_rows: rows(`class = 'stock_writeoff'`),
  stock_writeoff_units: `-${units(`class = 'stock_writeoff'`)}`,
  stock_found_rows: rows(`class = 'stock_found'`),
  stock_found_units: units(`class = 'stock_found'`),
  free_line_rows: rows(FREE),
  free_line_units: units(FREE),
  zero_price_rows: rows('price = 0'),
  negative_price_rows: rows('price < 0'),
  rows_with_price_below_one_penny_nonzero: rows('price > 0 AND price < 0.01'),
  revenue_net: money('true'),
  revenue_sale: money(`kind = 'sale'`),
  revenue_cancel: money(`kind = 'cancel'`),
  revenue_adjust: money(`kind = 'adjust'`),
  revenue_net_products_only: money('product'),
  revenue_net_with_customer: money('customer IS NOT NULL'),
  revenue_net_lines_rounded_half_up_to_pence: pounds('sum(round(money, 2))'),
  shipping_charges_POST_DOT_C2: money(SHIPPING),
  invoices_with_DOT_line: distinct('invoice', `sku = 'DOT'`),
  invoices_with_POST_line: distinct('invoice', `sku = 'POST'`),
  min_quantity: 'min(quantity)',
  max_quantity: 'max(quantity)',
  orders_to_place: distinct('invoice', `kind = 'sale' AND NOT correction`),
  orders_to_place_without_customer: distinct('invoice', `kind = 'sale' AND NOT correction AND customer IS NULL`),
  invoices_with_stock_adjustment: distinct('invoice', 'correction'),
};

/** The five groups by `what` with the greatest `value`. */
const top5 = (what: string, value: string, condition: string, show = value) => `
  SELECT coalesce(json_agg(json_build_array(name, shown) ORDER BY value DESC, name COLLATE "C"), '[]') FROM (
    SELECT ${what} AS name, ${value} AS value, ${show} AS shown FROM trade
    WHERE ${condition} GROUP BY ${what} ORDER BY 2 DESC, ${what} COLLATE "C" LIMIT 5) AS top`;

const byName = (name: string, value: string, condition = 'true') => `
  SELECT coalesce(json_object_agg(name, value), '{}') FROM (
    SELECT ${name} AS name, ${value} AS value FROM trade WHERE ${condition} GROUP BY 1) AS named`;

/** The number of groups for which a condition holds. */
const groups = (by: string, condition: string) =>
  `SELECT count(*) FROM (SELECT FROM trade GROUP BY ${by} HAVING ${condition}) AS found`;

const SOLD = `product AND kind = 'sale' AND quantity > 0`;
const CUSTOMER = 'customer IS NOT NULL';

const GROUPED: Figures = {
  invoices_by_kind: byName('kind', 'count(DISTINCT invoice)'),
  rows_by_kind: byName('kind', 'count(*)'),
  rows_by_non_product_code: byName('code', 'count(*)', 'NOT product'),
  row_classes_rows_units_money: byName('class', `json_build_array(count(*), sum(quantity), ${pounds('sum(money)')})`),
  customers_only_cancellation: groups('customer', `customer IS NOT NULL AND bool_and(kind = 'cancel')`),
  customers_with_more_than_one_country: groups('customer', `${CUSTOMER} AND count(DISTINCT country) > 1`),
  invoices_with_more_than_one_timestamp: groups('invoice', 'count(DISTINCT at) > 1'),
  invoices_both_order_and_stock_adjustment: groups('invoice', 'bool_or(correction) AND NOT bool_and(correction)'),
  exact_duplicate_rows: `SELECT coalesce(sum(rows - 1), 0) FROM (
    SELECT count(*) AS rows FROM trade GROUP BY invoice, code, quantity, at, price, customer, country,
      variant) AS same`,
  invoice_stockcode_pairs_with_more_than_one_row: groups('invoice, code', 'count(*) > 1'),
  max_lines_in_one_invoice:
    'SELECT coalesce(max(rows), 0) FROM (SELECT count(*) AS rows FROM trade GROUP BY invoice) AS sizes',
  top5_products_by_units_sold_gross: top5('sku', 'sum(quantity)', SOLD),
  top5_products_by_units_net_of_cancellations: top5('sku', 'sum(quantity)', `${SOLD} OR product AND kind = 'cancel'`),
  top5_products_by_revenue_net: top5('sku', 'sum(money)', 'product', pounds('sum(money)')),
  top5_products_by_units_cancelled: top5('sku', '-sum(quantity)', `product AND kind = 'cancel'`),
  top5_customers_by_revenue_net: top5('customer', 'sum(money)', CUSTOMER, pounds('sum(money)')),
  top5_countries_by_revenue_net: top5('country', 'sum(money)', 'country IS NOT NULL', pounds('sum(money)')),
};

/** The units of every row leave stock, as the data set defines it; the quantity of a correction has the opposite sign. */
const LEDGER: Figures = {
  stock_ledger_product_codes: 'count(*)',
  stock_ledger_sum: 'coalesce(sum(units), 0)',
  stock_ledger_codes_above_zero: 'count(*) FILTER (WHERE units > 0)',
  stock_ledger_codes_at_zero: 'count(*) FILTER (WHERE units = 0)',
};

/**
 * Sales and returns of each customer and product by time. A return beyond what the customer has is rejected: `missing` is
 * the number of rejected units so far, which is the lowest balance below zero.
 */
const MATCHED = `
  traded AS MATERIALIZED (
    SELECT *, kind = 'cancel' AS back, row_number() OVER own AS place, sum(quantity) OVER own AS balance,
           coalesce(min(at) FILTER (WHERE kind = 'sale') OVER same <= at, false) AS bought,
           coalesce(min(at) FILTER (WHERE kind = 'sale') OVER alike <= at, false) AS exact
    FROM trade WHERE ${CUSTOMER} AND product AND (kind = 'cancel' OR kind = 'sale' AND quantity > 0)
    WINDOW same AS (PARTITION BY customer, sku),
           alike AS (PARTITION BY customer, sku, abs(quantity), price),
           own AS (PARTITION BY customer, sku ORDER BY at, substring(invoice FROM '[0-9]+'), line)
  ),
  short AS (
    SELECT *, greatest(0, -min(balance) OVER (PARTITION BY customer, sku ORDER BY place)) AS missing FROM traded
  ),
  matched AS (
    SELECT *, missing - coalesce(lag(missing) OVER (PARTITION BY customer, sku ORDER BY place), 0) AS rejected FROM short
  ),
  returned AS (SELECT * FROM matched WHERE back)`;

/**
 * Null where the order of rows within a minute matters, which the read models do not keep: a customer returns goods in one
 * invoice, and buys or returns the same in another.
 */
const inTimeOrder = (sql: string) => `
  CASE WHEN NOT EXISTS (SELECT FROM traded GROUP BY customer, sku, at HAVING bool_or(back) AND count(DISTINCT invoice) > 1)
    THEN ${sql} END`;

const RETURNS: Figures = {
  return_rows_with_customer_and_product: 'count(*)',
  return_units_with_customer_and_product: '-coalesce(sum(quantity), 0)',
  return_rows_with_exact_original: 'count(*) FILTER (WHERE exact)',
  return_rows_with_any_earlier_purchase: 'count(*) FILTER (WHERE bought)',
  return_rows_without_any_earlier_purchase: 'count(*) FILTER (WHERE NOT bought)',
  return_units_exceeding_purchases_ignoring_time: `SELECT coalesce(sum(greatest(0, -units)), 0)
    FROM (SELECT sum(quantity) AS units FROM traded GROUP BY customer, sku) AS held`,
  return_units_accepted_in_time_order: inTimeOrder('-coalesce(sum(quantity), 0) - coalesce(sum(rejected), 0)'),
  return_units_rejected_in_time_order: inTimeOrder('coalesce(sum(rejected), 0)'),
  return_rows_not_fully_covered_in_time_order: inTimeOrder('count(*) FILTER (WHERE rejected > 0)'),
};

/** Each has the month as `$1`. */
export const FIGURE_QUERIES: readonly string[] = [
  `WITH ${TRADE_ROWS} SELECT ${select(TOTALS)} FROM trade`,
  `WITH ${TRADE_ROWS} SELECT ${select(GROUPED)}`,
  `WITH ${MOVEMENTS}, stock AS (
     SELECT sum(CASE type WHEN 'StockAdjusted' THEN -quantity ELSE quantity END) AS units FROM moved GROUP BY sku)
   SELECT ${select(LEDGER)} FROM stock`,
  `WITH ${TRADE_ROWS}, ${MATCHED} SELECT ${select(RETURNS)} FROM returned`,
];

const CORRECTIONS = 'corrections of stock and returned lines keep no description';

const TIME_ORDER = 'of invoices of the same minute, the read models do not keep the order in the file';

/** Figures that the read models cannot give, always or of some files → the reason. */
export const NOT_IN_READ_MODELS: Readonly<Record<string, string>> = {
  rows_without_description: CORRECTIONS,
  stock_codes_with_more_than_one_description: CORRECTIONS,
  stock_writeoff_rows_with_customer: 'a correction of stock belongs to no customer',
  stock_writeoff_rows_with_nonzero_price: 'a correction of stock has no price',
  return_units_accepted_in_time_order: TIME_ORDER,
  return_units_rejected_in_time_order: TIME_ORDER,
  return_rows_not_fully_covered_in_time_order: TIME_ORDER,
  invoices_with_mixed_customer: 'an order or return belongs to one customer or to none',
};
