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

/** Personal fields of an order. They read as `{ erased: true }` after the subject was erased, `{ lost: true }` if its key is lost. */
export interface BuyerData {
  readonly contact?: object;
  readonly shipTo?: object;
}

/**
 * Reads from the log what the read models do not have: past states and personal data of orders. All methods throw
 * StreamNotReadable, and OutcomeUnknown if the log does not answer.
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
    const streams = await this.timelines.streamsOf(scope, orderId);
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

  /** @returns all edits of an order, oldest first */
  async edits(orderId: string): Promise<OrderEdit[]> {
    const history = await readHistory(this.store, order, orderId);
    return orderEdits(history.map(({ event }) => event));
  }

  async buyerData(orderId: string): Promise<BuyerData> {
    const events: KnownEvents = order.events;
    for await (const first of readStream(this.store, `${order.category}-${orderId}`, events)) {
      const definition = events[first.event.type];
      if (!definition) break;
      const { event } = await this.personalData.open(first, definition);
      const { contact, shipTo } = event.data as BuyerData;
      return { ...(contact && { contact }), ...(shipTo && { shipTo }) };
    }
    return {};
  }
}
