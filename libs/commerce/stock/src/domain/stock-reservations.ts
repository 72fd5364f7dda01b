import { DomainError, type Cause, type DecisionCause } from '#kernel';
import { type ReservationOwner, type StockCommand, type StockEvent } from './stock-messages.js';
import {
  availableUnits,
  isEndedReservation,
  uncommittedUnits,
  type Reservation,
  type StockItem,
} from './stock-state.js';

type ReservationCommand = Extract<StockCommand, { data: { reservationId: string } }>;
type Data<Type extends StockCommand['type']> = Extract<StockCommand, { type: Type }>['data'];

/** @throws DomainError */
export const decideReservation = (
  { type, data }: ReservationCommand,
  item: Readonly<StockItem>,
  cause: DecisionCause,
): StockEvent[] => {
  if ('ofChannel' in data && isOfAnotherChannel(item, data.reservationId, data.ofChannel)) {
    throw reservationNotFound(data.reservationId);
  }
  if ('byStaff' in data) checkNotOfProcess(item, data.reservationId);
  switch (type) {
    case 'ReserveStock':
      return reserve(data, item, cause);
    case 'ExtendReservation':
      return extend(data, activeReservation(item, data.reservationId), cause);
    case 'FirmReservation':
      return firm(activeReservation(item, data.reservationId));
    case 'ReduceReservation':
      return reduce(activeReservation(item, data.reservationId), data.by);
    case 'ReleaseReservation':
      return release(item.reservations.get(data.reservationId), data.reason);
    case 'ExpireReservation':
      return expire(item.reservations.get(data.reservationId), cause);
    case 'ConsumeReservation':
      return consume(activeReservation(item, data.reservationId), data);
  }
};

const reserve = (request: Data<'ReserveStock'>, item: Readonly<StockItem>, cause: DecisionCause): StockEvent[] => {
  if (isAlreadyReserved(request, item, cause)) return [];
  if (request.kind === 'soft') checkExpiry(request.expiresAt, cause);
  const replaced = request.replaces === undefined ? undefined : item.reservations.get(request.replaces);
  const available = unitsAvailableFor(request, item, replaced);
  if (request.quantity > available) {
    const { reservationId, quantity, owner } = request;
    return [{ type: 'StockReservationDeclined', data: { reservationId, quantity, available, owner } }];
  }
  return [...release(replaced, 'taken-over'), stockReserved(request, item, replaced)];
};

/**
 * Whether the same buyer has this reservation. Other buyers are refused: silence would read as success.
 *
 * @throws DomainError `reservation-exists`, `reservation-ended`, `location-inactive`
 */
const isAlreadyReserved = (request: Data<'ReserveStock'>, item: Readonly<StockItem>, cause: Cause): boolean => {
  const { reservationId, owner, locationPaused } = request;
  const active = item.reservations.get(reservationId);
  if (active && isSameBuyer(active, owner, cause)) return true;
  if (active) {
    throw new DomainError('reservation-exists', `Reservation ${reservationId} exists here for another buyer`);
  }
  if (isEndedReservation(item, reservationId)) throw reservationEnded(reservationId);
  if (locationPaused) throw new DomainError('location-inactive', 'The location takes no reservations now');
  return false;
};

const isSameBuyer = (reservation: Reservation, { type, id }: ReservationOwner, { channel }: Cause) =>
  reservation.owner.type === type && reservation.owner.id === id && reservation.channel === channel;

/** available + quantity of the replaced reservation − safety stock, at least 0 */
const unitsAvailableFor = (
  { keep: safetyStock = 0 }: Data<'ReserveStock'>,
  item: Readonly<StockItem>,
  replaced: Reservation | undefined,
) => Math.max(0, availableUnits(item) + (replaced?.quantity ?? 0) - safetyStock);

/** Uncommitted units cover the reservation; the others are backordered. */
const stockReserved = (
  { reservationId, quantity, kind, owner, expiresAt, promisedFor }: Data<'ReserveStock'>,
  item: Readonly<StockItem>,
  replaced: Reservation | undefined,
): StockEvent => {
  const coverable = coverableUnits(item, replaced);
  const promiseDate = promisedFor ?? replaced?.promisedFor;
  return {
    type: 'StockReserved',
    data: {
      reservationId,
      quantity,
      kind,
      owner,
      ...(kind === 'soft' && expiresAt !== undefined && { expiresAt }),
      ...(quantity > coverable && { backordered: quantity - coverable }),
      ...(promiseDate !== undefined && { promisedFor: promiseDate }),
      ...(replaced && { since: replaced.since }),
    },
  };
};

/** uncommitted + covered units of the replaced reservation, at least 0 */
const coverableUnits = (item: Readonly<StockItem>, replaced: Reservation | undefined) =>
  Math.max(0, uncommittedUnits(item) + (replaced ? coveredUnits(replaced) : 0));

const coveredUnits = ({ quantity, backordered }: Reservation) => quantity - backordered;

/** Does nothing to a hard reservation, nor to one that lasts longer already. */
const extend = (
  { expiresAt }: Data<'ExtendReservation'>,
  reservation: Reservation,
  cause: DecisionCause,
): StockEvent[] => {
  if (reservation.expiresAt === undefined || checkExpiry(expiresAt, cause) <= reservation.expiresAt) return [];
  return [{ type: 'ReservationExtended', data: { reservationId: reservation.reservationId, expiresAt } }];
};

const firm = ({ reservationId, quantity, kind }: Reservation): StockEvent[] =>
  kind === 'hard' ? [] : [{ type: 'ReservationFirmed', data: { reservationId, quantity } }];

/** Backordered units are given up first. */
const reduce = (reservation: Reservation, by: number): StockEvent[] => {
  if (by >= reservation.quantity) return release(reservation, 'reduced to nothing');
  const backordered = Math.min(by, reservation.backordered);
  return [{ type: 'ReservationReduced', data: reductionOf(reservation, by, backordered) }];
};

/** There is nothing to release of a reservation that has ended or never started. */
const release = (reservation: Reservation | undefined, reason: string): StockEvent[] =>
  reservation ? [{ type: 'ReservationReleased', data: { ...endOf(reservation), reason } }] : [];

/** The timer may be early, or late: the reservation may have been extended, made firm or ended meanwhile. */
const expire = (reservation: Reservation | undefined, { decidedAt }: DecisionCause): StockEvent[] =>
  reservation?.expiresAt !== undefined && reservation.expiresAt <= decidedAt
    ? [{ type: 'ReservationExpired', data: endOf(reservation) }]
    : [];

/** Covered units are consumed first. */
const consume = (reservation: Reservation, { ref, quantity }: Data<'ConsumeReservation'>): StockEvent[] => {
  const by = quantity ?? reservation.quantity;
  checkQuantity(by, reservation.quantity);
  const cause = reservation.owner.type === 'transfer' ? 'transfer' : 'fulfillment';
  const issued: StockEvent = { type: 'StockIssued', data: { quantity: by, cause, ref } };
  if (by === reservation.quantity) {
    return [{ type: 'ReservationConsumed', data: { ...endOf(reservation), ref } }, issued];
  }
  const backordered = Math.max(0, by - coveredUnits(reservation));
  return [{ type: 'ReservationPartlyConsumed', data: { ...reductionOf(reservation, by, backordered), ref } }, issued];
};

const endOf = ({ reservationId, quantity, kind, owner, backordered }: Reservation) => ({
  reservationId,
  quantity,
  kind,
  owner,
  ...(backordered > 0 && { backordered }),
});

/** The reservation loses `by` units, of which `backordered` had still to come in. */
const reductionOf = ({ reservationId, quantity, kind, owner }: Reservation, by: number, backordered: number) => ({
  reservationId,
  by,
  left: quantity - by,
  kind,
  owner,
  ...(backordered > 0 && { backordered }),
});

/** @throws DomainError `reservation-ended`, `reservation-not-found` */
const activeReservation = (item: Readonly<StockItem>, reservationId: string): Reservation => {
  const reservation = item.reservations.get(reservationId);
  if (reservation) return reservation;
  if (isEndedReservation(item, reservationId)) throw reservationEnded(reservationId);
  throw reservationNotFound(reservationId);
};

const isOfAnotherChannel = (item: Readonly<StockItem>, reservationId: string, channel: string | undefined) =>
  channel !== undefined && (item.reservations.get(reservationId)?.channel ?? channel) !== channel;

/** @throws DomainError `reservation-of-order` */
const checkNotOfProcess = ({ reservations }: Readonly<StockItem>, reservationId: string) => {
  const { ofProcess, owner } = reservations.get(reservationId) ?? {};
  if (!ofProcess || !owner) return;
  const message = `Reservation ${reservationId} moves with its ${owner.type} ${owner.id}: change or cancel that`;
  throw new DomainError('reservation-of-order', message, { ownerType: owner.type, ownerId: owner.id });
};

const reservationNotFound = (reservationId: string) =>
  new DomainError('reservation-not-found', `There is no reservation ${reservationId} here`);

const reservationEnded = (reservationId: string) =>
  new DomainError('reservation-ended', `Reservation ${reservationId} has ended already`);

/** @throws DomainError `expiry-passed` unless the time is given and later than the command */
const checkExpiry = (expiresAt: string | undefined, { decidedAt }: DecisionCause): string => {
  if (expiresAt !== undefined && expiresAt > decidedAt) return expiresAt;
  throw new DomainError('expiry-passed', 'A soft reservation must expire later than it is made');
};

/** @throws DomainError `not-enough-stock` */
export const checkQuantity = (quantity: number, available: number) => {
  if (quantity <= available) return;
  throw new DomainError('not-enough-stock', `${quantity} units are requested, but only ${available} are available`, {
    available,
  });
};
