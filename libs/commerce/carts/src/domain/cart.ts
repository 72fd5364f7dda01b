/**
 * A cart that can be handed over to another channel. Its lines are edited by adding, setting and removing, each decided on the current
 * state: edits of different lines, and additions to the same line, lead to the same cart in any order.
 *
 * A cart that is checked out cannot be edited until its order is confirmed, which closes the cart, or until the checkout ends
 * without an order, which opens it again.
 */
import {
  DomainError,
  secondsAfter,
  type Decider,
  type DecisionCause,
  type EventDefinition,
  type EventDefinitions,
} from '#kernel';
import { evolve } from './cart-evolve.js';
import { checkRoom, closeMergedCart, isSameGoods, mergeCarts } from './cart-merge.js';
import { type CartCommand, type CartEvent, type CartLine, type HandOver } from './cart-messages.js';
import {
  adjustForLine,
  loseReservation,
  recordRefusal,
  recordReservation,
  releaseAll,
  reservationsExtended,
  reserveCart,
  type CartAtTime,
} from './cart-reservations.js';
import { activeReservations, checkNotClosed, checkOpen, initialState, type Cart } from './cart-state.js';

const CHECKOUT_SECONDS = 900;

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

const decide = ({ type, data }: CartCommand, cart: Readonly<Cart>, cause: DecisionCause): CartEvent[] => {
  const at: CartAtTime = { cart, now: cause.decidedAt };
  switch (type) {
    case 'CreateCart':
      return createCart(data, cart);
    case 'AddCartLine':
      checkOpen(cart);
      return addLine(data, at);
    case 'SetCartLineQuantity':
      checkOpen(cart);
      return setLineQuantity(data, at);
    case 'RemoveCartLine':
      checkOpen(cart);
      return removeLine(data, at);
    case 'HandOverCart':
      checkNotClosed(cart);
      return handOver(data.to, cart);
    case 'AttachCustomer':
      checkOpen(cart);
      return attachCustomer(data.customerId, cart);
    case 'ReserveCart':
      checkOpen(cart);
      return reserveCart(data, at);
    case 'ExtendCartReservations':
      checkNotClosed(cart);
      return extendReservations(data.seconds, at);
    case 'ReleaseCart':
      checkOpen(cart);
      return releaseAll(cart, 'released');
    case 'MergeCarts':
      checkOpen(cart);
      return mergeCarts({ ...data, ...data.source }, cart);
    case 'MergeCartRest':
      return mergeCarts({ ...data, rest: true }, cart);
    case 'CloseMergedCart':
      return closeMergedCart(data, cart);
    case 'CheckOutCart':
      return checkOut(data.orderId, at);
    case 'ReopenCart':
      return reopen(cart);
    case 'CloseCart':
      return closeCart(data.reason, cart);
    case 'RecordCartReservation':
      return recordReservation(data, cart);
    case 'RecordCartRefusal':
      return recordRefusal(data, cart);
    case 'LoseCartReservation':
      return loseReservation(data, cart);
    case 'RecordCartOrder':
      return recordOrder(data.orderId, cart);
    case 'CompleteCart':
      return completeCart(data.orderId, cart);
    case 'ReturnCart':
      return isCheckedOutFor(data.orderId, cart) ? cartReopened(data.orderId, 'order-rejected') : [];
    case 'ExpireCartCheckout':
      return expireCheckout(data.orderId, at);
  }
};

const createCart = ({ currency, customerId, attributes }: Data<'CreateCart'>, { status }: Readonly<Cart>) => {
  if (status !== 'none') throw new DomainError('cart-exists', 'There is a cart with this id');
  const optional = { ...(customerId !== undefined && { customerId }), ...(attributes && { attributes }) };
  return [{ type: 'CartCreated', data: { currency, ...optional } } as const];
};

const addLine = ({ cartId, ...line }: Data<'AddCartLine'>, at: CartAtTime): CartEvent[] => {
  const { lines } = at.cart;
  const before = lines.get(line.lineId);
  checkRoom([...lines.values().filter(({ lineId }) => lineId !== line.lineId), line]);
  checkLine(line, before);
  const adjusted = before ? adjustForLine(cartId, before, line.quantity, at) : [];
  return [{ type: 'CartLineAdded', data: line }, ...adjusted];
};

/** @throws DomainError `invalid-lines`, `cart-line-differs` */
const checkLine = (line: CartLine, before: CartLine | undefined) => {
  const { lineId, method, locationId } = line;
  if (method !== 'ship' && locationId === undefined) {
    throw new DomainError('invalid-lines', `Line ${lineId} (${method}) needs a location`, { lineId });
  }
  if (before && !isSameGoods(before, line)) {
    const message = `Line ${lineId} is of ${before.sku} (${before.method}): add other goods under another line id`;
    throw new DomainError('cart-line-differs', message, { lineId, sku: before.sku });
  }
};

const setLineQuantity = ({ cartId, lineId, quantity }: Data<'SetCartLineQuantity'>, at: CartAtTime): CartEvent[] => {
  const line = at.cart.lines.get(lineId);
  if (!line) throw new DomainError('cart-line-not-found', `The cart has no line ${lineId}`, { lineId });
  const by = quantity - line.quantity;
  if (by === 0) return [];
  return [{ type: 'CartLineQuantitySet', data: { lineId, quantity } }, ...adjustForLine(cartId, line, by, at)];
};

const removeLine = ({ cartId, lineId }: Data<'RemoveCartLine'>, at: CartAtTime): CartEvent[] => {
  const line = at.cart.lines.get(lineId);
  if (!line) return [];
  return [{ type: 'CartLineRemoved', data: { lineId } }, ...adjustForLine(cartId, line, -line.quantity, at)];
};

const handOver = (to: HandOver, { channel }: Readonly<Cart>): CartEvent[] => [
  { type: 'CartHandedOver', data: { from: channel, to } },
];

const attachCustomer = (customerId: string, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.customerId === customerId) return [];
  if (cart.customerId !== undefined) {
    throw new DomainError('cart-of-another', 'The cart belongs to another customer: merge it into one of theirs');
  }
  return [{ type: 'CartCustomerAttached', data: { customerId } }];
};

const extendReservations = (seconds: number, { cart, now }: CartAtTime): CartEvent[] => {
  const expiresAt = secondsAfter(now, seconds);
  const reservations = activeReservations(cart);
  const isPending = cart.stockItems.values().some(({ pendingRequest }) => pendingRequest);
  const isReserved = reservations.length > 0 || isPending;
  return isReserved && expiresAt > cart.expiresAt ? reservationsExtended(reservations, expiresAt) : [];
};

const checkOut = (orderId: string, { cart, now }: CartAtTime): CartEvent[] => {
  if (isCheckedOutFor(orderId, cart)) return [];
  checkOpen(cart);
  if (cart.lines.size === 0) throw new DomainError('cart-empty', 'The cart has no lines');
  const expiresAt = secondsAfter(now, CHECKOUT_SECONDS);
  return [{ type: 'CartCheckedOut', data: { orderId, expiresAt } }];
};

const isCheckedOutFor = (orderId: string, { status, checkout }: Readonly<Cart>) =>
  status === 'checked-out' && checkout?.orderId === orderId;

/** @throws DomainError `cart-ordered` once the order is placed */
const reopen = (cart: Readonly<Cart>): CartEvent[] => {
  checkNotClosed(cart);
  const { checkout } = cart;
  if (!checkout) return [];
  const { orderId, expiresAt } = checkout;
  if (expiresAt !== undefined) return cartReopened(orderId, 'turned-back');
  const message = `Order ${orderId} is placed: cancel it, or wait until it is confirmed or rejected`;
  throw new DomainError('cart-ordered', message, { orderId });
};

const cartReopened = (orderId: string, reason: string): CartEvent[] => [
  { type: 'CartReopened', data: { orderId, reason } },
];

/** The order may have been placed although the cart was reopened meanwhile: then the cart is checked out again. */
const recordOrder = (orderId: string, { status, checkout }: Readonly<Cart>): CartEvent[] => {
  const isOfOtherOrder = checkout !== undefined && checkout.orderId !== orderId;
  const isRecorded = checkout !== undefined && checkout.expiresAt === undefined;
  if (status === 'none' || status === 'closed' || isOfOtherOrder || isRecorded) return [];
  return [{ type: 'CartOrdered', data: { orderId } }];
};

const completeCart = (orderId: string, cart: Readonly<Cart>): CartEvent[] => {
  if (!isCheckedOutFor(orderId, cart)) return [];
  return [...releaseAll(cart, 'ordered'), { type: 'CartClosed', data: { reason: 'ordered', orderId } }];
};

const expireCheckout = (orderId: string, { cart, now }: CartAtTime): CartEvent[] => {
  const { expiresAt } = cart.checkout ?? {};
  const isExpired = isCheckedOutFor(orderId, cart) && expiresAt !== undefined && expiresAt <= now;
  return isExpired ? cartReopened(orderId, 'no-order') : [];
};

const closeCart = (reason: string, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.status === 'closed') return [];
  checkOpen(cart);
  return [...releaseAll(cart, 'closed'), { type: 'CartClosed', data: { reason } }];
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<CartEvent> = {
  CartCreated: { version: 1, first: true },
  CartLineAdded: first,
  CartLineQuantitySet: first,
  CartLineRemoved: first,
  CartHandedOver: first,
  CartCustomerAttached: first,
  CartReservationRequested: first,
  CartStockAsked: first,
  CartStockReserved: first,
  CartStockNotReserved: first,
  CartStockReduced: first,
  CartReservationsExtended: first,
  CartReservationsReleased: first,
  CartReservationEnded: first,
  CartLinesMerged: first,
  CartCheckedOut: first,
  CartOrdered: first,
  CartReopened: first,
  CartClosed: first,
};

const decider: Decider<Cart, CartCommand, CartEvent> = { initialState, decide, evolve };

const creates: CartCommand['type'][] = ['CreateCart'];

const givenTo = ({ type, data }: CartEvent) => (type === 'CartHandedOver' ? data.to.channel : undefined);

export const cart = { category: 'cart', decider, events, creates, givenTo };
