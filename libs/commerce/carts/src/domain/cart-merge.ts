/** One cart's lines into another: nothing is lost that is put into it meanwhile, and what is held stays held. */
import { DomainError, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import {
  type CartCommand,
  type CartEvent,
  type CartLine,
  type HeldReservation,
  type MergedContents,
} from './cart-messages.js';
import { mergeKey } from './cart-evolve.js';
import { askFor, asked, giveBack, settle } from './cart-reservations.js';
import { heldBy, keyOf, mustBeOpen, newPlace, targetsOf, type Cart } from './cart-state.js';

type Data<Type extends CartCommand['type']> = Extract<CartCommand, { type: Type }>['data'];

export const MOST_LINES = 1000;

export const sameGoods = (one: CartLine, other: CartLine) =>
  one.sku === other.sku && one.method === other.method && one.locationId === other.locationId;

/** Goods of the same kind go into the line that is there; others get an id that is free. */
const renamed = (fromCartId: string, theirs: readonly CartLine[], { lines }: Readonly<Cart>): Renamed => {
  const taken = new Map<string, CartLine>(lines);
  return theirs.map((line) => {
    const known = [...taken.values()].find((one) => sameGoods(one, line) && samePrice(one, line));
    const free = taken.has(line.lineId) ? uuidv5(KONTOR_NAMESPACE, `${fromCartId}/${line.lineId}`) : line.lineId;
    const named = { ...line, lineId: known?.lineId ?? free };
    taken.set(named.lineId, named);
    return [line.lineId, named] as const;
  });
};

const samePrice = ({ unitPrice: one }: CartLine, { unitPrice: other }: CartLine) =>
  one.amount === other.amount && one.scale === other.scale;

/** The questions come first, so that the other cart is closed only once they are answered. */
export const merge = (wanted: Merge, cart: Readonly<Cart>): CartEvent[] => {
  const { cartId, fromCartId, lines, places = [], held = [], expiresAt, rest } = wanted;
  if (cartId === fromCartId) throw new DomainError('carts-not-mergeable', 'A cart cannot be merged into itself');
  if (cart.merged.has(mergeKey(wanted))) return [];
  if (cart.lines.size + lines.length > MOST_LINES) throw full();
  const mine = renamed(fromCartId, lines, cart);
  const merged = {
    fromCartId,
    lines: mine.map(([, line]) => line),
    places: places.map(({ lineId, locationId }) => ({ lineId: nameIn(mine, lineId), locationId })),
    taken: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(rest && { rest }),
  };
  return [...takeOver(cartId, cart, held, expiresAt), { type: 'CartLinesMerged', data: merged }];
};

type Merge = Pick<Data<'MergeCartRest'>, 'cartId' | 'fromCartId' | 'lines'> &
  Partial<MergedContents> & { readonly rest?: true };

type Renamed = readonly (readonly [was: string, line: CartLine])[];

const nameIn = (mine: Renamed, lineId: string) => mine.find(([was]) => was === lineId)?.[1].lineId ?? lineId;

export const full = () => new DomainError('cart-full', `A cart has at most ${MOST_LINES} lines`, { most: MOST_LINES });

/** What the other cart holds, this one asks for in its place, together with what it holds itself. */
const takeOver = (
  cartId: string,
  cart: Readonly<Cart>,
  held: readonly HeldReservation[],
  expiresAt = '',
): CartEvent[] => {
  const targets = targetsOf(cart);
  const until = cart.expiresAt > expiresAt ? cart.expiresAt : expiresAt;
  return held.flatMap(({ sku, locationId, quantity, reservationId }) => {
    const place = cart.places.get(keyOf({ sku, locationId })) ?? newPlace(sku, locationId);
    const isBusy = place.held !== undefined || place.asked !== undefined;
    if (isBusy) return settle(cartId, place, (targets.get(keyOf(place)) ?? 0) + quantity, until);
    return asked([{ ...askFor(cartId, place, quantity), replaces: reservationId }], until);
  });
};

/** The source has been merged: it ends, and names what came into it since. */
export const closeMerged = ({ into, lines }: Data<'CloseMergedCart'>, cart: Readonly<Cart>): CartEvent[] => {
  if (cart.status !== 'open') return [];
  const carried = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const rest = [...cart.lines.values()].flatMap((line) => {
    const quantity = line.quantity - (carried.get(line.lineId) ?? 0);
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
  const left = rest.length > 0 ? { rest } : {};
  return [...giveBack(cart, 'merged'), { type: 'CartClosed', data: { reason: 'merged', mergedInto: into, ...left } }];
};

/** What a cart brings into another; nothing where it has been merged into that one already. */
export const contentsOf = (cart: Readonly<Cart>, into: string): MergedContents => {
  if (cart.status === 'closed' && cart.mergedInto === into) return { lines: [], places: [], held: [] };
  mustBeOpen(cart);
  return {
    lines: [...cart.lines.values()],
    places: [...cart.placed].map(([lineId, locationId]) => ({ lineId, locationId })),
    held: heldBy(cart),
    ...(cart.expiresAt !== '' && { expiresAt: cart.expiresAt }),
  };
};
