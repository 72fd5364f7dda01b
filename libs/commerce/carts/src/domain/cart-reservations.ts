/**
 * What a cart holds in stock. Each place (a SKU at a location) has at most one reservation and one open question, and
 * settles by itself on what the lines want: a larger reservation takes over a smaller one, a smaller wish gives back.
 */
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import {
  type CartAsk,
  type CartCommand,
  type CartEvent,
  type CartLine,
  type CartReservation,
  type LinePlace,
} from './cart-messages.js';
import { STRAY } from './cart-evolve.js';
import { count, heldBy, keyOf, nameOf, newPlace, placeOf, targetsOf, type Cart, type Place } from './cart-state.js';

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

/** A larger reservation takes over the one that is held. */
export const askFor = (cartId: string, place: Place, quantity: number): CartAsk => {
  const { sku, locationId, held } = place;
  const reservationId = uuidv5(KONTOR_NAMESPACE, `cart/${cartId}/${keyOf(place)}/${place.asks + 1}`);
  return { reservationId, sku, locationId, quantity, ...(held && { replaces: held.reservationId }) };
};

export const asked = (asks: readonly CartAsk[], expiresAt: string): CartEvent[] =>
  asks.length > 0 ? [{ type: 'CartStockAsked', data: { asks, expiresAt } }] : [];

/** What a place needs when its lines want so many units. An open question is answered first. */
export const settle = (cartId: string, place: Place, target: number, until: string): CartEvent[] => {
  const { held } = place;
  const quantity = held?.quantity ?? 0;
  if (place.asked || target === quantity) return [];
  if (target > quantity) return until === '' ? [] : asked([askFor(cartId, place, target)], until);
  return held ? [{ type: 'CartStockReduced', data: { ...nameOf(held), by: quantity - target, left: target } }] : [];
};

/** A line has so many units more, or fewer. */
export const adjust = (cartId: string, line: CartLine, by: number, { cart, now }: At): CartEvent[] => {
  const key = placeOf(cart, line);
  const place = key === undefined ? undefined : cart.places.get(key);
  if (!place) return [];
  const until = cart.expiresAt > now ? cart.expiresAt : '';
  return settle(cartId, place, targetOf(cart, place) + by, until);
};

/** A cart at a business time. */
export interface At {
  readonly cart: Readonly<Cart>;
  readonly now: string;
}

/** Places for the lines that have none or were given nothing, then one question for each place that holds too little. */
export const reserve = (wanted: Data<'ReserveCart'>, { cart, now }: At): CartEvent[] => {
  const { cartId, terms, seconds = terms.reservationTtlSeconds } = wanted;
  const expiresAt = new Date(Date.parse(now) + seconds * 1000).toISOString();
  const { places, nowhere } = choosePlaces(wanted, cart);
  const asks = asksFor(cartId, cart, places);
  const requested: CartEvent[] =
    places.length > 0 ? [{ type: 'CartReservationRequested', data: { places, expiresAt } }] : [];
  const missing = [...nowhere].map(([sku, quantity]): CartEvent => ({
    type: 'CartStockNotReserved',
    data: { sku, quantity, available: 0 },
  }));
  return [...requested, ...asked(asks, expiresAt), ...missing];
};

const asksFor = (cartId: string, cart: Readonly<Cart>, places: readonly LinePlace[]): CartAsk[] => {
  const targets = targetsOf(cart);
  for (const { lineId, locationId } of places) {
    const line = cart.lines.get(lineId);
    if (!line) continue;
    count(targets, placeOf(cart, line), -line.quantity);
    count(targets, keyOf({ sku: line.sku, locationId }), line.quantity);
  }
  return [...targets].flatMap(([key, target]) => {
    const [sku = '', locationId = ''] = key.split('~');
    const place = cart.places.get(key) ?? newPlace(sku, locationId);
    if (place.asked || target <= (place.held?.quantity ?? 0)) return [];
    return askFor(cartId, place, target);
  });
};

const choosePlaces = (wanted: Data<'ReserveCart'>, cart: Readonly<Cart>) => {
  const homeless = [...cart.lines.values()].filter((line) => !isServed(line, cart));
  const units = new Map<string, number>();
  for (const { sku, quantity, locationId } of homeless) if (locationId === undefined) count(units, sku, quantity);
  const chosen = new Map([...units].map(([sku, quantity]) => [sku, best(sku, quantity, wanted)]));
  const places: LinePlace[] = [];
  const nowhere = new Map<string, number>();
  for (const { lineId, sku, quantity, locationId = chosen.get(sku) } of homeless) {
    if (locationId === undefined) count(nowhere, sku, quantity);
    else places.push({ lineId, locationId });
  }
  return { places, nowhere };
};

const isServed = (line: CartLine, cart: Readonly<Cart>) => {
  const place = cart.places.get(placeOf(cart, line) ?? '');
  return place?.held !== undefined || place?.asked !== undefined;
};

/** The first location that has all of it; else the one that has most. */
const best = (
  sku: string,
  quantity: number,
  { terms, candidates }: Pick<Data<'ReserveCart'>, 'terms' | 'candidates'>,
): string | undefined => {
  const free = new Map(candidates.filter((one) => one.sku === sku).map((one) => [one.locationId, one.available]));
  const ships = terms.locations.filter(({ locationId, ships }) => ships && (free.get(locationId) ?? 0) > 0);
  const whole = ships.find(({ locationId }) => (free.get(locationId) ?? 0) >= quantity);
  const most = ships.toSorted((a, b) => (free.get(b.locationId) ?? 0) - (free.get(a.locationId) ?? 0))[0];
  return (whole ?? most)?.locationId;
};

/** Stock has granted what was asked; the lines may want something else by now. */
export const granted = (
  { cartId, ...reservation }: Data<'RecordCartReservation'>,
  cart: Readonly<Cart>,
): CartEvent[] => {
  const place = cart.places.get(keyOf(reservation)) ?? newPlace(reservation.sku, reservation.locationId);
  if (place.held?.reservationId === reservation.reservationId) return [];
  if (place.asked?.reservationId !== reservation.reservationId) {
    return [{ type: 'CartReservationsReleased', data: { reservations: [reservation], reason: STRAY } }];
  }
  const { quantity, expiresAt } = place.asked;
  const held = { ...reservation, quantity };
  return [
    { type: 'CartStockReserved', data: { ...held, expiresAt } },
    ...(cart.expiresAt > expiresAt ? extended([reservation], cart.expiresAt) : []),
    ...settle(cartId, { ...place, asked: undefined, held }, targetOf(cart, place), cart.expiresAt),
  ];
};

export const extended = (reservations: readonly CartReservation[], expiresAt: string): CartEvent[] => [
  { type: 'CartReservationsExtended', data: { reservations: reservations.map(nameOf), expiresAt } },
];

/** It is not asked again for as many units as were refused. */
export const refused = (data: Data<'RecordCartRefusal'>, cart: Readonly<Cart>): CartEvent[] => {
  const { cartId, reservationId, available } = data;
  const place = [...cart.places.values()].find(({ asked: ask }) => ask?.reservationId === reservationId);
  if (!place?.asked) return [];
  const { quantity } = place.asked;
  const target = targetOf(cart, place);
  return [
    { type: 'CartStockNotReserved', data: { ...nameOf(place.asked), quantity, available } },
    ...(target === quantity ? [] : settle(cartId, { ...place, asked: undefined }, target, cart.expiresAt)),
  ];
};

const targetOf = (cart: Readonly<Cart>, place: Place) => targetsOf(cart).get(keyOf(place)) ?? 0;

/** What the cart's own new reservation takes over has not ended for the cart. */
export const lost = ({ reservationId, reason }: Data<'LoseCartReservation'>, cart: Readonly<Cart>): CartEvent[] => {
  const place = [...cart.places.values()].find(({ held }) => held?.reservationId === reservationId);
  if (!place?.held || (reason === 'taken-over' && place.asked?.replaces === reservationId)) return [];
  return [{ type: 'CartReservationEnded', data: { ...nameOf(place.held), reason } }];
};

/** Everything that is held is given back. */
export const giveBack = (cart: Readonly<Cart>, reason: string): CartEvent[] => {
  const reservations = heldBy(cart).map(nameOf);
  return reservations.length > 0 || cart.placed.size > 0
    ? [{ type: 'CartReservationsReleased', data: { reservations, reason } }]
    : [];
};
