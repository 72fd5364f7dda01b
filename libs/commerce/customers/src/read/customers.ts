import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope, type Scope } from '#database';
import { exactInteger } from '#kernel';
import { CUSTOMER_360, type Customer360 } from './customer-360.js';

type Instant = 'registeredAt' | 'firstPurchase' | 'lastPurchase';
type Amounts = 'value' | 'returnsTotal';

type Row = Omit<Customer360, Instant | Amounts> &
  Record<Instant, Date | null> &
  Record<Amounts, Readonly<Record<string, string>>>;

/** Amounts as text, because the driver would round them. */
const asTexts = (amounts: string) =>
  `(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each_text(${amounts}))`;

const QUERY = `
  SELECT customer_id AS "customerId", registered, country, locale, identities, attributes, orders::float8,
         orders_pending::float8 AS "ordersPending", orders_rejected::float8 AS "ordersRejected",
         orders_cancelled::float8 AS "ordersCancelled", ${asTexts('value')} AS value, units_bought::float8 AS "unitsBought",
         returns::float8, units_returned::float8 AS "unitsReturned", ${asTexts('returns_total')} AS "returnsTotal",
         returns_rate::float8 AS "returnsRate", registered_at AS "registeredAt", first_purchase AS "firstPurchase",
         last_purchase AS "lastPurchase", channels
  FROM (${CUSTOMER_360}) AS c WHERE customer_id = $1`;

@Injectable()
export class Customers {
  constructor(private readonly database: DataSource) {}

  /** @returns undefined if there is no such customer, or the reader is neither staff (`*`) nor this customer */
  async findCustomer(scope: Scope, customerId: string): Promise<Customer360 | undefined> {
    if (scope.channel !== '*' && scope.subject !== customerId) return undefined;
    const [row] = await withScope(this.database, scope, (db) => db.query<Row[]>(QUERY, [customerId]));
    return row && toCustomer360(row);
  }
}

const toCustomer360 = ({
  value,
  returnsTotal,
  registeredAt,
  firstPurchase,
  lastPurchase,
  ...row
}: Row): Customer360 => ({
  ...row,
  value: toAmounts(value),
  returnsTotal: toAmounts(returnsTotal),
  registeredAt: toIso(registeredAt),
  firstPurchase: toIso(firstPurchase),
  lastPurchase: toIso(lastPurchase),
});

const toAmounts = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([currency, digits]) => [currency, exactInteger(digits)]));

const toIso = (instant: Date | null) => instant?.toISOString() ?? null;
