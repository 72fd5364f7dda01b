/**
 * A cart that any channel can go on with. Its lines are edited by adding, setting and removing, each decided on the
 * newest state: edits of different lines, and additions to the same, lead to the same cart in whatever order they come.
 */
import { DomainError, type Cause, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { checkOut, complete, expireCheckout, ordered, reopen, returned } from './cart-checkout.js';
import { evolve } from './cart-evolve.js';
import { closeMerged, full, merge, MOST_LINES, sameGoods } from './cart-merge.js';
import { type CartCommand, type CartEvent, type CartLine, type HandOver } from './cart-messages.js';
import { adjust, extended, giveBack, granted, lost, refused, reserve, type At } from './cart-reservations.js';
import { heldBy, initialState, mustBeOpen, mustBeThere, type Cart } from './cart-state.js';

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

const decide = ({ type, data }: CartCommand, cart: Readonly<Cart>, cause: Cause): CartEvent[] => {
  const at: At = { cart, now: cause.occurredAt };
  switch (type) {
    case 'CreateCart':
      return create(data, cart);
    case 'AddCartLine':
      mustBeOpen(cart);
      return addLine(data, at);
    case 'SetCartLineQuantity':
      mustBeOpen(cart);
      return setQuantity(data, at);
    case 'RemoveCartLine':
      mustBeOpen(cart);
      return removeLine(data, at);
    case 'HandOverCart':
      mustBeThere(cart);
      return handOver(data.to, cart);
    case 'AttachCustomer':
      mustBeOpen(cart);
      return attach(data.customerId, cart);
    case 'ReserveCart':
      mustBeOpen(cart);
      return reserve(data, at);
    case 'ExtendCartReservations':
      mustBeThere(cart);
      return extend(data.seconds, at);
    case 'ReleaseCart':
      mustBeOpen(cart);
      return giveBack(cart, 'released');
    case 'MergeCarts':
      mustBeOpen(cart);
      return merge({ ...data, ...data.source }, cart);
    case 'MergeCartRest':
      return merge({ ...data, rest: true }, cart);
    case 'CloseMergedCart':
      return closeMerged(data, cart);
    case 'CheckOutCart':
      return checkOut(data.orderId, at);
    case 'ReopenCart':
      return reopen(cart);
    case 'CloseCart':
      return close(data.reason, cart);
    case 'RecordCartReservation':
      return granted(data, cart);
    case 'RecordCartRefusal':
      return refused(data, cart);
    case 'LoseCartReservation':
      return lost(data, cart);
    case 'RecordCartOrder':
      return ordered(data.orderId, cart);
    case 'CompleteCart':
      return complete(data.orderId, cart);
    case 'ReturnCart':
      return returned(data.orderId, cart);
    case 'ExpireCartCheckout':
      return expireCheckout(data.orderId, at);
  }
};

const create = ({ currency, customerId, attributes }: Data<'CreateCart'>, { status }: Readonly<Cart>): CartEvent[] => {
  if (status !== 'none') throw new DomainError('cart-exists', 'There is a cart of this id');
  const more = { ...(customerId !== undefined && { customerId }), ...(attributes && { attributes }) };
  return [{ type: 'CartCreated', data: { currency, ...more } }];
};

const addLine = ({ cartId, ...line }: Data<'AddCartLine'>, at: At): CartEvent[] => {
  const { lines } = at.cart;
  const known = lines.get(line.lineId);
  if (!known && lines.size >= MOST_LINES) throw full();
  checkLine(line, known);
  const more = known ? adjust(cartId, known, line.quantity, at) : [];
  return [{ type: 'CartLineAdded', data: line }, ...more];
};

/** @throws DomainError `invalid-lines` */
const checkLine = (line: CartLine, known: CartLine | undefined) => {
  const { lineId, method, locationId } = line;
  if (method !== 'ship' && locationId === undefined) {
    throw new DomainError('invalid-lines', `Line ${lineId} (${method}) needs a location`, { lineId });
  }
  if (known && !sameGoods(known, line)) {
    const message = `Line ${lineId} is of ${known.sku} (${known.method}): other goods need a line of their own`;
    throw new DomainError('cart-line-differs', message, { lineId, sku: known.sku });
  }
};

const setQuantity = ({ cartId, lineId, quantity }: Data<'SetCartLineQuantity'>, at: At): CartEvent[] => {
  const line = at.cart.lines.get(lineId);
  if (!line) throw new DomainError('cart-line-not-found', `The cart has no line ${lineId}`, { lineId });
  const by = quantity - line.quantity;
  if (by === 0) return [];
  return [{ type: 'CartLineQuantitySet', data: { lineId, quantity } }, ...adjust(cartId, line, by, at)];
};

const removeLine = ({ cartId, lineId }: Data<'RemoveCartLine'>, at: At): CartEvent[] => {
  const line = at.cart.lines.get(lineId);
  return line ? [{ type: 'CartLineRemoved', data: { lineId } }, ...adjust(cartId, line, -line.quantity, at)] : [];
};

const handOver = (to: HandOver, { channel }: Readonly<Cart>): CartEvent[] => [
  { type: 'CartHandedOver', data: { from: channel, to } },
];

const attach = (customerId: string, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.customerId === customerId) return [];
  if (cart.customerId !== undefined) {
    throw new DomainError('cart-of-another', 'The cart is another customer’s: merge it into one of theirs');
  }
  return [{ type: 'CartCustomerAttached', data: { customerId } }];
};

const extend = (seconds: number, { cart, now }: At): CartEvent[] => {
  const expiresAt = new Date(Date.parse(now) + seconds * 1000).toISOString();
  const held = heldBy(cart);
  const isReserved = held.length > 0 || [...cart.places.values()].some(({ asked }) => asked);
  return isReserved && expiresAt > cart.expiresAt ? extended(held, expiresAt) : [];
};

const close = (reason: string, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.status === 'closed') return [];
  mustBeOpen(cart);
  return [...giveBack(cart, 'closed'), { type: 'CartClosed', data: { reason } }];
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

export const cart = { category: 'cart', decider, events, creates };
