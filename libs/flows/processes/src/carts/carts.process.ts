/**
 * Sends the reservations of a cart to stock, and the answers of stock to the cart.
 *
 *   1. CartStockAsked             → ReserveStock for each ask, until the reservation expires
 *   2. StockReserved              → RecordCartReservation    (StockReservationDeclined → RecordCartRefusal)
 *   3. CartStockReduced, CartReservationsExtended, CartReservationsReleased → the same for each reservation
 *   4. A reservation that ends otherwise → LoseCartReservation
 *   5. CartLinesMerged            → CloseMergedCart;   CartClosed → MergeCartRest of lines that came meanwhile
 *
 *   CartStockAsked ──▶ [asking] ──▶ every reservation has been answered
 */
import { cart, type CartCommand, type CartEvent } from '#carts';
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { eventsOf, type CommandRefused, type InputOf, type Process, type Reaction } from '#process-manager';
import { parseStockStream, stockItem, type StockItemCommand } from '#stock';
import { INVENTORY_CHANGES, RESERVATION_CHANGES } from '../event-groups.js';
import { ownerOf, release, reserveUntil, type ReleaseReservation, type ReserveStock } from '../reservations.js';

/** Ids of reservations that stock has not answered yet. */
interface PendingReservations {
  readonly open: readonly string[];
}

const inputs = eventsOf([cart, stockItem]).except(
  'CartCreated',
  'CartLineAdded',
  'CartLineQuantitySet',
  'CartLineRemoved',
  'CartHandedOver',
  'CartCustomerAttached',
  'CartReservationRequested',
  'CartStockReserved',
  'CartStockNotReserved',
  'CartReservationEnded',
  'CartCheckedOut',
  'CartOrdered',
  'CartReopened',
  ...INVENTORY_CHANGES,
  ...RESERVATION_CHANGES,
);

type CartProcessCommand =
  | ReserveStock
  | ReleaseReservation
  | StockItemCommand<'ReduceReservation' | 'ExtendReservation'>
  | Named<
      CartCommand,
      'RecordCartReservation' | 'RecordCartRefusal' | 'LoseCartReservation' | 'CloseMergedCart' | 'MergeCartRest'
    >;

export const carts: Process<PendingReservations, InputOf<typeof inputs>, CartProcessCommand> = {
  name: 'carts',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('owner' in data ? ownerOf('cart', data) : idOf(stream)),
  react: (state, { event, stream }, cartId) => {
    const open = state?.open ?? [];
    switch (event.type) {
      case 'CartStockAsked':
        return requestReservations(open, cartId, event.data);
      case 'StockReserved':
        return granted(open, { cartId, reservationId: event.data.reservationId, ...parseStockStream(stream) });
      case 'StockReservationDeclined':
        return declined(open, { cartId, reservationId: event.data.reservationId, available: event.data.available });
      case 'CartStockReduced':
        return withPending(open, [reduce(event.data)]);
      case 'CartReservationsExtended':
        return withPending(open, extend(event.data));
      case 'CartReservationsReleased':
        return withPending(open, event.data.reservations.map(releaseStock));
      case 'ReservationReleased':
        return withPending(
          open,
          event.data.reason === RELEASED_BY_CART ? [] : [recordLoss(cartId, event.data, event.data.reason)],
        );
      case 'ReservationExpired':
        return withPending(open, [recordLoss(cartId, event.data, 'expired')]);
      case 'ReservationConsumed':
        return withPending(open, [recordLoss(cartId, event.data, 'consumed')]);
      case 'CartLinesMerged':
        return withPending(open, closeMerged(cartId, event.data));
      case 'CartClosed':
        return withPending(open, mergeRest(cartId, event.data));
      case 'CommandRefused':
        return refused(open, cartId, event.data);
    }
  },
};

/** The reason of releases that the cart itself has requested and need not be informed of. */
const RELEASED_BY_CART = 'cart-gave-back';

type Outcome = Reaction<PendingReservations, CartProcessCommand>;
type Data<Type extends CartEvent['type']> = Named<CartEvent, Type>['data'];
type Command<Type extends CartProcessCommand['type']> = Named<CartProcessCommand, Type>;

const withPending = (open: readonly string[], commands: readonly CartProcessCommand[] = []): Outcome => ({
  state: open.length > 0 ? { open } : undefined,
  commands,
});

const requestReservations = (
  open: readonly string[],
  cartId: string,
  { asks, expiresAt }: Data<'CartStockAsked'>,
): Outcome =>
  withPending(
    [...open, ...asks.map(({ reservationId }) => reservationId)],
    asks.map((one) => reserveUntil(expiresAt, { type: 'cart', id: cartId }, one)),
  );

/** Sends the answer to the cart if it waits for one. */
const recordAnswer = (
  open: readonly string[],
  command: Command<'RecordCartReservation' | 'RecordCartRefusal'>,
): Outcome => {
  const { reservationId } = command.data;
  if (!open.includes(reservationId)) return withPending(open);
  return withPending(
    open.filter((one) => one !== reservationId),
    [command],
  );
};

const granted = (open: readonly string[], data: Command<'RecordCartReservation'>['data']): Outcome =>
  recordAnswer(open, { type: 'RecordCartReservation', data });

const declined = (open: readonly string[], data: Command<'RecordCartRefusal'>['data']): Outcome =>
  recordAnswer(open, { type: 'RecordCartRefusal', data });

const releaseStock = (reservation: Data<'CartReservationsReleased'>['reservations'][number]) =>
  release(reservation, RELEASED_BY_CART);

const reduce = ({ left, reservationId, sku, locationId, by }: Data<'CartStockReduced'>): CartProcessCommand =>
  left > 0
    ? { type: 'ReduceReservation', data: { reservationId, sku, locationId, by } }
    : releaseStock({ reservationId, sku, locationId });

const extend = ({ reservations, expiresAt }: Data<'CartReservationsExtended'>) =>
  reservations.map(({ reservationId, sku, locationId }): CartProcessCommand => ({
    type: 'ExtendReservation',
    data: { reservationId, sku, locationId, expiresAt },
  }));

const recordLoss = (
  cartId: string,
  { reservationId }: { readonly reservationId: string },
  reason: string,
): CartProcessCommand => ({ type: 'LoseCartReservation', data: { cartId, reservationId, reason } });

const closeMerged = (into: string, { fromCartId, taken, rest }: Data<'CartLinesMerged'>): CartProcessCommand[] =>
  rest ? [] : [{ type: 'CloseMergedCart', data: { cartId: fromCartId, into, lines: taken } }];

const mergeRest = (fromCartId: string, { mergedInto, rest }: Data<'CartClosed'>): CartProcessCommand[] =>
  mergedInto !== undefined && rest
    ? [{ type: 'MergeCartRest', data: { cartId: mergedInto, fromCartId, lines: rest } }]
    : [];

const refused = (
  open: readonly string[],
  cartId: string,
  { command }: CommandRefused<CartProcessCommand>['data'],
): Outcome => {
  switch (command.type) {
    case 'ReserveStock':
      return declined(open, { cartId, reservationId: command.data.reservationId, available: 0 });
    case 'ReleaseReservation':
    case 'ReduceReservation':
    case 'ExtendReservation': // the reservation has ended: its own event says so
    case 'RecordCartReservation':
    case 'RecordCartRefusal':
    case 'LoseCartReservation':
    case 'CloseMergedCart':
    case 'MergeCartRest': // the cart is closed
      return withPending(open);
  }
};
