import { type RecordedAs } from '#projections';
import { described, instant, integer, listOf, object, oneOf, orNull, text, type ValueOf } from '#schema';
import { type CartEvent } from '../domain/cart-messages.js';
import { activeReservations, stockItemKey, type Cart } from '../domain/cart-state.js';
import { cart } from '../domain/cart.js';
import { cartLine } from './cart-line.js';

const lineView = object({ ...cartLine, reserved: described(integer, 'How many of the units are reserved') });
const missingView = object({ sku: text, quantity: integer, available: integer });
const holder = object({
  channel: text,
  'person?': described(text, 'An id, never a name'),
  since: described(instant, 'Business time'),
});

export const cartSchema = object({
  cartId: text,
  state: oneOf('open', 'checked-out', 'closed'),
  channel: described(text, 'The channel that has the cart now'),
  currency: described(text, 'ISO 4217'),
  customerId: described(orNull(text), 'A registered customer'),
  lines: listOf(lineView),
  reservations: listOf(object({ sku: text, locationId: text, quantity: integer })),
  reservedUntil: described(orNull(instant), 'When the reservations expire'),
  missing: described(listOf(missingView), 'Goods that could not be reserved at the last request'),
  orderId: described(orNull(text), 'The order of the checkout'),
  mergedInto: described(orNull(text), 'The cart that took over its lines'),
  holders: described(listOf(holder), 'Channels, or persons there, that had the cart, the oldest first'),
  revision: integer,
});

/** A cart as it is now, for people. */
export type CartView = ValueOf<typeof cartSchema>;
type LineView = ValueOf<typeof lineView>;
type MissingView = ValueOf<typeof missingView>;
type Holder = ValueOf<typeof holder>;

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
