/** From a cart to its order: frozen while it is placed, closed once it is confirmed, open again if it comes to nothing. */
import { DomainError } from '#kernel';
import { type CartEvent } from './cart-messages.js';
import { giveBack, type At } from './cart-reservations.js';
import { mustBeOpen, mustBeThere, type Cart } from './cart-state.js';

/** How long a cart that is checked out waits for its order. */
const CHECKOUT_SECONDS = 900;

export const checkOut = (orderId: string, { cart, now }: At): CartEvent[] => {
  if (cart.status === 'checked-out' && cart.checkout?.orderId === orderId) return [];
  mustBeOpen(cart);
  if (cart.lines.size === 0) throw new DomainError('cart-empty', 'There is nothing in the cart');
  const expiresAt = new Date(Date.parse(now) + CHECKOUT_SECONDS * 1000).toISOString();
  return [{ type: 'CartCheckedOut', data: { orderId, expiresAt } }];
};

/** The buyer has turned back. */
export const reopen = (cart: Readonly<Cart>): CartEvent[] => {
  mustBeThere(cart);
  const { checkout } = cart;
  if (!checkout) return [];
  if (checkout.expiresAt !== undefined) return reopened(checkout.orderId, 'turned-back');
  throw new DomainError(
    'cart-ordered',
    `Order ${checkout.orderId} has been placed: cancel it, or wait for its answer`,
    {
      orderId: checkout.orderId,
    },
  );
};

const reopened = (orderId: string, reason: string): CartEvent[] => [
  { type: 'CartReopened', data: { orderId, reason } },
];

/** Also of a cart that was reopened while its order was placed. */
export const ordered = (orderId: string, { status, checkout }: Readonly<Cart>): CartEvent[] => {
  const isOther = checkout !== undefined && checkout.orderId !== orderId;
  const isKnown = checkout !== undefined && checkout.expiresAt === undefined;
  if (status === 'none' || status === 'closed' || isOther || isKnown) return [];
  return [{ type: 'CartOrdered', data: { orderId } }];
};

const isOrder = (orderId: string, { status, checkout }: Readonly<Cart>) =>
  status === 'checked-out' && checkout?.orderId === orderId;

export const complete = (orderId: string, cart: Readonly<Cart>): CartEvent[] =>
  isOrder(orderId, cart)
    ? [...giveBack(cart, 'ordered'), { type: 'CartClosed', data: { reason: 'ordered', orderId } }]
    : [];

export const returned = (orderId: string, cart: Readonly<Cart>): CartEvent[] =>
  isOrder(orderId, cart) ? reopened(orderId, 'order-rejected') : [];

export const expireCheckout = (orderId: string, { cart, now }: At): CartEvent[] => {
  const { expiresAt } = cart.checkout ?? {};
  const isDue = isOrder(orderId, cart) && expiresAt !== undefined && expiresAt <= now;
  return isDue ? reopened(orderId, 'no-order') : [];
};
