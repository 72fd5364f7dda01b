import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope, type Scope } from '#database';
import { CUSTOMER_360, type Customer360 } from './customer-360.js';

type Row = Omit<Customer360, 'registeredAt' | 'firstPurchase' | 'lastPurchase'> &
  Record<'registeredAt' | 'firstPurchase' | 'lastPurchase', Date | null>;

const QUERY = `
  SELECT customer_id AS "customerId", registered, country, locale, identities, attributes, orders::float8,
         orders_pending::float8 AS "ordersPending", orders_rejected::float8 AS "ordersRejected",
         orders_cancelled::float8 AS "ordersCancelled", value, units_bought::float8 AS "unitsBought",
         returns::float8, units_returned::float8 AS "unitsReturned", returns_total AS "returnsTotal",
         returns_rate::float8 AS "returnsRate", registered_at AS "registeredAt", first_purchase AS "firstPurchase",
         last_purchase AS "lastPurchase", channels
  FROM (${CUSTOMER_360}) AS c WHERE customer_id = $1`;

@Injectable()
export class Customers {
  constructor(private readonly database: DataSource) {}

  /** Undefined, too, when the reader is neither staff (`*`) nor the customer: no channel looks customers up. */
  async get(scope: Scope, customerId: string): Promise<Customer360 | undefined> {
    if (scope.channel !== '*' && scope.subject !== customerId) return undefined;
    const [row] = await withScope(this.database, scope, (db) => db.query<Row[]>(QUERY, [customerId]));
    return row && fromRow(row);
  }
}

const fromRow = ({ registeredAt, firstPurchase, lastPurchase, ...row }: Row): Customer360 => ({
  ...row,
  registeredAt: iso(registeredAt),
  firstPurchase: iso(firstPurchase),
  lastPurchase: iso(lastPurchase),
});

const iso = (instant: Date | null) => instant?.toISOString() ?? null;
