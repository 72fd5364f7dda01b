import { idOf } from '#event-store';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { evolve } from '../domain/fulfillment-evolve.js';
import {
  type FulfillmentEvent,
  type FulfillmentMethod,
  type LineQuantity,
  type RefusalReason,
} from '../domain/fulfillment-messages.js';
import {
  type Fulfillment,
  type FulfillmentStatus,
  type FulfillmentUnits,
  type ParcelState,
} from '../domain/fulfillment-state.js';

interface FulfillmentLineRow extends FulfillmentUnits {
  readonly lineId: string;
}

interface ParcelRow {
  readonly parcelId: string;
  readonly lines: readonly LineQuantity[];
  readonly carrier?: string;
  /** The carrier's number. */
  readonly tracking?: string;
  /** Business times, ISO 8601 UTC. */
  readonly shippedAt?: string;
  readonly deliveredAt?: string;
  /** It left together with goods of other orders. */
  readonly shipmentId?: string;
}

/** A fulfilment order: assigned = open + picked + packed + shipped + handed over + rejected + cancelled, per line. */
export interface FulfillmentRow {
  readonly fulfillmentId: string;
  readonly orderId: string;
  /** The channel that sold it. */
  readonly channel: string;
  /** The location that has the goods. */
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  /** Where they are sent to be collected. */
  readonly pickupAt: string | null;
  /** The location whose turn it is. */
  readonly workAt: string;
  readonly state: FulfillmentStatus;
  readonly held: boolean;
  /** Somebody has something left to do. */
  readonly isOpen: boolean;
  readonly lines: readonly FulfillmentLineRow[];
  readonly parcels: readonly ParcelRow[];
  /** How often these units have been assigned. */
  readonly attempt: number;
  /** Of the last rejection. */
  readonly reason: RefusalReason | null;
  /** ISO 8601 UTC: when it must be accepted, and until when it waits to be collected. */
  readonly acceptBy: string | null;
  readonly pickupUntil: string | null;
  readonly reminded: boolean;
  readonly assignedAt: string;
  /** What those share that may leave together; a key, nothing of the buyer. */
  readonly recipient: string | null;
  /** What it is to leave with. */
  readonly shipmentId: string | null;
}

const OPEN: readonly FulfillmentStatus[] = ['assigned', 'accepted', 'arrived', 'ready'];

type Own = Pick<FulfillmentRow, 'fulfillmentId' | 'assignedAt' | 'reason' | 'parcels'>;

const rowOf = (own: Own, state: Fulfillment): FulfillmentRow => {
  const { orderId, channel, locationId, method, pickupAt = null, status, held, attempt, reminded } = state;
  return {
    ...own,
    ...{ orderId, channel, locationId, method, pickupAt, state: status, held, attempt, reminded },
    ...turnOf(state),
    lines: [...state.lines].map(([lineId, units]) => ({ lineId, ...units })),
    parcels: own.parcels.flatMap((parcel) => withUnits(parcel, state)),
    acceptBy: state.acceptBy ?? null,
    pickupUntil: state.until ?? null,
    recipient: state.recipient ?? null,
    shipmentId: state.shipmentId ?? null,
  };
};

/** What is on its way to where it is collected is for that place to expect. */
const turnOf = ({ status, locationId, pickupAt }: Fulfillment): Pick<FulfillmentRow, 'workAt' | 'isOpen'> => {
  const isOpen = OPEN.includes(status) || (status === 'shipped' && pickupAt !== undefined);
  const isSent = isOpen && status !== 'assigned' && status !== 'accepted';
  return { workAt: isSent && pickupAt !== undefined ? pickupAt : locationId, isOpen };
};

/** Without those that cancellations have emptied. */
const withUnits = (parcel: ParcelRow, { parcels }: Fulfillment): ParcelRow[] => {
  const units = parcels.get(parcel.parcelId)?.units;
  return units ? [{ ...parcel, lines: [...units].map(([lineId, quantity]) => ({ lineId, quantity })) }] : [];
};

const stateOf = (row: FulfillmentRow): Fulfillment => {
  const { orderId, channel, locationId, method, pickupAt, held, attempt, acceptBy, pickupUntil, reminded } = row;
  return {
    ...{ orderId, channel, locationId, method, held, attempt, reminded },
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

/** What the row knows beyond the state. */
const noted = (own: Own, { type, data }: FulfillmentEvent, at: string): Own => {
  const parcel = (parcelId: string, facts: Partial<ParcelRow>) =>
    own.parcels.map((one) => (one.parcelId === parcelId ? { ...one, ...facts } : one));
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the state knows all others
  switch (type) {
    case 'FulfillmentRejected':
      return { ...own, reason: data.reason };
    case 'ParcelPacked':
      return { ...own, parcels: [...own.parcels, { parcelId: data.parcelId, lines: data.lines }] };
    case 'ParcelShipped': {
      const { parcelId, carrier, tracking, shipmentId } = data;
      const more = { ...(tracking !== undefined && { tracking }), ...(shipmentId !== undefined && { shipmentId }) };
      const facts = { carrier, shippedAt: at, ...more };
      return { ...own, parcels: parcel(parcelId, facts) };
    }
    case 'ParcelDelivered':
      return { ...own, parcels: parcel(data.parcelId, { deliveredAt: at }) };
    default:
      return own;
  }
};

const project = (
  row: FulfillmentRow | undefined,
  { event, envelope, stream }: RecordedAs<FulfillmentEvent>,
): FulfillmentRow | undefined => {
  const at = envelope.occurredAt;
  const begun: Own = { fulfillmentId: idOf(stream), assignedAt: at, reason: null, parcels: [] };
  const state = evolve(row && stateOf(row), event);
  return state && rowOf(noted(row ?? begun, event, at), state);
};

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
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
      pickupAt: maybe,
      workAt: text,
      state: text,
      held: flag,
      isOpen: flag,
      lines: json,
      parcels: json,
      attempt: { type: 'integer' },
      reason: maybe,
      acceptBy: { type: 'timestamptz', nullable: true },
      pickupUntil: { type: 'timestamptz', nullable: true },
      reminded: flag,
      assignedAt: { type: 'timestamptz' },
      recipient: maybe,
      shipmentId: maybe,
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
