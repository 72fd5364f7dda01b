import { type EventStore, OutcomeUnknown } from '#event-store';
import { upcast } from '#kernel';
import { type CartEvent } from '../domain/cart-messages.js';
import { type Cart } from '../domain/cart-state.js';
import { cart } from '../domain/cart.js';

/** A cart as it stands in the log now. @throws OutcomeUnknown when the log does not answer */
export const readCart = async (store: EventStore, cartId: string): Promise<Cart> => {
  const { category, decider, events } = cart;
  const stream = `${category}-${cartId}`;
  let state = decider.initialState();
  try {
    for await (const { event, envelope } of store.read(stream)) {
      state = decider.evolve(state, upcast(events, event, Number(envelope.schema)) as CartEvent, envelope);
    }
  } catch (error) {
    throw new OutcomeUnknown(stream, String(error));
  }
  return state;
};
