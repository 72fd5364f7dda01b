/**
 * What a cart asks of the stock, and what the stock says to that: every reservation that the cart decides on is made,
 * and everything that becomes of it is told to the cart. Carts that are merged, or become an order, are ended here.
 */
import { type CartEvent } from '#carts';
import { type Happened, type Intent, type Process, type Reaction } from '#kernel';
import { parseStockStream, type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';

type CartsEvent = CartEvent | StockEvent | CommandRefused;

/** Reservations asked for, not yet answered. */
interface Asking {
  readonly open: readonly string[];
}

/** Said to the stock when the cart itself gives something back: it need not be told. */
const GIVEN_BACK = 'cart-gave-back';

const next = (open: readonly string[], intents: readonly Intent[] = []): Reaction<Asking> => ({
  state: open.length > 0 ? { open } : undefined,
  intents,
});

const release = ({ reservationId, sku, locationId }: { reservationId: string; sku: string; locationId: string }) => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason: GIVEN_BACK },
});

/** What a cart's own event leads to. */
const intentsOf = (cartId: string, event: CartEvent): readonly Intent[] => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'CartStockAsked': {
      const more = { kind: 'soft', owner: { type: 'cart', id: cartId }, expiresAt: event.data.expiresAt };
      return event.data.asks.map((ask) => ({ type: 'ReserveStock', data: { ...ask, ...more } }));
    }
    case 'CartStockReduced': {
      const { left, ...reduction } = event.data;
      return left > 0 ? [{ type: 'ReduceReservation', data: reduction }] : [release(event.data)];
    }
    case 'CartReservationsExtended': {
      const { reservations, expiresAt } = event.data;
      return reservations.map((one) => ({ type: 'ExtendReservation', data: { ...one, expiresAt } }));
    }
    case 'CartReservationsReleased':
      return event.data.reservations.map(release);
    case 'CartLinesMerged': {
      const { fromCartId, taken, rest } = event.data;
      return rest ? [] : [{ type: 'CloseMergedCart', data: { cartId: fromCartId, into: cartId, lines: taken } }];
    }
    case 'CartClosed': {
      const { mergedInto, rest } = event.data;
      return mergedInto !== undefined && rest
        ? [{ type: 'MergeCartRest', data: { cartId: mergedInto, fromCartId: cartId, lines: rest } }]
        : [];
    }
    default:
      return [];
  }
};

/** What the stock says that concerns a cart. */
const told = (open: readonly string[], cartId: string, { event, stream }: Happened<CartsEvent>): Reaction<Asking> => {
  const answered = (reservationId: string, command: string, facts: object) =>
    open.includes(reservationId)
      ? next(
          open.filter((one) => one !== reservationId),
          [{ type: command, data: { cartId, reservationId, ...facts } }],
        )
      : next(open);
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'StockReserved':
      return answered(event.data.reservationId, 'RecordCartReservation', parseStockStream(stream));
    case 'StockReservationDeclined':
      return answered(event.data.reservationId, 'RecordCartRefusal', { available: event.data.available });
    case 'CommandRefused': {
      const { command, reservationId = '' } = event.data;
      return command === 'ReserveStock' ? answered(reservationId, 'RecordCartRefusal', { available: 0 }) : next(open);
    }
    case 'ReservationReleased':
      return next(open, lost(cartId, event.data.reservationId, event.data.reason));
    case 'ReservationExpired':
      return next(open, lost(cartId, event.data.reservationId, 'expired'));
    case 'ReservationConsumed':
      return next(open, lost(cartId, event.data.reservationId, 'consumed'));
    default:
      return next(open);
  }
};

const lost = (cartId: string, reservationId: string, reason: string): Intent[] =>
  reason === GIVEN_BACK ? [] : [{ type: 'LoseCartReservation', data: { cartId, reservationId, reason } }];

const isCarts = (event: CartsEvent): event is CartEvent => event.type.startsWith('Cart');

const idIn = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const ownerOf = (event: CartsEvent) =>
  'owner' in event.data && event.data.owner.type === 'cart' ? event.data.owner.id : undefined;

export const carts: Process<Asking, CartsEvent> = {
  name: 'carts',
  categories: ['cart', 'stock'],
  instanceOf: ({ stream, event }) => (stream.startsWith('cart-') ? idIn(stream) : ownerOf(event)),
  react: (state, happened) => {
    const { event, stream } = happened;
    const open = state?.open ?? [];
    if (!isCarts(event)) return told(open, ownerOf(event) ?? idIn(stream), happened);
    const asked = event.type === 'CartStockAsked' ? event.data.asks.map(({ reservationId }) => reservationId) : [];
    return next([...open, ...asked], intentsOf(idIn(stream), event));
  },
};
