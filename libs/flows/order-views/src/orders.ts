import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { withScope, type Scope } from '#database';
import { cursorOf, placeAt, type Stamp, stampColumns } from '#projections';
import { orderColumns, orderStatus, type OrderState, type OrderStatus } from './order-status.projection.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; absent on the last one. */
  readonly next?: string;
}

export interface OrderFilter {
  readonly channel?: string;
  /** Id of a customer, or the subject of a guest. */
  readonly buyerId?: string;
  readonly state?: OrderState;
}

/** Parts of an order that a list shows only when they are asked for: they are most of its size. */
export const LIST_FIELDS = ['lines', 'charges'] as const;
type ListField = (typeof LIST_FIELDS)[number];

/** An order in a list. */
export type OrderSummary = Omit<OrderStatus, ListField> & Partial<Pick<OrderStatus, ListField>> & Stamp;

export interface PageRequest {
  /** `next` of the page before. */
  readonly cursor?: string;
  /** Maximum number of items, 1 to 200. Default 50. */
  readonly limit?: number;
  /** Default: none of them. */
  readonly fields?: readonly ListField[];
}

/** The orders that the reader may see: those of their channel or subject, or all with channel `*`. */
@Injectable()
export class Orders {
  constructor(private readonly database: DataSource) {}

  findOrder(scope: Scope, orderId: string): Promise<(OrderStatus & Stamp) | null> {
    return withScope(this.database, scope, (db) => db.getRepository(orderStatus.table).findOneBy({ orderId }));
  }

  /** @returns orders by business time, newest first */
  listOrders(scope: Scope, filter: OrderFilter = {}, page: PageRequest = {}): Promise<Page<OrderSummary>> {
    const limit = pageSize(page);
    return withScope(this.database, scope, async (db) => {
      const ids = await newestOrderIds(
        db,
        { ...ownOrders(scope), ...filter },
        { limit: limit + 1, cursor: page.cursor },
      );
      const rows = await db
        .getRepository(orderStatus.table)
        .find({ where: { orderId: In(ids) }, select: shownIn(page) });
      const byId = new Map(rows.map((row): [string, OrderSummary] => [row.orderId, row]));
      const items = ids.slice(0, limit).flatMap((id) => byId.get(id) ?? []);
      const last = items.at(-1);
      return ids.length > limit && last ? { items, next: cursorOf(last.placedAt, last.orderId) } : { items };
    });
  }
}

/** The columns that a list shows, by their property in a row. */
const shownIn = ({ fields = [] }: PageRequest): Readonly<Record<string, boolean>> => ({
  ...mapToTrue({ ...stampColumns, ...orderColumns }),
  lines: fields.includes('lines'),
  charges: fields.includes('charges'),
});

const mapToTrue = (columns: object) => Object.fromEntries(Object.keys(columns).map((name) => [name, true]));

const pageSize = ({ limit = 50 }: PageRequest) => Math.min(Math.max(1, limit), 200);

/** Repeats row-level security, so that the index on the channel is used. */
const ownOrders = ({ channel, subject }: Scope): OrderFilter =>
  channel === '*' ? {} : subject === undefined ? { channel } : { buyerId: subject };

/** Without channel and buyer, the newest orders of each channel are merged, so that one index serves all queries. */
const newestOrderIds = async (
  db: EntityManager,
  { channel, buyerId, state }: OrderFilter,
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Promise<string[]> => {
  const filter = (column: string, value: string) => `
    SELECT o.order_id, o.placed_at FROM read.order_status o
    WHERE o.${column} = ${value} AND ($1::text IS NULL OR o.state = $1) AND ($4::text IS NULL OR o.channel = $4)
      AND ($2::timestamptz IS NULL OR (o.placed_at, o.order_id) < ($2, $3))
    ORDER BY o.placed_at DESC, o.order_id DESC LIMIT $5`;
  const [placedAt, orderId] = cursor === undefined ? [null, null] : placeAt(cursor);
  const values = [state ?? null, placedAt, orderId, channel ?? null, limit];
  const sql =
    buyerId !== undefined
      ? filter('buyer_id', '$6')
      : channel !== undefined
        ? filter('channel', '$4')
        : `WITH RECURSIVE c (channel) AS (
             SELECT min(channel) FROM read.order_status
             UNION ALL
             SELECT (SELECT min(o.channel) FROM read.order_status o WHERE o.channel > c.channel) FROM c
             WHERE c.channel IS NOT NULL)
           SELECT n.order_id FROM c CROSS JOIN LATERAL (${filter('channel', 'c.channel')}) AS n
           ORDER BY n.placed_at DESC, n.order_id DESC LIMIT $5`;
  const rows = await db.query<{ order_id: string }[]>(sql, buyerId === undefined ? values : [...values, buyerId]);
  return rows.map((row) => row.order_id);
};
