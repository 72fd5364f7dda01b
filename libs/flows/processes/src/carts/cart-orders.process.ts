/**
 * Follows an order that was made from a cart.
 *
 *   1. OrderPlaced    → RecordCartOrder: the cart stays frozen
 *   2. OrderConfirmed → CompleteCart
 *      OrderRejected  → ReturnCart: the buyer may change it again
 *
 *   OrderPlaced ──▶ [placed] ──▶ OrderConfirmed, OrderRejected
 */
import { type CartCommand } from '#carts';
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { order } from '#orders';
import { COMPLETE, eventsOf, remember, type InputOf, type Process, type Reaction } from '#process-manager';
import { ORDER_CANCELLATIONS, ORDER_EDITS, ORDER_HOLDS, ORDER_RETURNS, ORDER_TENDERS } from '../event-groups.js';

interface Placed {
  readonly cartId: string;
}

const inputs = eventsOf([order]).except(
  'OrderRecorded',
  'FulfillmentPlanned',
  'OrderReallocated',
  'OrderLinesFulfilled',
  ...ORDER_HOLDS,
  ...ORDER_CANCELLATIONS,
  ...ORDER_EDITS,
  ...ORDER_TENDERS,
  ...ORDER_RETURNS,
);

type EndCartCommand = Named<CartCommand, 'RecordCartOrder' | 'CompleteCart' | 'ReturnCart'>;

export const whenOrderOfCartAnsweredThenEndCart: Process<Placed, InputOf<typeof inputs>, EndCartCommand> = {
  name: 'cart-orders',
  inputs,
  instanceOf: ({ stream }) => idOf(stream),
  react: (state, { event }, orderId) => {
    switch (event.type) {
      case 'OrderPlaced':
        return event.data.cartId === undefined ? COMPLETE : begin(orderId, event.data.cartId);
      case 'OrderConfirmed':
        return state ? end('CompleteCart', orderId, state) : COMPLETE;
      case 'OrderRejected':
        return state ? end('ReturnCart', orderId, state) : COMPLETE;
      case 'CommandRefused':
        return remember(state); // the cart has ended already, which does not affect the order
    }
  },
};

type Outcome = Reaction<Placed, EndCartCommand>;

const begin = (orderId: string, cartId: string): Outcome => ({
  state: { cartId },
  commands: [{ type: 'RecordCartOrder', data: { cartId, orderId } }],
});

const end = (type: 'CompleteCart' | 'ReturnCart', orderId: string, { cartId }: Placed): Outcome => ({
  state: undefined,
  commands: [{ type, data: { cartId, orderId } }],
});
