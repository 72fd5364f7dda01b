/** An order that was made from a cart: the cart is closed when it is confirmed, and opened again when it is rejected. */
import { type Process } from '#kernel';
import { type OrderEvent } from '#orders';

interface Placed {
  readonly cartId: string;
}

export const whenOrderOfCartAnsweredThenEndCart: Process<Placed, OrderEvent> = {
  name: 'cart-orders',
  categories: ['order'],
  instanceOf: ({ stream }) => stream.slice('order-'.length),
  react: (state, { event, stream }) => {
    const orderId = stream.slice('order-'.length);
    if (event.type === 'OrderPlaced') {
      const { cartId } = event.data;
      if (cartId === undefined) return { state: undefined, intents: [] };
      return { state: { cartId }, intents: [{ type: 'RecordCartOrder', data: { cartId, orderId } }] };
    }
    if (!state) return { state, intents: [] };
    const type = { OrderConfirmed: 'CompleteCart', OrderRejected: 'ReturnCart' }[event.type as string];
    return type === undefined
      ? { state, intents: [] }
      : { state: undefined, intents: [{ type, data: { cartId: state.cartId, orderId } }] };
  },
};
