/**
 * Lets stock do what a cart decides, and tells the cart what became of it.
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
interface Asking {
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

export const carts: Process<Asking, InputOf<typeof inputs>, CartProcessCommand> = {
  name: 'carts',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('owner' in data ? ownerOf('cart', data) : idOf(stream)),
  react: (state, { event, stream }, cartId) => {
    const open = state?.open ?? [];
    switch (event.type) {
      case 'CartStockAsked':
        return ask(open, cartId, event.data);
      case 'StockReserved':
        return granted(open, { cartId, reservationId: event.data.reservationId, ...parseStockStream(stream) });
      case 'StockReservationDeclined':
        return declined(open, { cartId, reservationId: event.data.reservationId, available: event.data.available });
      case 'CartStockReduced':
        return next(open, [reduce(event.data)]);
      case 'CartReservationsExtended':
        return next(open, extend(event.data));
      case 'CartReservationsReleased':
        return next(open, event.data.reservations.map(giveBack));
      case 'ReservationReleased':
        return next(open, event.data.reason === GIVEN_BACK ? [] : [lose(cartId, event.data, event.data.reason)]);
      case 'ReservationExpired':
        return next(open, [lose(cartId, event.data, 'expired')]);
      case 'ReservationConsumed':
        return next(open, [lose(cartId, event.data, 'consumed')]);
      case 'CartLinesMerged':
        return next(open, closeMerged(cartId, event.data));
      case 'CartClosed':
        return next(open, mergeRest(cartId, event.data));
      case 'CommandRefused':
        return refused(open, cartId, event.data);
    }
  },
};

/** The reason under which the cart itself gives a reservation back: the cart knows of it already. */
const GIVEN_BACK = 'cart-gave-back';

type Outcome = Reaction<Asking, CartProcessCommand>;
type Data<Type extends CartEvent['type']> = Named<CartEvent, Type>['data'];
type Command<Type extends CartProcessCommand['type']> = Named<CartProcessCommand, Type>;

const next = (open: readonly string[], commands: readonly CartProcessCommand[] = []): Outcome => ({
  state: open.length > 0 ? { open } : undefined,
  commands,
});

const ask = (open: readonly string[], cartId: string, { asks, expiresAt }: Data<'CartStockAsked'>): Outcome =>
  next(
    [...open, ...asks.map(({ reservationId }) => reservationId)],
    asks.map((one) => reserveUntil(expiresAt, { type: 'cart', id: cartId }, one)),
  );

/** Tells the cart of an answer that it waits for. */
const tell = (open: readonly string[], command: Command<'RecordCartReservation' | 'RecordCartRefusal'>): Outcome => {
  const { reservationId } = command.data;
  if (!open.includes(reservationId)) return next(open);
  return next(
    open.filter((one) => one !== reservationId),
    [command],
  );
};

const granted = (open: readonly string[], data: Command<'RecordCartReservation'>['data']): Outcome =>
  tell(open, { type: 'RecordCartReservation', data });

const declined = (open: readonly string[], data: Command<'RecordCartRefusal'>['data']): Outcome =>
  tell(open, { type: 'RecordCartRefusal', data });

const giveBack = (reservation: Data<'CartReservationsReleased'>['reservations'][number]) =>
  release(reservation, GIVEN_BACK);

const reduce = ({ left, reservationId, sku, locationId, by }: Data<'CartStockReduced'>): CartProcessCommand =>
  left > 0
    ? { type: 'ReduceReservation', data: { reservationId, sku, locationId, by } }
    : giveBack({ reservationId, sku, locationId });

const extend = ({ reservations, expiresAt }: Data<'CartReservationsExtended'>) =>
  reservations.map(({ reservationId, sku, locationId }): CartProcessCommand => ({
    type: 'ExtendReservation',
    data: { reservationId, sku, locationId, expiresAt },
  }));

const lose = (
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
      return next(open);
  }
};
