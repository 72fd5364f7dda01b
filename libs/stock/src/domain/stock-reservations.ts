import { DomainError, type Cause } from '#kernel';
import { type StockCommand, type StockEvent } from './stock-messages.js';
import { available, hasEnded, type Reservation, type StockItem } from './stock-state.js';

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
      return consume(active(item, data.reservationId), data.ref);
  }
};

const reserve = (wanted: Data<'ReserveStock'>, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  const { reservationId, quantity, kind, owner, keep } = wanted;
  const known = item.reservations.get(reservationId);
  if (known && isSameBuyer(known, owner, cause)) return [];
  if (known) throw new DomainError('reservation-exists', `There is a reservation ${reservationId} of another here`);
  if (hasEnded(item, reservationId)) throw ended(reservationId);
  if (wanted.locationPaused) throw new DomainError('location-inactive', 'The location takes no reservations now');
  const until = kind === 'soft' ? { expiresAt: future(wanted.expiresAt, cause) } : {};
  const free = freeBeyond(item, keep);
  return quantity <= free
    ? [{ type: 'StockReserved', data: { reservationId, quantity, kind, owner, ...until } }]
    : [{ type: 'StockReservationDeclined', data: { reservationId, quantity, available: free, owner } }];
};

const freeBeyond = (item: Readonly<StockItem>, keep = 0) => Math.max(0, available(item) - keep);

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
  const { reservationId, quantity, kind, owner } = reservation;
  if (by >= quantity) return release(reservation, 'reduced to nothing');
  return [{ type: 'ReservationReduced', data: { reservationId, by, left: quantity - by, kind, owner } }];
};

const release = (reservation: Reservation | undefined, reason: string): StockEvent[] =>
  reservation ? [{ type: 'ReservationReleased', data: { ...held(reservation), reason } }] : [];

const expire = (reservation: Reservation | undefined, { occurredAt }: Cause): StockEvent[] =>
  reservation?.expiresAt !== undefined && reservation.expiresAt <= occurredAt
    ? [{ type: 'ReservationExpired', data: held(reservation) }]
    : [];

const consume = (reservation: Reservation, ref: string): StockEvent[] => [
  { type: 'ReservationConsumed', data: { ...held(reservation), ref } },
  { type: 'StockIssued', data: { quantity: reservation.quantity, cause: 'fulfillment', ref } },
];

const held = ({ reservationId, quantity, kind, owner }: Reservation) => ({ reservationId, quantity, kind, owner });

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
