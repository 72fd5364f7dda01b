import { type FoldedProjection, readTable } from '#projections';
import { parseStockStream, type ReservationKind, type StockEvent } from '../domain/stock-item.js';

/** A reservation that has not ended. Its row is gone once it was released, expired or consumed. */
export interface OpenReservation {
  readonly sku: string;
  readonly locationId: string;
  /** Unique in the stock of the SKU at the location. */
  readonly reservationId: string;
  readonly quantity: number;
  /** Units of it that must still come in. */
  readonly backordered: number;
  /** ISO 8601; null if no date was promised. */
  readonly promisedFor: string | null;
  readonly kind: ReservationKind;
  readonly ownerType: string;
  readonly ownerId: string;
  /** ISO 8601; null for hard reservations. */
  readonly expiresAt: string | null;
  /** ISO 8601, business time; that of the reservation that it took over, if it did. */
  readonly reservedAt: string;
}

type ReservationEvent = Extract<StockEvent, { data: { reservationId: string } }>;

const concernsReservation = (event: StockEvent): event is ReservationEvent =>
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
    concernsReservation(event) ? [{ ...parseStockStream(stream), reservationId: event.data.reservationId }] : [],
  creates: ({ event }) => event.type === 'StockReserved',
  project: (row, { event, envelope }, key) => {
    if (event.type === 'StockReserved') return { ...key, ...begun(event.data, envelope.occurredAt) };
    return row && concernsReservation(event) ? goOn(row, event) : row;
  },
};

const begun = (data: Extract<StockEvent, { type: 'StockReserved' }>['data'], occurredAt: string) => {
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

const goOn = (row: OpenReservation, { type, data }: ReservationEvent): OpenReservation | undefined => {
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
    case 'StockReserved':
    case 'StockReservationDeclined':
      return row;
  }
};
