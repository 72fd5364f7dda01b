/** Commands by which processes make and release reservations. */
import { type ReservationOwner, type StockItemCommand } from '#stock';

export type ReserveStock = StockItemCommand<'ReserveStock'>;
export type ReleaseReservation = StockItemCommand<'ReleaseReservation'>;

interface ReservationName {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
}

interface RequestedReservation extends ReservationName {
  readonly quantity: number;
  /** A reservation of the same buyer at the same location, which this one takes over. */
  readonly replaces?: string;
}

const reserve = (
  owner: ReservationOwner,
  { reservationId, sku, locationId, quantity, replaces }: RequestedReservation,
  terms: Pick<ReserveStock['data'], 'kind' | 'keep' | 'expiresAt'>,
): ReserveStock => ({
  type: 'ReserveStock',
  data: { sku, locationId, reservationId, quantity, owner, ...terms, ...(replaces !== undefined && { replaces }) },
});

/** Reserves until the owner releases it. `keep` is the safety stock, by default 0. */
export const reserveHard = (owner: ReservationOwner, request: RequestedReservation & { readonly keep?: number }) =>
  reserve(owner, request, { kind: 'hard', keep: request.keep ?? 0 });

/** Reserves until it expires. The handler of the command adds the safety stock of the channel. */
export const reserveUntil = (expiresAt: string, owner: ReservationOwner, request: RequestedReservation) =>
  reserve(owner, request, { kind: 'soft', expiresAt });

export const release = ({ reservationId, sku, locationId }: ReservationName, reason: string): ReleaseReservation => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason },
});

/** The id of the owner of a reservation, if the owner is of this type. */
export const ownerOf = (type: ReservationOwner['type'], { owner }: { readonly owner: ReservationOwner }) =>
  owner.type === type ? owner.id : undefined;
