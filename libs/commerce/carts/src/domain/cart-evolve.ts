import { type Cause } from '#kernel';
import {
  type CartEvent,
  type CartLine,
  type CartReservation,
  type CartReservationKey,
  type CartReservationRequest,
  type LineLocation,
  type LineUnits,
} from './cart-messages.js';
import { reservationKeyOf, stockItemKey, stockItemOf, type Cart, type CartStockItem } from './cart-state.js';

/** @throws Error if the event is about a line or a reservation that the cart does not have */
export const evolve = (cart: Cart, event: CartEvent, { channel, actor }: Cause): Cart => {
  if (!actor.startsWith('process:')) cart.channel = channel;
  evolveByType(cart, event);
  return cart;
};

const evolveByType = (cart: Cart, event: CartEvent): void => {
  switch (event.type) {
    case 'CartCreated':
      cart.status = 'open';
      cart.currency = event.data.currency;
      cart.customerId = event.data.customerId;
      break;
    case 'CartLineAdded':
      addLine(cart, event.data);
      break;
    case 'CartLineQuantitySet':
      setLineQuantity(cart, event.data);
      break;
    case 'CartLineRemoved':
      cart.lines.delete(event.data.lineId);
      cart.lineLocations.delete(event.data.lineId);
      break;
    case 'CartLinesMerged':
      cart.merged.add(mergeKey(event.data));
      for (const line of event.data.lines) addLine(cart, line);
      assignLocations(cart, event.data.places, event.data.expiresAt);
      break;
    case 'CartHandedOver':
      cart.channel = event.data.to.channel ?? cart.channel;
      break;
    case 'CartCustomerAttached':
      cart.customerId = event.data.customerId;
      break;
    case 'CartCheckedOut':
    case 'CartOrdered':
    case 'CartReopened':
    case 'CartClosed':
      evolveCheckout(cart, event);
      break;
    case 'CartReservationRequested':
    case 'CartStockAsked':
    case 'CartStockReserved':
    case 'CartStockNotReserved':
    case 'CartStockReduced':
    case 'CartReservationsExtended':
    case 'CartReservationsReleased':
    case 'CartReservationEnded':
      evolveReservations(cart, event);
      break;
  }
};

type Only<Type extends CartEvent['type']> = Extract<CartEvent, { type: Type }>;

const evolveCheckout = (
  cart: Cart,
  { type, data }: Only<'CartCheckedOut' | 'CartOrdered' | 'CartReopened' | 'CartClosed'>,
) => {
  switch (type) {
    case 'CartCheckedOut':
      cart.status = 'checked-out';
      cart.checkout = data;
      break;
    case 'CartOrdered':
      cart.status = 'checked-out';
      cart.checkout = { orderId: data.orderId };
      break;
    case 'CartReopened':
      cart.status = 'open';
      cart.checkout = undefined;
      break;
    case 'CartClosed':
      cart.status = 'closed';
      cart.mergedInto = data.mergedInto;
      forgetLocations(cart);
      break;
  }
};

const evolveReservations = (
  cart: Cart,
  {
    type,
    data,
  }: Only<
    | 'CartReservationRequested'
    | 'CartStockAsked'
    | 'CartStockReserved'
    | 'CartStockNotReserved'
    | 'CartStockReduced'
    | 'CartReservationsExtended'
    | 'CartReservationsReleased'
    | 'CartReservationEnded'
  >,
) => {
  switch (type) {
    case 'CartReservationRequested':
      assignLocations(cart, data.places, data.expiresAt);
      break;
    case 'CartStockAsked':
      for (const request of data.asks) setPendingRequest(cart, request, data.expiresAt);
      cart.expiresAt = laterOf(cart.expiresAt, data.expiresAt);
      break;
    case 'CartStockReserved':
      setReservation(cart, { ...reservationKeyOf(data), quantity: data.quantity });
      break;
    case 'CartStockNotReserved':
      if (data.locationId !== undefined) ownStockItem(cart, data.sku, data.locationId).pendingRequest = undefined;
      break;
    case 'CartStockReduced':
      stockItemWith(cart, data).reservation =
        data.left > 0 ? { ...reservationKeyOf(data), quantity: data.left } : undefined;
      break;
    case 'CartReservationsExtended':
      cart.expiresAt = laterOf(cart.expiresAt, data.expiresAt);
      break;
    case 'CartReservationsReleased':
      if (data.reason === UNWANTED) break; // the cart never had them
      for (const reservation of data.reservations) stockItemWith(cart, reservation).reservation = undefined;
      forgetLocations(cart);
      break;
    case 'CartReservationEnded':
      endReservation(cart, data);
      break;
  }
};

/** The reason of releasing a reservation that stock made although the cart does not request it any more. */
export const UNWANTED = 'not-wanted';

/** A merge happens at most once, and the rest of the other cart is merged at most once after it. */
export const mergeKey = ({ fromCartId, rest }: { fromCartId: string; rest?: true }) =>
  rest ? `${fromCartId}/rest` : fromCartId;

/** The latest price and title apply to all units of the line. */
const addLine = ({ lines }: Cart, line: CartLine) => {
  const before = lines.get(line.lineId);
  lines.set(line.lineId, { ...before, ...line, quantity: (before?.quantity ?? 0) + line.quantity });
};

const lineOf = ({ lines }: Cart, lineId: string): CartLine => {
  const line = lines.get(lineId);
  if (!line) throw new Error(`The cart has no line ${lineId}`);
  return line;
};

const setLineQuantity = (cart: Cart, { lineId, quantity }: LineUnits) => {
  cart.lines.set(lineId, { ...lineOf(cart, lineId), quantity });
};

const assignLocations = (cart: Cart, places: readonly LineLocation[], expiresAt = '') => {
  for (const { lineId, locationId } of places) {
    ownStockItem(cart, lineOf(cart, lineId).sku, locationId);
    cart.lineLocations.set(lineId, locationId);
  }
  cart.expiresAt = laterOf(cart.expiresAt, expiresAt);
};

const laterOf = (one: string, other: string) => (one > other ? one : other);

/** The stock item as part of the cart, from now on if it is new. */
const ownStockItem = (cart: Cart, sku: string, locationId: string): CartStockItem => {
  const item = stockItemOf(cart, sku, locationId);
  cart.stockItems.set(stockItemKey(sku, locationId), item);
  return item;
};

const setPendingRequest = (cart: Cart, request: CartReservationRequest, expiresAt: string) => {
  const item = ownStockItem(cart, request.sku, request.locationId);
  item.requestCount++;
  item.pendingRequest = { ...request, expiresAt };
};

const setReservation = (cart: Cart, reservation: CartReservation) => {
  const item = ownStockItem(cart, reservation.sku, reservation.locationId);
  item.pendingRequest = undefined;
  item.reservation = reservation;
};

const stockItemWith = ({ stockItems }: Cart, { reservationId, sku, locationId }: CartReservationKey): CartStockItem => {
  const item = stockItems.get(stockItemKey(sku, locationId));
  if (item?.reservation?.reservationId === reservationId) return item;
  throw new Error(`The cart has no reservation ${reservationId} of ${sku} at ${locationId}`);
};

/** Nothing is to be reserved for the lines any more, unless stock is about to answer a larger request for them. */
const endReservation = (cart: Cart, reservation: CartReservationKey) => {
  const item = stockItemWith(cart, reservation);
  item.reservation = undefined;
  if (item.pendingRequest) return;
  for (const [lineId, locationId] of cart.lineLocations) {
    if (locationId === item.locationId && lineOf(cart, lineId).sku === item.sku) cart.lineLocations.delete(lineId);
  }
};

const forgetLocations = (cart: Cart) => {
  cart.lineLocations.clear();
  cart.expiresAt = '';
};
