import { DomainError, type Cause } from '#kernel';
import { type StockCommand, type StockEvent } from './stock-messages.js';
import { available, hasEnded, uncommitted, type Reservation, type StockItem } from './stock-state.js';

type ReservationCommand = Extract<StockCommand, { data: { reservationId: string } }>;
type Data<Type extends StockCommand['type']> = Extract<StockCommand, { type: Type }>['data'];

export const decideReservation = (
  { type, data }: ReservationCommand,
  item: Readonly<StockItem>,
  cause: Cause,
): StockEvent[] => {
  if ('ofChannel' in data && isForeign(item, data.reservationId, data.ofChannel)) throw notFound(data.reservationId);
  switch (type) {
    case 'ReserveStock':
      return reserve(data, item, cause);
    case 'ExtendReservation':
      return extend(data, active(item, data.reservationId), cause);
    case 'FirmReservation':
      return firm(active(item, data.reservationId));
    case 'ReduceReservation':
      return reduce(active(item, data.reservationId), data.by);
    case 'ReleaseReservation':
      return release(item.reservations.get(data.reservationId), data.reason);
    case 'ExpireReservation':
      return expire(item.reservations.get(data.reservationId), cause);
    case 'ConsumeReservation':
      return consume(active(item, data.reservationId), data);
  }
};

const reserve = (wanted: Data<'ReserveStock'>, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  const { reservationId, quantity, owner, replaces = '' } = wanted;
  if (isHeld(wanted, item, cause)) return [];
  if (wanted.kind === 'soft') future(wanted.expiresAt, cause);
  const old = item.reservations.get(replaces);
  const free = freeTo(wanted, item, old);
  if (quantity > free) {
    return [{ type: 'StockReservationDeclined', data: { reservationId, quantity, available: free, owner } }];
  }
  return [...release(old, 'taken-over'), begun(wanted, item, old)];
};

const begun = (
  { reservationId, quantity, kind, owner, expiresAt, promisedFor }: Data<'ReserveStock'>,
  item: Readonly<StockItem>,
  old: Reservation | undefined,
): StockEvent => {
  const there = Math.max(0, uncommitted(item) + coveredOf(old));
  const waits = quantity > there && { backordered: quantity - there };
  const until = kind === 'soft' && expiresAt !== undefined && { expiresAt };
  const promise = promisedFor ?? old?.promisedFor;
  return {
    type: 'StockReserved',
    data: {
      ...{ reservationId, quantity, kind, owner, ...until, ...waits },
      ...(promise !== undefined && { promisedFor: promise }),
      ...(old && { since: old.since }),
    },
  };
};

/** @throws DomainError when the name is taken, or the place takes no reservations */
const isHeld = (wanted: Data<'ReserveStock'>, item: Readonly<StockItem>, cause: Cause): boolean => {
  const { reservationId, owner, locationPaused } = wanted;
  const known = item.reservations.get(reservationId);
  if (known && isSameBuyer(known, owner, cause)) return true;
  if (known) throw new DomainError('reservation-exists', `There is a reservation ${reservationId} of another here`);
  if (hasEnded(item, reservationId)) throw ended(reservationId);
  if (locationPaused) throw new DomainError('location-inactive', 'The location takes no reservations now');
  return false;
};

/** Units that may be reserved, when `old` ends by it. */
const freeTo = ({ keep = 0 }: Data<'ReserveStock'>, item: Readonly<StockItem>, old: Reservation | undefined) =>
  Math.max(0, available(item) + (old?.quantity ?? 0) - keep);

const coveredOf = (reservation: Reservation | undefined) =>
  reservation ? reservation.quantity - reservation.backordered : 0;

/** Whoever asks again must be told of a name that is taken: silence would read as success. */
const isSameBuyer = (known: Reservation, { type, id }: Reservation['owner'], { channel }: Cause) =>
  known.owner.type === type && known.owner.id === id && known.channel === channel;

/** A hard reservation needs no extension, nor does one that lasts longer already. */
const extend = ({ expiresAt }: Data<'ExtendReservation'>, reservation: Reservation, cause: Cause): StockEvent[] => {
  const { reservationId, expiresAt: before } = reservation;
  if (before === undefined || future(expiresAt, cause) <= before) return [];
  return [{ type: 'ReservationExtended', data: { reservationId, expiresAt } }];
};

const firm = ({ reservationId, quantity, kind }: Reservation): StockEvent[] =>
  kind === 'hard' ? [] : [{ type: 'ReservationFirmed', data: { reservationId, quantity } }];

const reduce = (reservation: Reservation, by: number): StockEvent[] => {
  if (by >= reservation.quantity) return release(reservation, 'reduced to nothing');
  return [{ type: 'ReservationReduced', data: lessOf(reservation, by, Math.min(by, reservation.backordered)) }];
};

const release = (reservation: Reservation | undefined, reason: string): StockEvent[] =>
  reservation ? [{ type: 'ReservationReleased', data: { ...held(reservation), reason } }] : [];

const expire = (reservation: Reservation | undefined, { occurredAt }: Cause): StockEvent[] =>
  reservation?.expiresAt !== undefined && reservation.expiresAt <= occurredAt
    ? [{ type: 'ReservationExpired', data: held(reservation) }]
    : [];

/** What left is taken from the covered units first. */
const consume = (reservation: Reservation, { ref, quantity }: Data<'ConsumeReservation'>): StockEvent[] => {
  const by = quantity ?? reservation.quantity;
  atMost(reservation.quantity, by);
  const why = reservation.owner.type === 'transfer' ? 'transfer' : 'fulfillment';
  const issued: StockEvent = { type: 'StockIssued', data: { quantity: by, cause: why, ref } };
  if (by === reservation.quantity) {
    return [{ type: 'ReservationConsumed', data: { ...held(reservation), ref } }, issued];
  }
  const less = lessOf(reservation, by, Math.max(0, by - coveredOf(reservation)));
  return [{ type: 'ReservationPartlyConsumed', data: { ...less, ref } }, issued];
};

const held = ({ reservationId, quantity, kind, owner, backordered }: Reservation) => ({
  ...{ reservationId, quantity, kind, owner },
  ...(backordered > 0 && { backordered }),
});

/** `by` units fewer, of which `backordered` had still to come in. */
const lessOf = ({ reservationId, quantity, kind, owner }: Reservation, by: number, backordered: number) => ({
  ...{ reservationId, by, left: quantity - by, kind, owner },
  ...(backordered > 0 && { backordered }),
});

/** @throws DomainError unless the reservation has started and not ended */
const active = (item: Readonly<StockItem>, reservationId: string): Reservation => {
  const reservation = item.reservations.get(reservationId);
  if (reservation) return reservation;
  if (hasEnded(item, reservationId)) throw ended(reservationId);
  throw notFound(reservationId);
};

const isForeign = (item: Readonly<StockItem>, reservationId: string, channel: string | undefined) =>
  channel !== undefined && (item.reservations.get(reservationId)?.channel ?? channel) !== channel;

const notFound = (reservationId: string) =>
  new DomainError('reservation-not-found', `There is no reservation ${reservationId} here`);

const ended = (reservationId: string) =>
  new DomainError('reservation-ended', `Reservation ${reservationId} has ended already`);

/** @throws DomainError unless the time is given and after the command's own */
const future = (expiresAt: string | undefined, { occurredAt }: Cause): string => {
  if (expiresAt !== undefined && expiresAt > occurredAt) return expiresAt;
  throw new DomainError('expiry-passed', 'A soft reservation must expire later than it is made');
};

/** @throws DomainError */
export const atMost = (available: number, quantity: number) => {
  if (quantity <= available) return;
  throw new DomainError('not-enough-stock', `${quantity} units are more than the ${available} there are`, {
    available,
  });
};
