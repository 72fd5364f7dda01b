import { type RecordedAs } from '#projections';
import { type CartEvent, type CartLine } from '../domain/cart-messages.js';
import { activeReservations, stockItemKey, type Cart } from '../domain/cart-state.js';
import { cart } from '../domain/cart.js';

/** A cart as it is now, for people. */
export interface CartView {
  readonly cartId: string;
  readonly state: 'open' | 'checked-out' | 'closed';
  readonly channel: string;
  readonly currency: string;
  readonly customerId: string | null;
  readonly lines: readonly LineView[];
  readonly reservations: readonly ReservationView[];
  /** When the reservations expire, ISO 8601. */
  readonly reservedUntil: string | null;
  readonly missing: readonly MissingView[];
  readonly orderId: string | null;
  readonly mergedInto: string | null;
  /** Oldest first. */
  readonly holders: readonly Holder[];
  readonly revision: number;
}

interface LineView extends CartLine {
  /** How many of the units are reserved. */
  readonly reserved: number;
}

interface ReservationView {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Goods that could not be reserved at the last request. */
interface MissingView {
  readonly sku: string;
  readonly quantity: number;
  readonly available: number;
}

/** A channel, or a person there, that had the cart from `since` on, business time in ISO 8601. */
interface Holder {
  readonly channel: string;
  readonly person?: string;
  readonly since: string;
}

/**
 * @param history all events of the cart in their current version
 * @returns undefined if there is no cart
 */
export const cartView = (cartId: string, history: readonly RecordedAs<CartEvent>[]): CartView | undefined => {
  const state = cart.decider.initialState();
  const missing = new Map<string, MissingView>();
  const holders: Holder[] = [];
  for (const { event, envelope } of history) {
    cart.decider.evolve(state, event, envelope);
    evolveMissing(missing, event);
    evolveHolders(holders, event, { channel: state.channel, since: envelope.occurredAt });
  }
  if (state.status === 'none') return undefined;
  const reservations = activeReservations(state);
  return {
    cartId,
    state: state.status,
    channel: state.channel,
    currency: state.currency,
    customerId: state.customerId ?? null,
    lines: linesWithReserved(state),
    reservations: reservations.map(({ sku, locationId, quantity }) => ({ sku, locationId, quantity })),
    reservedUntil: reservations.length > 0 ? state.expiresAt : null,
    missing: [...missing.values()],
    orderId: state.checkout?.orderId ?? null,
    mergedInto: state.mergedInto ?? null,
    holders,
    revision: history.length - 1,
  };
};

const evolveMissing = (missing: Map<string, MissingView>, { type, data }: CartEvent) => {
  if (type === 'CartStockReserved') missing.delete(data.sku);
  if (type === 'CartReservationRequested' || type === 'CartReservationsReleased') missing.clear();
  if (type !== 'CartStockNotReserved') return;
  missing.set(data.sku, { sku: data.sku, quantity: data.quantity, available: data.available });
};

const evolveHolders = (holders: Holder[], { type, data }: CartEvent, holder: Holder) => {
  const person = type === 'CartHandedOver' ? data.to.person : undefined;
  if (holders.at(-1)?.channel === holder.channel && person === undefined) return;
  holders.push({ ...holder, ...(person !== undefined && { person }) });
};

/** The lines that share a reservation get its units in their order. */
const linesWithReserved = (state: Cart): LineView[] => {
  const unassigned = new Map(
    activeReservations(state).map(({ sku, locationId, quantity }) => [stockItemKey(sku, locationId), quantity]),
  );
  return [...state.lines.values()].map((line) => {
    const key = stockItemKey(line.sku, state.lineLocations.get(line.lineId) ?? '');
    const units = unassigned.get(key) ?? 0;
    const reserved = Math.min(line.quantity, units);
    unassigned.set(key, units - reserved);
    return { ...line, reserved };
  });
};
