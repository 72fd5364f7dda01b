import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, type RecordedAs, readTable, type RowOf } from '#projections';
import { described, instant, integer, listOf, object, text, type ValueOf } from '#schema';
import { FULFILLMENT_METHODS, type FulfillmentEvent, REFUSAL_REASONS } from '../domain/fulfillment-messages.js';
import {
  evolve,
  type Fulfillment,
  FULFILLMENT_STATUSES,
  type FulfillmentStatus,
  type ParcelState,
} from '../domain/fulfillment-state.js';

const units = object({ lineId: text, quantity: integer });

export const fulfillmentLine = {
  lineId: text,
  sku: text,
  reservationId: described(text, 'The reservation of the goods at the location'),
  assigned: described(integer, 'The sum of all other quantities'),
  open: integer,
  picked: integer,
  packed: integer,
  shipped: integer,
  handedOver: integer,
  rejected: integer,
  cancelled: integer,
};

export const parcel = {
  parcelId: described(text, 'Id of the parcel, unique in its fulfillment order'),
  lines: listOf(units),
  'carrier?': described(text, 'The carrier, as the location named it'),
  'tracking?': described(text, "The carrier's number of the parcel"),
  'shippedAt?': described(instant, 'Business time of its shipping'),
  'deliveredAt?': described(instant, 'Business time of its delivery, as the carrier reported'),
  'shipmentId?': described(text, 'The shipment that it left with'),
};
const parcelSchema = object(parcel);
type ParcelRow = ValueOf<typeof parcelSchema>;

export const fulfillmentColumns = {
  fulfillmentId: primary(column.text('Id of the fulfillment order')),
  orderId: column.text('The order that it serves'),
  channel: column.text('The channel that sold it'),
  locationId: column.text('The location that has the goods'),
  method: column.oneOf(FULFILLMENT_METHODS, 'How the goods reach the buyer: ship, pickup or carry-out'),
  pickupAt: nullable(column.text('The pickup location if it is another one')),
  workAt: column.text('The location that does the next step'),
  state: column.oneOf(
    FULFILLMENT_STATUSES,
    'assigned, accepted, arrived, ready, shipped, delivered, handed-over, rejected, cancelled or expired',
  ),
  held: column.flag('Its order is held: the work rests'),
  isOpen: column.flag('A location still has work on it'),
  lines: column.json(listOf(object(fulfillmentLine)), 'Units by line and by what became of them'),
  parcels: column.json(listOf(parcelSchema), 'Parcels that were packed'),
  attempt: column.integer('How often these units have been assigned: more than once after a rejection'),
  reason: nullable(column.oneOf(REFUSAL_REASONS, 'The reason of the last rejection')),
  acceptBy: nullable(column.instant('When it must be accepted')),
  pickupUntil: nullable(column.instant('Until when the goods wait to be collected')),
  reminded: column.flag('The buyer was reminded of the pickup'),
  assignedAt: column.instant('Business time of the assignment'),
  recipient: nullable(
    column.text('A key that fulfillment orders share that may leave together. It says nothing about the buyer'),
  ),
  shipmentId: nullable(column.text('The shipment that it joined')),
};

/** A fulfillment order. For each line, assigned = open + picked + packed + shipped + handed over + rejected + cancelled. */
export type FulfillmentRow = RowOf<typeof fulfillmentColumns>;

const OPEN_STATUSES: readonly FulfillmentStatus[] = ['assigned', 'accepted', 'arrived', 'ready'];

/** The columns that cannot be derived from the folded state. */
type StoredFacts = Pick<FulfillmentRow, 'fulfillmentId' | 'assignedAt' | 'reason' | 'parcels'>;

const rowOf = (facts: StoredFacts, state: Fulfillment): FulfillmentRow => {
  const { orderId, channel, locationId, method, pickupAt = null, status, held, attempt, reminded } = state;
  return {
    ...facts,
    orderId,
    channel,
    locationId,
    method,
    pickupAt,
    state: status,
    held,
    attempt,
    reminded,
    ...workOf(state),
    lines: [...state.lines].map(([lineId, units]) => ({ lineId, ...units })),
    parcels: facts.parcels.flatMap((parcel) => parcelRows(parcel, state)),
    acceptBy: state.acceptBy ?? null,
    pickupUntil: state.until ?? null,
    recipient: state.recipient ?? null,
    shipmentId: state.shipmentId ?? null,
  };
};

/** Goods that are on their way to the pickup location are work of that location. */
const workOf = ({ status, locationId, pickupAt }: Fulfillment): Pick<FulfillmentRow, 'workAt' | 'isOpen'> => {
  const isOpen = OPEN_STATUSES.includes(status) || (status === 'shipped' && pickupAt !== undefined);
  const isAtPickup = isOpen && status !== 'assigned' && status !== 'accepted';
  return { workAt: isAtPickup && pickupAt !== undefined ? pickupAt : locationId, isOpen };
};

/** Returns nothing for a parcel whose units have all been cancelled. */
const parcelRows = (parcel: ParcelRow, { parcels }: Fulfillment): ParcelRow[] => {
  const units = parcels.get(parcel.parcelId)?.units;
  return units ? [{ ...parcel, lines: [...units].map(([lineId, quantity]) => ({ lineId, quantity })) }] : [];
};

const stateOf = (row: FulfillmentRow): Fulfillment => {
  const { orderId, channel, locationId, method, pickupAt, held, attempt, acceptBy, pickupUntil, reminded } = row;
  return {
    orderId,
    channel,
    locationId,
    method,
    held,
    attempt,
    reminded,
    ...(pickupAt !== null && { pickupAt }),
    ...(acceptBy !== null && { acceptBy }),
    ...(row.recipient !== null && { recipient: row.recipient }),
    ...(row.shipmentId !== null && { shipmentId: row.shipmentId }),
    status: row.state,
    lines: new Map(row.lines.map(({ lineId, ...units }) => [lineId, units])),
    parcels: new Map(row.parcels.map((parcel) => [parcel.parcelId, parcelOf(parcel)])),
    until: pickupUntil ?? undefined,
  };
};

const parcelOf = ({ lines, shippedAt, deliveredAt, shipmentId }: ParcelRow): ParcelState => ({
  units: new Map(lines.map(({ lineId, quantity }) => [lineId, quantity])),
  shipped: shippedAt !== undefined,
  delivered: deliveredAt !== undefined,
  ...(shipmentId !== undefined && { shipmentId }),
});

const factsAfter = (facts: StoredFacts, { type, data }: FulfillmentEvent, occurredAt: string): StoredFacts => {
  const withParcel = (parcelId: string, changes: Partial<ParcelRow>) =>
    facts.parcels.map((parcel) => (parcel.parcelId === parcelId ? { ...parcel, ...changes } : parcel));
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the folded state has all other changes
  switch (type) {
    case 'FulfillmentRejected':
      return { ...facts, reason: data.reason };
    case 'ParcelPacked':
      return { ...facts, parcels: [...facts.parcels, { parcelId: data.parcelId, lines: data.lines }] };
    case 'ParcelShipped': {
      const { parcelId, carrier, tracking, shipmentId } = data;
      const optional = { ...(tracking !== undefined && { tracking }), ...(shipmentId !== undefined && { shipmentId }) };
      return { ...facts, parcels: withParcel(parcelId, { carrier, shippedAt: occurredAt, ...optional }) };
    }
    case 'ParcelDelivered':
      return { ...facts, parcels: withParcel(data.parcelId, { deliveredAt: occurredAt }) };
    default:
      return facts;
  }
};

const project = (
  row: FulfillmentRow | undefined,
  { event, envelope, stream }: RecordedAs<FulfillmentEvent>,
): FulfillmentRow | undefined => {
  const { occurredAt } = envelope;
  const newFacts: StoredFacts = { fulfillmentId: idOf(stream), assignedAt: occurredAt, reason: null, parcels: [] };
  const state = evolve(row && stateOf(row), event);
  return rowOf(factsAfter(row ?? newFacts, event, occurredAt), state);
};

export const fulfillments: FoldedProjection<FulfillmentRow, 'fulfillmentId', FulfillmentEvent> = {
  name: 'fulfillment',
  version: 2,
  categories: ['fulfillment'],
  table: readTable('fulfillment', fulfillmentColumns, [
    { columns: ['orderId'] },
    { columns: ['workAt', 'assignedAt', 'fulfillmentId'], where: 'is_open' },
    { columns: ['workAt', 'state', 'assignedAt', 'fulfillmentId'] },
    { columns: ['workAt', 'recipient'], where: 'is_open AND recipient IS NOT NULL' },
    { columns: ['acceptBy'], where: `state = 'assigned'` },
    { columns: ['pickupUntil'], where: `state = 'ready'` },
  ]),
  allRowsReason: 'A location sees its work, whichever channel sold it.',
  keysOf: ({ stream }) => [{ fulfillmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'FulfillmentAssigned',
  project,
};
