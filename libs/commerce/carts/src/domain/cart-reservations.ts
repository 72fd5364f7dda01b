/**
 * The reservations of a cart. Each of its stock items (a SKU at a location) has at most one reservation and at most one
 * request that stock has not answered. The reservation follows the target, which is the sum of the lines:
 *
 *   target > reserved: request a larger reservation, which replaces the smaller one
 *   target < reserved: reduce the reservation
 *
 * While a request is pending nothing is done; the answer compares again.
 */
import { KONTOR_NAMESPACE, secondsAfter, uuidv5 } from '#kernel';
import { UNWANTED } from './cart-evolve.js';
import {
  type CartCommand,
  type CartEvent,
  type CartLine,
  type CartReservationKey,
  type CartReservationRequest,
} from './cart-messages.js';
import {
  activeReservations,
  reservationKeyOf,
  stockItemKey,
  stockItemOf,
  stockItemOfLine,
  targetsOf,
  type Cart,
  type CartStockItem,
} from './cart-state.js';

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

/** A cart at the business time of a command, ISO 8601. */
export interface CartAtTime {
  readonly cart: Readonly<Cart>;
  readonly now: string;
}

/** Chooses locations for the lines that have no reservation, then requests what is missing at each stock item. */
export const reserveCart = (command: Data<'ReserveCart'>, { cart, now }: CartAtTime): CartEvent[] => {
  const { cartId, terms, seconds = terms.reservationTtlSeconds } = command;
  const expiresAt = secondsAfter(now, seconds);
  const { chosen, unavailable } = chooseLocations(command, cart);
  const targets = targetsOf(cart.lines, new Map([...cart.lineLocations, ...chosen]));
  const requests = targets.values().flatMap(({ sku, locationId, quantity }) => {
    const item = stockItemOf(cart, sku, locationId);
    if (item.pendingRequest || quantity <= (item.reservation?.quantity ?? 0)) return [];
    return [newRequest(cartId, item, quantity)];
  });
  const places = [...chosen].map(([lineId, locationId]) => ({ lineId, locationId }));
  const requested: CartEvent[] =
    places.length > 0 ? [{ type: 'CartReservationRequested', data: { places, expiresAt } }] : [];
  const notReserved = [...unavailable].map(([sku, quantity]): CartEvent => ({
    type: 'CartStockNotReserved',
    data: { sku, quantity, available: 0 },
  }));
  return [...requested, ...stockAsked([...requests], expiresAt), ...notReserved];
};

/** Lines that name a location get it; the other lines of a SKU get one location together. */
const chooseLocations = (command: Data<'ReserveCart'>, cart: Readonly<Cart>) => {
  const unreserved = [...cart.lines.values()].filter((line) => !isReservedOrRequested(line, cart));
  const unitsOfSku = new Map<string, number>();
  for (const { sku, quantity, locationId } of unreserved) {
    if (locationId === undefined) addQuantity(unitsOfSku, sku, quantity);
  }
  const locationOfSku = new Map([...unitsOfSku].map(([sku, units]) => [sku, bestLocation(sku, units, command)]));
  const chosen = new Map<string, string>();
  const unavailable = new Map<string, number>();
  for (const { lineId, sku, quantity, locationId = locationOfSku.get(sku) } of unreserved) {
    if (locationId === undefined) addQuantity(unavailable, sku, quantity);
    else chosen.set(lineId, locationId);
  }
  return { chosen, unavailable };
};

const isReservedOrRequested = (line: CartLine, cart: Readonly<Cart>) => {
  const item = stockItemOfLine(cart, line);
  return item?.reservation !== undefined || item?.pendingRequest !== undefined;
};

const addQuantity = (quantities: Map<string, number>, sku: string, quantity: number) => {
  quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
};

/** The first location that has all units; otherwise the location that has most. */
const bestLocation = (
  sku: string,
  quantity: number,
  { terms, candidates }: Pick<Data<'ReserveCart'>, 'terms' | 'candidates'>,
): string | undefined => {
  const available = new Map(
    candidates
      .filter((candidate) => candidate.sku === sku)
      .map((candidate) => [candidate.locationId, candidate.available]),
  );
  const unitsAt = (locationId: string) => available.get(locationId) ?? 0;
  const shipping = terms.locations.filter(({ locationId, ships }) => ships && unitsAt(locationId) > 0);
  const withAllUnits = shipping.find(({ locationId }) => unitsAt(locationId) >= quantity);
  const [withMostUnits] = shipping.toSorted((a, b) => unitsAt(b.locationId) - unitsAt(a.locationId));
  return (withAllUnits ?? withMostUnits)?.locationId;
};

/** Follows a line that gets `by` units, signed. */
export const adjustForLine = (cartId: string, line: CartLine, by: number, { cart, now }: CartAtTime): CartEvent[] => {
  const item = stockItemOfLine(cart, line);
  if (!item) return [];
  const until = cart.expiresAt > now ? cart.expiresAt : '';
  return adjustReservation(cartId, item, targetOf(cart, item) + by, until);
};

/** @param until when a new reservation expires, ISO 8601; empty if nothing new is to be reserved */
export const adjustReservation = (cartId: string, item: CartStockItem, target: number, until: string): CartEvent[] => {
  const { reservation, pendingRequest } = item;
  const reserved = reservation?.quantity ?? 0;
  if (pendingRequest || target === reserved) return [];
  if (target > reserved) return until === '' ? [] : stockAsked([newRequest(cartId, item, target)], until);
  if (!reservation) throw new Error(`The target of ${item.sku} at ${item.locationId} is ${target} units`);
  return [
    { type: 'CartStockReduced', data: { ...reservationKeyOf(reservation), by: reserved - target, left: target } },
  ];
};

const targetOf = ({ lines, lineLocations }: Readonly<Cart>, { sku, locationId }: CartStockItem) =>
  targetsOf(lines, lineLocations).get(stockItemKey(sku, locationId))?.quantity ?? 0;

export const newRequest = (cartId: string, item: CartStockItem, quantity: number): CartReservationRequest => {
  const { sku, locationId, requestCount, reservation } = item;
  const name = `cart/${cartId}/${stockItemKey(sku, locationId)}/${requestCount + 1}`;
  const replaces = reservation?.reservationId;
  return {
    reservationId: uuidv5(KONTOR_NAMESPACE, name),
    sku,
    locationId,
    quantity,
    ...(replaces !== undefined && { replaces }),
  };
};

export const stockAsked = (asks: readonly CartReservationRequest[], expiresAt: string): CartEvent[] =>
  asks.length > 0 ? [{ type: 'CartStockAsked', data: { asks, expiresAt } }] : [];

/** Stock made the reservation. The cart may have been extended or edited since the request. */
export const recordReservation = (
  { cartId, ...key }: Data<'RecordCartReservation'>,
  cart: Readonly<Cart>,
): CartEvent[] => {
  const item = stockItemOf(cart, key.sku, key.locationId);
  if (item.reservation?.reservationId === key.reservationId) return [];
  if (item.pendingRequest?.reservationId !== key.reservationId) {
    return [{ type: 'CartReservationsReleased', data: { reservations: [key], reason: UNWANTED } }];
  }
  const { quantity, expiresAt } = item.pendingRequest;
  const reservation = { ...key, quantity };
  const reservedItem = { ...item, pendingRequest: undefined, reservation };
  return [
    { type: 'CartStockReserved', data: { ...reservation, expiresAt } },
    ...(cart.expiresAt > expiresAt ? reservationsExtended([key], cart.expiresAt) : []),
    ...adjustReservation(cartId, reservedItem, targetOf(cart, item), cart.expiresAt),
  ];
};

export const reservationsExtended = (reservations: readonly CartReservationKey[], expiresAt: string): CartEvent[] => [
  { type: 'CartReservationsExtended', data: { reservations: reservations.map(reservationKeyOf), expiresAt } },
];

/**
 * Stock declined the reservation. The same quantity is not requested again, only another one if the cart was edited since. An
 * answer to a request that is not pending has been recorded before.
 */
export const recordRefusal = (
  { cartId, reservationId, available }: Data<'RecordCartRefusal'>,
  cart: Readonly<Cart>,
): CartEvent[] => {
  const item = cart.stockItems.values().find(({ pendingRequest }) => pendingRequest?.reservationId === reservationId);
  if (!item?.pendingRequest) return [];
  const { quantity } = item.pendingRequest;
  const target = targetOf(cart, item);
  const answered = { ...item, pendingRequest: undefined };
  return [
    { type: 'CartStockNotReserved', data: { ...reservationKeyOf(item.pendingRequest), quantity, available } },
    ...(target === quantity ? [] : adjustReservation(cartId, answered, target, cart.expiresAt)),
  ];
};

/**
 * The reservation ended in stock. Nothing is to be recorded if the cart has reduced or released it itself, or if a larger
 * reservation of the cart replaces it.
 */
export const loseReservation = (
  { reservationId, reason }: Data<'LoseCartReservation'>,
  cart: Readonly<Cart>,
): CartEvent[] => {
  const item = cart.stockItems.values().find(({ reservation }) => reservation?.reservationId === reservationId);
  if (!item?.reservation) return [];
  if (reason === 'taken-over' && item.pendingRequest?.replaces === reservationId) return [];
  return [{ type: 'CartReservationEnded', data: { ...reservationKeyOf(item.reservation), reason } }];
};

export const releaseAll = (cart: Readonly<Cart>, reason: string): CartEvent[] => {
  const reservations = activeReservations(cart).map(reservationKeyOf);
  return reservations.length > 0 || cart.lineLocations.size > 0
    ? [{ type: 'CartReservationsReleased', data: { reservations, reason } }]
    : [];
};
