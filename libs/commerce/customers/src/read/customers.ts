import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope, type Scope } from '#database';
import { CUSTOMER_360 } from './customer-360.js';

/** Minor units by ISO 4217 currency. */
export type Amounts = Readonly<Record<string, number>>;

/** A customer over all channels, without personal data. A guest is one who never registered. */
export interface Customer360 {
  readonly customerId: string;
  readonly registered: boolean;
  /** ISO 3166-1 alpha-2; of a guest, where the last order went. */
  readonly country: string | null;
  /** BCP 47. */
  readonly locale: string | null;
  /** Number of linked identities. */
  readonly identities: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Orders of every state. */
  readonly orders: number;
  readonly ordersPending: number;
  readonly ordersRejected: number;
  readonly ordersCancelled: number;
  /** What was bought and not cancelled, before returns. */
  readonly value: Amounts;
  readonly unitsBought: number;
  readonly returns: number;
  readonly unitsReturned: number;
  /** Money given back. */
  readonly returnsTotal: Amounts;
  /** Units returned of units bought; null when none was bought. */
  readonly returnsRate: number | null;
  /** ISO 8601 UTC. */
  readonly registeredAt: string | null;
  readonly firstPurchase: string | null;
  readonly lastPurchase: string | null;
  readonly channels: readonly string[];
}

const QUERY = `
  SELECT customer_id AS "customerId", registered, country, locale, identities, attributes, orders::float8,
         orders_pending::float8 AS "ordersPending", orders_rejected::float8 AS "ordersRejected",
         orders_cancelled::float8 AS "ordersCancelled", value, units_bought::float8 AS "unitsBought",
         returns::float8, units_returned::float8 AS "unitsReturned", returns_total AS "returnsTotal",
         returns_rate::float8 AS "returnsRate", registered_at AS "registeredAt", first_purchase AS "firstPurchase",
         last_purchase AS "lastPurchase", channels
  FROM (${CUSTOMER_360}) AS c WHERE customer_id = $1`;

type Row = Omit<Customer360, 'registeredAt' | 'firstPurchase' | 'lastPurchase'> &
  Record<'registeredAt' | 'firstPurchase' | 'lastPurchase', Date | null>;

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
