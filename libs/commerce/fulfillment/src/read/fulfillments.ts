import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Stamp } from '#projections';
import { type FulfillmentStatus } from '../domain/fulfillment-state.js';
import { fulfillments, type FulfillmentRow } from './fulfillments.projection.js';
import { shipments, type ShipmentRow } from './shipments.projection.js';

type Row = FulfillmentRow & Stamp;

interface Page {
  readonly items: readonly Row[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface WorklistRequest {
  /** All that is open, if left out. */
  readonly state?: FulfillmentStatus;
  readonly limit: number;
  readonly cursor?: string;
}

/** Fulfilment orders that could leave together. */
export interface Consolidation {
  readonly recipient: string;
  /** The oldest first; `orderIds` in the same order. */
  readonly fulfillmentIds: readonly string[];
  readonly orderIds: readonly string[];
}

/** Fulfilment orders, for whoever does the work: they say nothing about the buyer. */
@Injectable()
export class Fulfillments {
  constructor(private readonly db: DataSource) {}

  get(fulfillmentId: string): Promise<Row | null> {
    return this.db.getRepository(fulfillments.table).findOneBy({ fulfillmentId });
  }

  /** The oldest first. */
  ofOrder(orderId: string): Promise<readonly Row[]> {
    return this.db
      .getRepository(fulfillments.table)
      .find({ where: { orderId }, order: { assignedAt: 'ASC', fulfillmentId: 'ASC' } });
  }

  /** What a location could send together: open work for one recipient that has two orders or more there. */
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

  /** What a location has to do, the oldest first. */
  async worklist(locationId: string, { state, limit, cursor }: WorklistRequest): Promise<Page> {
    const [assignedAt, after] = decode(cursor);
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
    return found.length > limit && last ? { items, next: encode(last.assignedAt, last.fulfillmentId) } : { items };
  }
}

const encode = (...parts: string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** A cursor that is none of ours starts from the beginning. */
const decode = (cursor: string | undefined): readonly [assignedAt?: string, fulfillmentId?: string] => {
  try {
    const [assignedAt, id] = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString()) as unknown[];
    if (typeof assignedAt === 'string' && typeof id === 'string') return [assignedAt, id];
  } catch {
    // below
  }
  return [];
};
