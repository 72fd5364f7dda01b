import { DomainError } from '#kernel';
import { type CartAsk, type CartLine, type CartReservation, type HeldReservation } from './cart-messages.js';

/** The stock of one SKU at one location, as far as the cart wants it. */
export interface Place {
  readonly sku: string;
  readonly locationId: string;
  /** Reservations asked for so far: part of the next one's id. */
  asks: number;
  /** Without an answer yet. One at a time. */
  asked: (CartAsk & { readonly expiresAt: string }) | undefined;
  held: HeldReservation | undefined;
}

interface Checkout {
  readonly orderId: string;
  /** Until when its order must be placed; none once it was. */
  readonly expiresAt?: string;
}

/** Changed in place by the fold. */
export interface Cart {
  status: 'none' | 'open' | 'checked-out' | 'closed';
  currency: string;
  customerId: string | undefined;
  /** Who has it now. */
  channel: string;
  readonly lines: Map<string, CartLine>;
  /** The location of each line whose goods are to be held. */
  readonly placed: Map<string, string>;
  readonly places: Map<string, Place>;
  /** Until when goods are held, ISO 8601; empty when none are. */
  expiresAt: string;
  checkout: Checkout | undefined;
  /** Carts that were merged into this one. */
  readonly merged: Set<string>;
  mergedInto: string | undefined;
}

export const initialState = (): Cart => ({
  status: 'none',
  currency: '',
  customerId: undefined,
  channel: '',
  lines: new Map(),
  placed: new Map(),
  places: new Map(),
  expiresAt: '',
  checkout: undefined,
  merged: new Set(),
  mergedInto: undefined,
});

export const newPlace = (sku: string, locationId: string): Place => ({
  sku,
  locationId,
  asks: 0,
  asked: undefined,
  held: undefined,
});

export const keyOf = ({ sku, locationId }: { sku: string; locationId: string }) => `${sku}~${locationId}`;

/** The key of the place that a line's goods are held at, if they are to be. */
export const placeOf = ({ placed }: Readonly<Cart>, { lineId, sku }: CartLine) => {
  const locationId = placed.get(lineId);
  return locationId === undefined ? undefined : keyOf({ sku, locationId });
};

/** Units that the lines want at each place. */
export const targetsOf = (cart: Readonly<Cart>): Map<string, number> => {
  const targets = new Map<string, number>();
  for (const line of cart.lines.values()) count(targets, placeOf(cart, line), line.quantity);
  return targets;
};

export const count = (targets: Map<string, number>, key: string | undefined, quantity: number) => {
  if (key !== undefined) targets.set(key, (targets.get(key) ?? 0) + quantity);
};

export const heldBy = ({ places }: Readonly<Cart>): HeldReservation[] =>
  [...places.values()].flatMap(({ held }) => held ?? []);

export const nameOf = ({ reservationId, sku, locationId }: CartReservation): CartReservation => ({
  reservationId,
  sku,
  locationId,
});

/** @throws DomainError `cart-not-found`, `cart-closed` */
export const mustBeThere = ({ status, mergedInto }: Readonly<Cart>) => {
  if (status === 'none') throw new DomainError('cart-not-found', 'There is no such cart: CreateCart comes first');
  if (status !== 'closed') return;
  const into = mergedInto === undefined ? '' : `: go on with cart ${mergedInto}`;
  throw new DomainError('cart-closed', `The cart is closed${into}`, mergedInto === undefined ? {} : { mergedInto });
};

/** @throws DomainError `cart-not-found`, `cart-closed`, `cart-checked-out` */
export const mustBeOpen = (cart: Readonly<Cart>) => {
  mustBeThere(cart);
  if (cart.status === 'open') return;
  const { orderId = '' } = cart.checkout ?? {};
  throw new DomainError('cart-checked-out', `The cart is checked out for order ${orderId}: ReopenCart first`, {
    orderId,
  });
};
