import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { withScope, type Scope } from '#database';
import { type Page, type PageRequest } from './orders.js';
import { type Stamp } from '#projections';
import { orderTimeline, type OrderTimelineEntry } from './order-timeline.projection.js';

/** The timelines of the orders that the reader may see. */
@Injectable()
export class OrderTimelines {
  constructor(private readonly database: DataSource) {}

  /** @returns entries, oldest first; none for an order that the reader may not see */
  listEntries(
    scope: Scope,
    orderId: string,
    { limit = 50, cursor }: PageRequest = {},
  ): Promise<Page<OrderTimelineEntry & Stamp>> {
    const take = Math.min(Math.max(1, limit), 200);
    return withScope(this.database, scope, async (db) => {
      const found = await db.getRepository(orderTimeline.table).find({
        where: { orderId, position: MoreThan(Number(cursor ?? -1)) },
        order: { position: 'ASC' },
        take: take + 1,
      });
      const items = found.slice(0, take);
      return found.length > take ? { items, next: String(items.at(-1)?.position) } : { items };
    });
  }

  /** @returns the names of all streams with an event in the timeline */
  streamsOf(scope: Scope, orderId: string): Promise<readonly string[]> {
    return withScope(this.database, scope, async (db) => {
      const sql = 'SELECT DISTINCT stream FROM read.order_timeline WHERE order_id = $1';
      const rows = await db.query<{ stream: string }[]>(sql, [orderId]);
      return rows.map(({ stream }) => stream);
    });
  }
}
