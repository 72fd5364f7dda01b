import { type Recorded } from '#event-store';
import { type CartEvent, type CartLine } from '../domain/cart-messages.js';
import { heldBy, type Cart } from '../domain/cart-state.js';
import { cart } from '../domain/cart.js';

interface LineView extends CartLine {
  /** Units that are held for it. */
  readonly reserved: number;
}

interface ReservationView {
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Goods that could not be held when they were asked for last. */
interface MissingView {
  readonly sku: string;
  readonly quantity: number;
  readonly available: number;
}

/** One after the other: who had the cart, since when. */
interface Holder {
  readonly channel: string;
  readonly person?: string;
  readonly since: string;
}

/** A cart as it stands now, for people. */
export interface CartView {
  readonly cartId: string;
  readonly state: 'open' | 'checked-out' | 'closed';
  readonly channel: string;
  readonly currency: string;
  readonly customerId: string | null;
  readonly lines: readonly LineView[];
  readonly reservations: readonly ReservationView[];
  /** Until when goods are held, ISO 8601. */
  readonly reservedUntil: string | null;
  readonly missing: readonly MissingView[];
  readonly orderId: string | null;
  readonly mergedInto: string | null;
  readonly holders: readonly Holder[];
  readonly revision: number;
}

/** @param history all of its events, as today's code knows them @returns undefined where there is no cart */
export const cartView = (cartId: string, history: readonly Recorded[]): CartView | undefined => {
  const state = cart.decider.initialState();
  const missing = new Map<string, MissingView>();
  const holders: Holder[] = [];
  for (const { event, envelope } of history) {
    const happened = event as CartEvent;
    cart.decider.evolve(state, happened, envelope);
    noteMissing(missing, happened);
    noteHolder(holders, happened, { channel: state.channel, since: envelope.occurredAt });
  }
  return state.status === 'none'
    ? undefined
    : viewOf(cartId, state, { missing, holders, revision: history.length - 1 });
};

const noteMissing = (missing: Map<string, MissingView>, { type, data }: CartEvent) => {
  if (type === 'CartStockReserved') missing.delete(data.sku);
  if (type === 'CartReservationRequested' || type === 'CartReservationsReleased') missing.clear();
  if (type !== 'CartStockNotReserved') return;
  missing.set(data.sku, { sku: data.sku, quantity: data.quantity, available: data.available });
};

const noteHolder = (holders: Holder[], { type, data }: CartEvent, now: Holder) => {
  const person = type === 'CartHandedOver' ? data.to.person : undefined;
  if (holders.at(-1)?.channel === now.channel && person === undefined) return;
  holders.push({ ...now, ...(person !== undefined && { person }) });
};

type Told = { readonly missing: Map<string, MissingView> } & Pick<CartView, 'holders' | 'revision'>;

const viewOf = (cartId: string, state: Cart, { missing, holders, revision }: Told): CartView => {
  const held = heldBy(state);
  return {
    cartId,
    state: state.status as CartView['state'],
    channel: state.channel,
    currency: state.currency,
    customerId: state.customerId ?? null,
    lines: withReserved(state),
    reservations: held.map(({ sku, locationId, quantity }) => ({ sku, locationId, quantity })),
    reservedUntil: held.length > 0 ? state.expiresAt : null,
    missing: [...missing.values()],
    orderId: state.checkout?.orderId ?? null,
    mergedInto: state.mergedInto ?? null,
    holders,
    revision,
  };
};

/** What is held at a place belongs to its lines in their order. */
const withReserved = (state: Cart): LineView[] => {
  const left = new Map(heldBy(state).map(({ sku, locationId, quantity }) => [`${sku}~${locationId}`, quantity]));
  return [...state.lines.values()].map((line) => {
    const key = `${line.sku}~${state.placed.get(line.lineId) ?? ''}`;
    const reserved = Math.min(line.quantity, left.get(key) ?? 0);
    left.set(key, (left.get(key) ?? 0) - reserved);
    return { ...line, reserved };
  });
};
