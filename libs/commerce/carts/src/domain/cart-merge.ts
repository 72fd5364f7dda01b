/**
 * Merges one cart into another. The merge takes three steps, between which both carts may be edited:
 *
 *   1. the target takes the lines, and requests the reservations of the source for itself (MergeCarts)
 *   2. the source closes, and names the units that were added to it since (CloseMergedCart)
 *   3. the target takes those units too (MergeCartRest)
 */
import { checkSize, DomainError, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { mergeKey } from './cart-evolve.js';
import {
  type CartCommand,
  type CartEvent,
  type CartLine,
  type CartReservation,
  type MergedContents,
} from './cart-messages.js';
import { adjustReservation, newRequest, releaseAll, stockAsked } from './cart-reservations.js';
import { activeReservations, checkOpen, stockItemKey, stockItemOf, targetsOf, type Cart } from './cart-state.js';

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

const MAX_LINES = 1000;
const MAX_LINES_BYTES = 500 * 1024;

type Merge = Pick<Data<'MergeCartRest'>, 'cartId' | 'fromCartId' | 'lines'> &
  Partial<MergedContents> & { readonly rest?: true };

/**
 * The reservations are requested before the lines are merged, because the source closes only once they are answered.
 *
 * @throws DomainError `carts-not-mergeable`, `cart-full`, `too-large`
 */
export const mergeCarts = (merge: Merge, cart: Readonly<Cart>): CartEvent[] => {
  const { cartId, fromCartId, lines, places = [], reservations = [], expiresAt, rest } = merge;
  if (cartId === fromCartId) throw new DomainError('carts-not-mergeable', 'A cart cannot be merged into itself');
  if (cart.merged.has(mergeKey(merge))) return [];
  checkRoom([...cart.lines.values(), ...lines]);
  const mergedLines = linesForCart(fromCartId, lines, cart);
  const lineIdFor = (lineId: string) => {
    const line = mergedLines.get(lineId);
    if (!line) throw new Error(`Cart ${fromCartId} has a location for line ${lineId}, which it does not have`);
    return line.lineId;
  };
  const merged = {
    fromCartId,
    lines: [...mergedLines.values()],
    places: places.map(({ lineId, locationId }) => ({ lineId: lineIdFor(lineId), locationId })),
    taken: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(rest && { rest }),
  };
  return [...takeOverReservations(cartId, cart, reservations, expiresAt), { type: 'CartLinesMerged', data: merged }];
};

/**
 * Line id in the source → the line with its id in the target: that of a line of the same goods and price; else its own id if
 * the target does not use it; else a new one.
 */
const linesForCart = (
  fromCartId: string,
  lines: readonly CartLine[],
  cart: Readonly<Cart>,
): ReadonlyMap<string, CartLine> => {
  const linesOfCart = new Map<string, CartLine>(cart.lines);
  const merged = new Map<string, CartLine>();
  for (const line of lines) {
    const same = linesOfCart.values().find((other) => isSameGoods(other, line) && isSamePrice(other, line));
    const unusedId = linesOfCart.has(line.lineId)
      ? uuidv5(KONTOR_NAMESPACE, `${fromCartId}/${line.lineId}`)
      : line.lineId;
    const mergedLine = { ...line, lineId: same?.lineId ?? unusedId };
    linesOfCart.set(mergedLine.lineId, mergedLine);
    merged.set(line.lineId, mergedLine);
  }
  return merged;
};

export const isSameGoods = (one: CartLine, other: CartLine) =>
  one.sku === other.sku && one.method === other.method && one.locationId === other.locationId;

const isSamePrice = ({ unitPrice: one }: CartLine, { unitPrice: other }: CartLine) =>
  one.amount === other.amount && one.scale === other.scale;

/** @throws DomainError `cart-full`, `too-large` if the lines are more than a cart may have */
export const checkRoom = (lines: readonly CartLine[]): void => {
  if (lines.length > MAX_LINES)
    throw new DomainError('cart-full', `A cart has at most ${MAX_LINES} lines`, { most: MAX_LINES });
  checkSize('The lines of a cart', lines, MAX_LINES_BYTES);
};

/**
 * A request replaces the reservation of the source. Where this cart has a reservation or a request of its own, its next request
 * replaces that one instead and asks for the sum; the reservation of the source is released when it closes.
 */
const takeOverReservations = (
  cartId: string,
  cart: Readonly<Cart>,
  reservations: readonly CartReservation[],
  expiresAt = '',
): CartEvent[] => {
  const targets = targetsOf(cart.lines, cart.lineLocations);
  const until = cart.expiresAt > expiresAt ? cart.expiresAt : expiresAt;
  return reservations.flatMap(({ sku, locationId, quantity, reservationId }) => {
    const item = stockItemOf(cart, sku, locationId);
    if (!item.reservation && !item.pendingRequest) {
      return stockAsked([{ ...newRequest(cartId, item, quantity), replaces: reservationId }], until);
    }
    const target = targets.get(stockItemKey(sku, locationId))?.quantity ?? 0;
    return adjustReservation(cartId, item, target + quantity, until);
  });
};

/** @param data `lines` are the units that the target has taken */
export const closeMergedCart = ({ into, lines }: Data<'CloseMergedCart'>, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.status !== 'open') return [];
  const taken = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const rest = [...cart.lines.values()].flatMap((line) => {
    const quantity = line.quantity - (taken.get(line.lineId) ?? 0);
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
  const closed = { reason: 'merged', mergedInto: into, ...(rest.length > 0 && { rest }) };
  return [...releaseAll(cart, 'merged'), { type: 'CartClosed', data: closed }];
};

/**
 * What a cart brings into another: nothing if it has been merged into it before.
 *
 * @throws DomainError `cart-not-found`, `cart-closed`, `cart-checked-out`
 */
export const mergeableContents = (cart: Readonly<Cart>, into: string): MergedContents => {
  if (cart.status === 'closed' && cart.mergedInto === into) return { lines: [], places: [], reservations: [] };
  checkOpen(cart);
  return {
    lines: [...cart.lines.values()],
    places: [...cart.lineLocations].map(([lineId, locationId]) => ({ lineId, locationId })),
    reservations: activeReservations(cart),
    ...(cart.expiresAt !== '' && { expiresAt: cart.expiresAt }),
  };
};
