import { idOf } from '#event-store';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';

import {
  type FulfillmentEvent,
  type FulfillmentMethod,
  type LineQuantity,
  type RefusalReason,
} from '../domain/fulfillment-messages.js';
import {
  evolve,
  type Fulfillment,
  type FulfillmentStatus,
  type FulfillmentLineUnits,
  type ParcelState,
} from '../domain/fulfillment-state.js';

interface FulfillmentLineRow extends FulfillmentLineUnits {
  readonly lineId: string;
}

interface ParcelRow {
  readonly parcelId: string;
  readonly lines: readonly LineQuantity[];
  readonly carrier?: string;
  /** The carrier's number. */
  readonly tracking?: string;
  /** Business time, ISO 8601 UTC; likewise `deliveredAt`. */
  readonly shippedAt?: string;
  readonly deliveredAt?: string;
  /** The shipment that it left with. */
  readonly shipmentId?: string;
}

/** A fulfillment order. For each line, assigned = open + picked + packed + shipped + handed over + rejected + cancelled. */
export interface FulfillmentRow {
  readonly fulfillmentId: string;
  readonly orderId: string;
  /** The channel that sold it. */
  readonly channel: string;
  /** The location that has the goods. */
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  /** The pickup location if it is another one. */
  readonly pickupAt: string | null;
  /** The location that does the next step. */
  readonly workAt: string;
  readonly state: FulfillmentStatus;
  readonly held: boolean;
  /** Whether a location still has work on it. */
  readonly isOpen: boolean;
  readonly lines: readonly FulfillmentLineRow[];
  readonly parcels: readonly ParcelRow[];
  /** How often these units have been assigned, counted from 1. */
  readonly attempt: number;
  /** The reason of the last rejection. */
  readonly reason: RefusalReason | null;
  /** When it must be accepted, ISO 8601 UTC. */
  readonly acceptBy: string | null;
  /** Until when the goods wait to be collected, ISO 8601 UTC. */
  readonly pickupUntil: string | null;
  readonly reminded: boolean;
  readonly assignedAt: string;
  /** A key that is shared by fulfillment orders that may leave together. It says nothing about the buyer. */
  readonly recipient: string | null;
  /** The shipment that it joined. */
  readonly shipmentId: string | null;
}

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

const text = { type: 'text' } as const;
const optionalText = { type: 'text', nullable: true } as const;
const flag = { type: 'boolean' } as const;
const json = { type: 'jsonb' } as const;

export const fulfillments: FoldedProjection<FulfillmentRow, 'fulfillmentId', FulfillmentEvent> = {
  name: 'fulfillment',
  version: 2,
  categories: ['fulfillment'],
  table: readTable<FulfillmentRow>(
    'fulfillment',
    {
      fulfillmentId: { type: 'text', primary: true },
      orderId: text,
      channel: text,
      locationId: text,
      method: text,
      pickupAt: optionalText,
      workAt: text,
      state: text,
      held: flag,
      isOpen: flag,
      lines: json,
      parcels: json,
      attempt: { type: 'integer' },
      reason: optionalText,
      acceptBy: { type: 'timestamptz', nullable: true },
      pickupUntil: { type: 'timestamptz', nullable: true },
      reminded: flag,
      assignedAt: { type: 'timestamptz' },
      recipient: optionalText,
      shipmentId: optionalText,
    },
    [
      { columns: ['orderId'] },
      { columns: ['workAt', 'assignedAt', 'fulfillmentId'], where: 'is_open' },
      { columns: ['workAt', 'state', 'assignedAt', 'fulfillmentId'] },
      { columns: ['workAt', 'recipient'], where: 'is_open AND recipient IS NOT NULL' },
      { columns: ['acceptBy'], where: `state = 'assigned'` },
      { columns: ['pickupUntil'], where: `state = 'ready'` },
    ],
  ),
  keysOf: ({ stream }) => [{ fulfillmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'FulfillmentAssigned',
  project,
};
