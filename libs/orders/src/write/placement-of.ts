import { type EventStore, OutcomeUnknown, type Recorded } from '#event-store';
import { DomainError, upcast } from '#kernel';
import { type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';

/**
 * What an order was placed with, and the channel that sold it: its first event.
 *
 * @throws DomainError `order-not-found`, `order-ended`
 * @throws OutcomeUnknown when the store does not answer
 */
export const placementOf = async (store: EventStore, orderId: string) => {
  const first = await firstOf(store, `order-${orderId}`);
  if (!first) throw new DomainError('order-not-found', `There is no order ${orderId}`);
  const { event, envelope } = first;
  const { type, data } = upcast(order.events, event, Number(envelope.schema)) as OrderEvent;
  if (type !== 'OrderPlaced') throw new DomainError('order-ended', `Order ${orderId} was fulfilled elsewhere`);
  return { placed: data, channelId: envelope.channel };
};

const firstOf = async (store: EventStore, stream: string): Promise<Recorded | undefined> => {
  try {
    for await (const recorded of store.read(stream)) return recorded;
  } catch (error) {
    throw new OutcomeUnknown(stream, String(error));
  }
  return undefined;
};
