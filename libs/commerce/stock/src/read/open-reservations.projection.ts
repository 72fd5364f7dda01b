import { type FoldedProjection, readTable } from '#projections';
import { parseStockStream, type ReservationKind, type StockEvent } from '../domain/stock-item.js';

/** An active reservation. Its row is deleted when it is released, expired or consumed. */
export interface OpenReservation {
  readonly sku: string;
  readonly locationId: string;
  /** Unique among the reservations of the SKU at the location. */
  readonly reservationId: string;
  readonly quantity: number;
  /** How many of the units have still to come in. */
  readonly backordered: number;
  /** ISO 8601; null without a promised date. */
  readonly promisedFor: string | null;
  readonly kind: ReservationKind;
  readonly ownerType: string;
  readonly ownerId: string;
  /** ISO 8601; null for hard reservations. */
  readonly expiresAt: string | null;
  /** Start of the reservation, or of the one that it replaced. Business time, ISO 8601. */
  readonly reservedAt: string;
}

type ReservationEvent = Exclude<
  Extract<StockEvent, { data: { reservationId: string } }>,
  { type: 'StockReservationDeclined' }
>;

const isReservationEvent = (event: StockEvent): event is ReservationEvent =>
  'reservationId' in event.data && event.type !== 'StockReservationDeclined';

export const openReservations: FoldedProjection<OpenReservation, 'sku' | 'locationId' | 'reservationId', StockEvent> = {
  name: 'open_reservation',
  version: 2,
  categories: ['stock'],
  table: readTable<OpenReservation>(
    'open_reservation',
    {
      sku: { type: 'text', primary: true },
      locationId: { type: 'text', primary: true },
      reservationId: { type: 'text', primary: true },
      quantity: { type: 'bigint' },
      backordered: { type: 'bigint' },
      promisedFor: { type: 'timestamptz', nullable: true },
      kind: { type: 'text' },
      ownerType: { type: 'text' },
      ownerId: { type: 'text' },
      expiresAt: { type: 'timestamptz', nullable: true },
      reservedAt: { type: 'timestamptz' },
    },
    [{ columns: ['expiresAt'], where: 'expires_at IS NOT NULL' }],
  ),
  keysOf: ({ stream, event }) =>
    isReservationEvent(event) ? [{ ...parseStockStream(stream), reservationId: event.data.reservationId }] : [],
  creates: ({ event }) => event.type === 'StockReserved',
  project: (row, { event, envelope }, key) => {
    if (!isReservationEvent(event)) return row;
    if (event.type === 'StockReserved') return { ...key, ...startedReservation(event.data, envelope.occurredAt) };
    if (!row) throw new Error(`${event.type} of reservation ${key.reservationId}, which is not active`);
    return evolveReservation(row, event);
  },
};

const startedReservation = (data: Extract<StockEvent, { type: 'StockReserved' }>['data'], occurredAt: string) => {
  const { quantity, kind, owner, expiresAt = null, backordered = 0, promisedFor = null, since = occurredAt } = data;
  return {
    quantity,
    backordered,
    promisedFor,
    kind,
    ownerType: owner.type,
    ownerId: owner.id,
    expiresAt: kind === 'soft' ? expiresAt : null,
    reservedAt: since,
  };
};

const evolveReservation = (
  row: OpenReservation,
  { type, data }: Exclude<ReservationEvent, { type: 'StockReserved' }>,
): OpenReservation | undefined => {
  switch (type) {
    case 'ReservationExtended':
      return { ...row, expiresAt: data.expiresAt };
    case 'ReservationFirmed':
      return { ...row, kind: 'hard', expiresAt: null };
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      return { ...row, quantity: data.left, backordered: row.backordered - (data.backordered ?? 0) };
    case 'BackorderFilled':
      return { ...row, backordered: data.left };
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      return undefined;
  }
};
