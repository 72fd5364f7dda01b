import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { parseStockStream, type StockEvent } from '../domain/stock-item.js';

export const openReservationColumns = {
  sku: primary(column.text('The SKU')),
  locationId: primary(column.text('The location that has the stock')),
  reservationId: primary(column.text('Id of the reservation')),
  quantity: column.bigint('Reserved units, also those that have still to come in'),
  backordered: column.bigint(
    'Units that have still to come in; filled in the order of the promised date, then of the reservation',
  ),
  promisedFor: nullable(column.instant('When backordered units are promised')),
  kind: column.oneOf(['soft', 'hard'], 'soft: it can expire; hard: a command must end it'),
  ownerType: column.text('What it is for, for example order or cart'),
  ownerId: column.text('Id of the order, cart or other owner'),
  expiresAt: nullable(column.instant('Of a soft reservation')),
  reservedAt: column.instant('Start of the reservation, or of the one that it replaced, in business time'),
};

/** An active reservation. Its row is deleted when it is released, expired or consumed. */
export type OpenReservation = RowOf<typeof openReservationColumns>;

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
  table: readTable('open_reservation', openReservationColumns, [
    { columns: ['expiresAt'], where: 'expires_at IS NOT NULL' },
  ]),
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
