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

  /** @returns undefined if there is no such customer, or the reader is neither staff (`*`) nor this customer */
  async findCustomer(scope: Scope, customerId: string): Promise<Customer360 | undefined> {
    if (scope.channel !== '*' && scope.subject !== customerId) return undefined;
    const [row] = await withScope(this.database, scope, (db) => db.query<Row[]>(QUERY, [customerId]));
    return row && toCustomer360(row);
  }
}

const toCustomer360 = ({ registeredAt, firstPurchase, lastPurchase, ...row }: Row): Customer360 => ({
  ...row,
  registeredAt: toIso(registeredAt),
  firstPurchase: toIso(firstPurchase),
  lastPurchase: toIso(lastPurchase),
});

const toIso = (instant: Date | null) => instant?.toISOString() ?? null;
