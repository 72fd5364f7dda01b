import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cursorOf, placeAt, type Stamp } from '#projections';
import { described, listOf, object, text, type ValueOf } from '#schema';
import { type FulfillmentStatus } from '../domain/fulfillment-state.js';
import { fulfillments, type FulfillmentRow } from './fulfillments.projection.js';
import { shipments, type ShipmentRow } from './shipments.projection.js';

type StampedRow = FulfillmentRow & Stamp;

interface FulfillmentPage {
  readonly items: readonly StampedRow[];
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string;
}

export interface WorklistRequest {
  /** All open work if left out. */
  readonly state?: FulfillmentStatus;
  readonly limit: number;
  readonly cursor?: string;
}

export const consolidationSchema = object({
  recipient: described(text, 'What the fulfillment orders share'),
  fulfillmentIds: described(listOf(text), 'The oldest first'),
  orderIds: described(listOf(text), 'The orders of the fulfillment orders, in the same order'),
});

/** Fulfillment orders that could leave together. */
export type Consolidation = ValueOf<typeof consolidationSchema>;

/** Fulfillment orders, for the people who do the work. They say nothing about the buyer. */
@Injectable()
export class Fulfillments {
  constructor(private readonly db: DataSource) {}

  get(fulfillmentId: string): Promise<StampedRow | null> {
    return this.db.getRepository(fulfillments.table).findOneBy({ fulfillmentId });
  }

  /** The fulfillment orders of an order, the oldest first. */
  listForOrder(orderId: string): Promise<readonly StampedRow[]> {
    return this.db
      .getRepository(fulfillments.table)
      .find({ where: { orderId }, order: { assignedAt: 'ASC', fulfillmentId: 'ASC' } });
  }

  /** What a location could send together: open work for each recipient of two or more orders there. */
  async consolidations(locationId: string, limit: number): Promise<readonly Consolidation[]> {
    const found = await this.db
      .getRepository(fulfillments.table)
      .createQueryBuilder('f')
      .select('f.recipient', 'recipient')
      .addSelect('array_agg(f.fulfillment_id ORDER BY f.assigned_at, f.fulfillment_id)', 'fulfillmentIds')
      .addSelect('array_agg(f.order_id ORDER BY f.assigned_at, f.fulfillment_id)', 'orderIds')
      .where('f.work_at = :locationId', { locationId })
      .andWhere(`f.is_open AND f.recipient IS NOT NULL AND f.method = 'ship'`)
      .andWhere('NOT f.held AND f.shipment_id IS NULL')
      .groupBy('f.recipient')
      .having('count(*) > 1')
      .orderBy('min(f.assigned_at)')
      .limit(limit)
      .getRawMany<Consolidation>();
    return found;
  }

  shipment(shipmentId: string): Promise<(ShipmentRow & Stamp) | null> {
    return this.db.getRepository(shipments.table).findOneBy({ shipmentId });
  }

  /** The work of a location, the oldest first. */
  async workList(locationId: string, { state, limit, cursor }: WorklistRequest): Promise<FulfillmentPage> {
    const [assignedAt, after] = cursor === undefined ? [] : placeAt(cursor);
    const query = this.db
      .getRepository(fulfillments.table)
      .createQueryBuilder('f')
      .where('f.work_at = :locationId', { locationId })
      .andWhere(state === undefined ? 'f.is_open' : 'f.state = :state', { state })
      .orderBy('f.assigned_at')
      .addOrderBy('f.fulfillment_id')
      .limit(limit + 1);
    if (assignedAt) query.andWhere('(f.assigned_at, f.fulfillment_id) > (:assignedAt, :after)', { assignedAt, after });
    const found = await query.getMany();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return found.length > limit && last ? { items, next: cursorOf(last.assignedAt, last.fulfillmentId) } : { items };
  }
}
