import { DomainError } from '#kernel';
import {
  type CartLine,
  type CartReservation,
  type CartReservationKey,
  type CartReservationRequest,
} from './cart-messages.js';

/** The fold changes it in place. */
export interface Cart {
  status: 'none' | 'open' | 'checked-out' | 'closed';
  currency: string;
  customerId: string | undefined;
  /** The channel that has the cart now. */
  channel: string;
  /** By line id. */
  readonly lines: Map<string, CartLine>;
  /** Line id → location at which the goods of the line are to be reserved. */
  readonly lineLocations: Map<string, string>;
  /** By {@link stockItemKey}. */
  readonly stockItems: Map<string, CartStockItem>;
  /** When the reservations expire, ISO 8601; empty if there are none. */
  expiresAt: string;
  checkout: Checkout | undefined;
  /** {@link mergeKey} of each merge into this cart. */
  readonly merged: Set<string>;
  mergedInto: string | undefined;
}

/** One SKU at one location, at which goods of the cart are reserved or are to be. */
export interface CartStockItem {
  readonly sku: string;
  readonly locationId: string;
  /** Reservations requested so far: part of the id of the next one. */
  requestCount: number;
  /** The request that stock has not answered yet; there is at most one at a time. */
  pendingRequest: (CartReservationRequest & { readonly expiresAt: string }) | undefined;
  reservation: CartReservation | undefined;
}

interface Checkout {
  readonly orderId: string;
  /** Until when the order must be placed; undefined once it is placed. */
  readonly expiresAt?: string;
}

export const initialState = (): Cart => ({
  status: 'none',
  currency: '',
  customerId: undefined,
  channel: '',
  lines: new Map(),
  lineLocations: new Map(),
  stockItems: new Map(),
  expiresAt: '',
  checkout: undefined,
  merged: new Set(),
  mergedInto: undefined,
});

const newStockItem = (sku: string, locationId: string): CartStockItem => ({
  sku,
  locationId,
  requestCount: 0,
  pendingRequest: undefined,
  reservation: undefined,
});

export const stockItemKey = (sku: string, locationId: string) => `${sku}~${locationId}`;

/** @returns the stock item as the cart knows it, or a new one, which is not part of the cart yet */
export const stockItemOf = ({ stockItems }: Readonly<Cart>, sku: string, locationId: string): CartStockItem =>
  stockItems.get(stockItemKey(sku, locationId)) ?? newStockItem(sku, locationId);

/** @returns undefined for a line without a location, for which nothing is reserved */
export const stockItemOfLine = (cart: Readonly<Cart>, { lineId, sku }: CartLine): CartStockItem | undefined => {
  const locationId = cart.lineLocations.get(lineId);
  return locationId === undefined ? undefined : stockItemOf(cart, sku, locationId);
};

/** Units of all lines that are to be reserved at one stock item. */
interface Target {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** @returns targets by {@link stockItemKey}; lines without a location have none */
export const targetsOf = (
  lines: ReadonlyMap<string, CartLine>,
  lineLocations: ReadonlyMap<string, string>,
): ReadonlyMap<string, Target> => {
  const targets = new Map<string, Target>();
  for (const { lineId, sku, quantity } of lines.values()) {
    const locationId = lineLocations.get(lineId);
    if (locationId === undefined) continue;
    const key = stockItemKey(sku, locationId);
    targets.set(key, { sku, locationId, quantity: (targets.get(key)?.quantity ?? 0) + quantity });
  }
  return targets;
};

export const activeReservations = ({ stockItems }: Readonly<Cart>): CartReservation[] =>
  [...stockItems.values()].flatMap(({ reservation }) => reservation ?? []);

export const reservationKeyOf = ({ reservationId, sku, locationId }: CartReservationKey): CartReservationKey => ({
  reservationId,
  sku,
  locationId,
});

/** @throws DomainError `cart-not-found`, `cart-closed` */
export const checkNotClosed = ({ status, mergedInto }: Readonly<Cart>) => {
  if (status === 'none') throw new DomainError('cart-not-found', 'There is no such cart: send CreateCart first');
  if (status !== 'closed') return;
  if (mergedInto === undefined) throw new DomainError('cart-closed', 'The cart is closed');
  throw new DomainError('cart-closed', `The cart is closed: it was merged into cart ${mergedInto}`, { mergedInto });
};

/** @throws DomainError `cart-not-found`, `cart-closed`, `cart-checked-out` */
export const checkOpen = (cart: Readonly<Cart>) => {
  checkNotClosed(cart);
  if (cart.status === 'open') return;
  const { orderId = '' } = cart.checkout ?? {};
  throw new DomainError('cart-checked-out', `The cart is checked out for order ${orderId}: send ReopenCart first`, {
    orderId,
  });
};
