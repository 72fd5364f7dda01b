import { Injectable } from '@nestjs/common';
import { customer, type CustomerContact } from '#customers';
import {
  categoryOf,
  EventStore,
  idOf,
  PersonalData,
  readStream,
  type ReadableStreams,
  type Recorded,
} from '#event-store';
import { fulfillment } from '#fulfillment';
import { type Message } from '#kernel';
import { order, type OrderEvent } from '#orders';
import { editsOf, orderAsOf, type EventOfOrder, type OrderEdit, type OrderStatus } from '#order-views';
import { payment } from '#payments';
import { type RecordedAs, type Stamp } from '#projections';
import { goodsReturn } from '#returns';
import { explainStock, stockItem, streamIdOfStock, type StockEvent, type StockExplanation } from '#stock';

/** Whose events an order's status is made of. */
const KINDS_OF_ORDER: readonly ReadableStreams[] = [order, goodsReturn, payment, fulfillment];

/** Personal fields of an order; those whose subject was erased read as `{ erased: true }`. */
export interface BuyersData {
  readonly contact?: object;
  readonly shipTo?: object;
}

/**
 * What only the log can tell: the past, and personal data, which no read model holds. All of it fails with
 * `StreamNotReadable` where a stream holds what is not the product's, or lacks events.
 */
@Injectable()
export class History {
  constructor(
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
  ) {}

  /** @param asOf recording time, milliseconds since 1970 */
  async stock(sku: string, locationId: string, asOf?: number): Promise<StockExplanation> {
    return explainStock(await this.read<StockEvent>(stockItem, streamIdOfStock(sku, locationId)), asOf);
  }

  /** @param streams all that say something of the order */
  async order(orderId: string, streams: readonly string[], asOf: number): Promise<(OrderStatus & Stamp) | undefined> {
    const told = KINDS_OF_ORDER.flatMap((kind) =>
      streams
        .filter((stream) => categoryOf(stream) === kind.category)
        .map((stream) => this.read<EventOfOrder>(kind, idOf(stream))),
    );
    return orderAsOf(orderId, (await Promise.all(told)).flat(), asOf);
  }

  async edits(orderId: string): Promise<OrderEdit[]> {
    return editsOf((await this.read<OrderEvent>(order, orderId)).map(({ event }) => event));
  }

  async buyersData(orderId: string): Promise<BuyersData> {
    for await (const first of this.eventsOf(order, orderId)) {
      const { contact, shipTo } = (await this.open(order, first)).data as BuyersData;
      return { ...(contact && { contact }), ...(shipTo && { shipTo }) };
    }
    return {};
  }

  async customersContact(customerId: string): Promise<CustomerContact> {
    let contact: CustomerContact = {};
    for await (const recorded of this.eventsOf(customer, customerId)) {
      const { data } = await this.open(customer, recorded);
      contact = { ...contact, ...(data as { contact?: CustomerContact }).contact };
    }
    return contact;
  }

  private async read<Event extends Message>(kind: ReadableStreams, id: string): Promise<RecordedAs<Event>[]> {
    const found: RecordedAs<Event>[] = [];
    for await (const recorded of this.eventsOf(kind, id)) found.push(recorded as RecordedAs<Event>);
    return found;
  }

  private eventsOf({ category, events }: ReadableStreams, id: string): AsyncIterable<Recorded> {
    return readStream(this.store, `${category}-${id}`, events);
  }

  private async open({ events }: ReadableStreams, recorded: Recorded): Promise<Message> {
    const definition = events[recorded.event.type];
    return definition ? (await this.personalData.open(recorded, definition)).event : recorded.event;
  }
}
