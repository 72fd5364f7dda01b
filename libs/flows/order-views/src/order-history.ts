import { Injectable } from '@nestjs/common';
import { type Scope } from '#database';
import {
  type AnyStreamType,
  categoryOf,
  EventStore,
  idOf,
  type KnownEvents,
  PersonalData,
  readHistory,
  readStream,
} from '#event-store';
import { fulfillment } from '#fulfillment';
import { order } from '#orders';
import { payment } from '#payments';
import { type Stamp } from '#projections';
import { goodsReturn } from '#returns';
import { orderAsOf } from './order-as-of.js';
import { orderEdits, type OrderEdit } from './order-edits.js';
import { type OrderStatus } from './order-status.projection.js';
import { OrderTimelines } from './order-timelines.js';

/** Personal fields of an order; those whose subject was erased read as `{ erased: true }`. */
export interface BuyersData {
  readonly contact?: object;
  readonly shipTo?: object;
}

/**
 * The past and the personal data of orders, which only the log has.
 * All of it throws StreamNotReadable, and OutcomeUnknown when the log does not answer.
 */
@Injectable()
export class OrderHistory {
  constructor(
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
    private readonly timelines: OrderTimelines,
  ) {}

  /** @param asOf recording time, milliseconds since 1970 */
  async orderAsOf(scope: Scope, orderId: string, asOf: number): Promise<(OrderStatus & Stamp) | undefined> {
    const streams = await this.timelines.streams(scope, orderId);
    const histories = <Type extends AnyStreamType>(kind: Type) =>
      streams
        .filter((stream) => categoryOf(stream) === kind.category)
        .map((stream) => readHistory(this.store, kind, idOf(stream)));
    const recorded = await Promise.all([
      ...histories(order),
      ...histories(goodsReturn),
      ...histories(payment),
      ...histories(fulfillment),
    ]);
    return orderAsOf(orderId, recorded.flat(), asOf);
  }

  /** All edits of an order, the oldest first. */
  async edits(orderId: string): Promise<OrderEdit[]> {
    const history = await readHistory(this.store, order, orderId);
    return orderEdits(history.map(({ event }) => event));
  }

  async buyersData(orderId: string): Promise<BuyersData> {
    const events: KnownEvents = order.events;
    for await (const first of readStream(this.store, `${order.category}-${orderId}`, events)) {
      const definition = events[first.event.type];
      if (!definition) break;
      const { event } = await this.personalData.open(first, definition);
      const { contact, shipTo } = event.data as BuyersData;
      return { ...(contact && { contact }), ...(shipTo && { shipTo }) };
    }
    return {};
  }
}
