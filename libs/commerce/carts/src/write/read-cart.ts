import { type EventStore, readStream } from '#event-store';
import { type CartEvent } from '../domain/cart-messages.js';
import { type Cart } from '../domain/cart-state.js';
import { cart } from '../domain/cart.js';

/**
 * Reads a cart from its stream.
 *
 * @throws StreamNotReadable
 * @throws OutcomeUnknown if the event store does not answer
 */
export const readCart = async (store: EventStore, cartId: string): Promise<Cart> => {
  const { category, decider, events } = cart;
  let state = decider.initialState();
  for await (const { event, envelope } of readStream(store, `${category}-${cartId}`, events)) {
    state = decider.evolve(state, event as CartEvent, envelope);
  }
  return state;
};
