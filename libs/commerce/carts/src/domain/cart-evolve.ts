import { type Cause } from '#kernel';
import {
  type CartAsk,
  type CartEvent,
  type CartLine,
  type CartReservation,
  type HeldReservation,
  type LinePlace,
  type LineUnits,
} from './cart-messages.js';
import { keyOf, nameOf, newPlace, type Cart, type Place } from './cart-state.js';

export const evolve = (cart: Cart, event: CartEvent, { channel, actor }: Cause): Cart => {
  if (!actor.startsWith('process:')) cart.channel = channel;
  note(cart, event);
  return cart;
};

const note = (cart: Cart, { type, data }: CartEvent): void => {
  switch (type) {
    case 'CartCreated':
      cart.status = 'open';
      cart.currency = data.currency;
      cart.customerId = data.customerId;
      break;
    case 'CartLineAdded':
      add(cart, data);
      break;
    case 'CartLineQuantitySet':
      setQuantity(cart, data);
      break;
    case 'CartLineRemoved':
      cart.lines.delete(data.lineId);
      cart.placed.delete(data.lineId);
      break;
    case 'CartLinesMerged':
      cart.merged.add(mergeKey(data));
      for (const line of data.lines) add(cart, line);
      put(cart, data.places, data.expiresAt);
      break;
    case 'CartHandedOver':
      if (data.to.channel !== undefined) cart.channel = data.to.channel;
      break;
    case 'CartCustomerAttached':
      cart.customerId = data.customerId;
      break;
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
      takeBack(cart);
      break;
    case 'CartReservationRequested':
      put(cart, data.places, data.expiresAt);
      break;
    case 'CartStockAsked':
      for (const asked of data.asks) ask(cart, { ...asked, expiresAt: data.expiresAt });
      cart.expiresAt = later(cart.expiresAt, data.expiresAt);
      break;
    case 'CartStockReserved':
      answer(cart, data, { ...nameOf(data), quantity: data.quantity });
      break;
    case 'CartStockNotReserved':
      unask(cart, data);
      break;
    case 'CartStockReduced':
      hold(cart, data, data.left > 0 ? { ...nameOf(data), quantity: data.left } : undefined);
      break;
    case 'CartReservationsExtended':
      cart.expiresAt = later(cart.expiresAt, data.expiresAt);
      break;
    case 'CartReservationsReleased':
      for (const reservation of data.reservations) hold(cart, reservation, undefined);
      if (data.reason !== STRAY) takeBack(cart);
      break;
    case 'CartReservationEnded':
      end(cart, data);
      break;
  }
};

/** Why a reservation is released that nobody waits for any more. */
export const STRAY = 'not-wanted';

export const mergeKey = ({ fromCartId, rest }: { fromCartId: string; rest?: true }) =>
  rest ? `${fromCartId}/rest` : fromCartId;

/** The newest price and title count. */
const add = ({ lines }: Cart, line: CartLine) => {
  const known = lines.get(line.lineId);
  lines.set(line.lineId, { ...known, ...line, quantity: (known?.quantity ?? 0) + line.quantity });
};

const setQuantity = ({ lines }: Cart, { lineId, quantity }: LineUnits) => {
  const line = lines.get(lineId);
  if (line) lines.set(lineId, { ...line, quantity });
};

const put = (cart: Cart, places: readonly LinePlace[], expiresAt = '') => {
  for (const { lineId, locationId } of places) {
    const line = cart.lines.get(lineId);
    if (!line) continue;
    cart.placed.set(lineId, locationId);
    placeFor(cart, line.sku, locationId);
  }
  cart.expiresAt = later(cart.expiresAt, expiresAt);
};

const later = (one: string, other: string) => (one > other ? one : other);

const placeFor = ({ places }: Cart, sku: string, locationId: string): Place => {
  const key = keyOf({ sku, locationId });
  const place = places.get(key) ?? newPlace(sku, locationId);
  places.set(key, place);
  return place;
};

const ask = (cart: Cart, asked: CartAsk & { expiresAt: string }) => {
  const place = placeFor(cart, asked.sku, asked.locationId);
  place.asks++;
  place.asked = asked;
};

const answer = (cart: Cart, { sku, locationId }: CartReservation, held: HeldReservation) => {
  const place = placeFor(cart, sku, locationId);
  place.asked = undefined;
  place.held = held;
};

const unask = (cart: Cart, { sku, locationId }: { sku: string; locationId?: string }) => {
  if (locationId !== undefined) placeFor(cart, sku, locationId).asked = undefined;
};

const hold = (cart: Cart, { reservationId, sku, locationId }: CartReservation, held: HeldReservation | undefined) => {
  const place = placeFor(cart, sku, locationId);
  if (place.held?.reservationId === reservationId) place.held = held;
};

/** The lines of the place are held no longer, unless an answer is on its way. */
const end = (cart: Cart, reservation: CartReservation) => {
  hold(cart, reservation, undefined);
  const { sku, locationId } = reservation;
  if (placeFor(cart, sku, locationId).asked) return;
  for (const [lineId, at] of cart.placed) {
    if (at === locationId && cart.lines.get(lineId)?.sku === sku) cart.placed.delete(lineId);
  }
};

/** Nothing is to be held any more. */
const takeBack = (cart: Cart) => {
  cart.placed.clear();
  cart.expiresAt = '';
};
