import { type EventStore, readStream } from '#event-store';
import { DomainError } from '#kernel';
import { type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';

/**
 * Reads the data of `OrderPlaced` and the channel that sold the order.
 *
 * @throws DomainError `order-not-found`, `order-ended`
 * @throws StreamNotReadable, OutcomeUnknown when the store does not answer
 */
export const readPlacement = async (store: EventStore, orderId: string) => {
  for await (const { event, envelope } of readStream(store, `${order.category}-${orderId}`, order.events)) {
    const { type, data } = event as OrderEvent;
    if (type !== 'OrderPlaced')
      throw new DomainError('order-ended', `Order ${orderId} was recorded, not placed: it was fulfilled elsewhere`);
    return { placed: data, channelId: envelope.channel };
  }
  throw new DomainError('order-not-found', `There is no order ${orderId}`);
};
