import { type ExactInteger } from '#kernel';
import { column, nullable, propertiesOf, type RowOf } from '#projections';
import { contact, integer, object, recordOf, type Schema, texts } from '#schema';

/** A sum over all orders may be beyond 2^53. */
const amounts: Schema<Readonly<Record<string, ExactInteger>>> = recordOf(integer);

export const customer360Columns = {
  customerId: column.text('Id of the customer, or the random subject id of a guest'),
  registered: column.flag('false: a guest'),
  country: nullable(column.text('ISO 3166-1 alpha-2; of a guest, where the last order went')),
  locale: nullable(column.text('BCP 47; of a guest, that of the last order')),
  identities: column.integer('Number of linked identities'),
  attributes: column.json(texts, 'Facts of the customer, as the channel gave them'),
  registeredAt: nullable(column.instant('Business time of the registration')),
  orders: column.bigint('Orders of every state'),
  ordersPending: column.bigint('Orders that have no answer yet'),
  ordersRejected: column.bigint('Orders that were rejected'),
  ordersCancelled: column.bigint('Orders of which all lines were cancelled'),
  value: column.json(amounts, 'Minor units by currency: what was bought and not cancelled, before returns'),
  unitsBought: column.bigint('Units that were bought and not cancelled, before returns'),
  returns: column.bigint('Number of returns'),
  unitsReturned: column.bigint('Units that came back'),
  returnsTotal: column.json(amounts, 'Minor units by currency: refunds of returns'),
  returnsRate: nullable(column.decimal('Units returned / units bought; null when none was bought')),
  firstPurchase: nullable(column.instant('Business time of the first order that stands')),
  lastPurchase: nullable(column.instant('Business time of the last order that stands')),
  channels: column.texts('Channels that the customer registered at, bought from or returned to'),
};

/** A customer over all channels, without personal data. A guest is one who never registered. */
export type Customer360 = RowOf<typeof customer360Columns>;

export const customerSchema = object({ ...propertiesOf(customer360Columns), contact });

/**
 * What is known of each customer, registered or guest, summed over orders and returns. A query, not a table of its own:
 * the events that decide an order's fate do not name its buyer, and so the figures cannot disagree with the orders.
 * Conditions on `customer_id` reach the indices of all three tables.
 */
export const CUSTOMER_360 = `
  SELECT b.customer_id,
         p.customer_id IS NOT NULL AS registered,
         coalesce(p.country, o.country) AS country,
         coalesce(p.locale, o.locale) AS locale,
         coalesce(cardinality(p.identities), 0) AS identities,
         coalesce(p.attributes, '{}') AS attributes,
         p.registered_at,
         coalesce(o.orders, 0) AS orders,
         coalesce(o.orders_pending, 0) AS orders_pending,
         coalesce(o.orders_rejected, 0) AS orders_rejected,
         coalesce(o.orders_cancelled, 0) AS orders_cancelled,
         coalesce(v.value, '{}') AS value,
         coalesce(o.units_bought, 0)::bigint AS units_bought,
         coalesce(r.returns, 0) AS returns,
         coalesce(r.units_returned, 0)::bigint AS units_returned,
         coalesce(w.returns_total, '{}') AS returns_total,
         round(r.units_returned / nullif(o.units_bought, 0), 4) AS returns_rate,
         o.first_purchase, o.last_purchase,
         ARRAY(SELECT DISTINCT c FROM unnest(p.channel || o.channels || r.channels) AS c WHERE c IS NOT NULL ORDER BY c)
           AS channels
  FROM (SELECT customer_id FROM read.customer
        UNION SELECT buyer_id FROM read.order_status WHERE buyer_id IS NOT NULL
        UNION SELECT buyer_id FROM read.return_status WHERE buyer_id IS NOT NULL) AS b
  LEFT JOIN read.customer AS p ON p.customer_id = b.customer_id
  LEFT JOIN (
    SELECT buyer_id, count(*) AS orders,
           count(*) FILTER (WHERE state = 'pending') AS orders_pending,
           count(*) FILTER (WHERE state = 'rejected') AS orders_rejected,
           count(*) FILTER (WHERE state = 'cancelled') AS orders_cancelled,
           sum(units_ordered - units_cancelled) FILTER (WHERE state IN ('confirmed', 'recorded')) AS units_bought,
           min(placed_at) FILTER (WHERE state IN ('confirmed', 'recorded')) AS first_purchase,
           max(placed_at) FILTER (WHERE state IN ('confirmed', 'recorded')) AS last_purchase,
           (array_agg(country ORDER BY placed_at DESC) FILTER (WHERE country IS NOT NULL))[1] AS country,
           (array_agg(locale ORDER BY placed_at DESC) FILTER (WHERE locale IS NOT NULL))[1] AS locale,
           array_agg(DISTINCT channel) AS channels
    FROM read.order_status GROUP BY buyer_id) AS o ON o.buyer_id = b.customer_id
  LEFT JOIN (
    SELECT buyer_id, jsonb_object_agg(currency, amount) AS value
    FROM (SELECT buyer_id, currency, sum(total - cancelled_amount) AS amount FROM read.order_status
          WHERE state IN ('confirmed', 'cancelled', 'recorded') GROUP BY buyer_id, currency) AS each
    GROUP BY buyer_id) AS v ON v.buyer_id = b.customer_id
  LEFT JOIN (
    SELECT buyer_id, count(*) AS returns, sum(units) AS units_returned, array_agg(DISTINCT channel) AS channels
    FROM read.return_status GROUP BY buyer_id) AS r ON r.buyer_id = b.customer_id
  LEFT JOIN (
    SELECT buyer_id, jsonb_object_agg(currency, amount) AS returns_total
    FROM (SELECT buyer_id, currency, sum(total) AS amount FROM read.return_status GROUP BY buyer_id, currency) AS each
    GROUP BY buyer_id) AS w ON w.buyer_id = b.customer_id`;
