import { idOf } from '#event-store';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { type MemberState, type Shipment, type ShipmentEvent } from '../domain/shipment.js';

interface Member {
  readonly fulfillmentId: string;
  readonly state: MemberState;
  /** Why it does not leave with the others. */
  readonly code?: string;
}

/** Goods of several orders that leave one location together. */
export interface ShipmentRow {
  readonly shipmentId: string;
  readonly locationId: string;
  readonly state: Shipment['status'];
  readonly fulfillments: readonly Member[];
  readonly carrier: string | null;
  /** The carrier's number. */
  readonly tracking: string | null;
  /** Business times, ISO 8601 UTC. */
  readonly requestedAt: string;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
}

const answered = (row: ShipmentRow, fulfillmentId: string, said: Omit<Member, 'fulfillmentId'>): ShipmentRow => ({
  ...row,
  fulfillments: row.fulfillments.map((one) => (one.fulfillmentId === fulfillmentId ? { fulfillmentId, ...said } : one)),
});

const project = (
  row: ShipmentRow | undefined,
  { event: { type, data }, envelope, stream }: RecordedAs<ShipmentEvent>,
): ShipmentRow | undefined => {
  const at = envelope.occurredAt;
  if (type === 'ShipmentRequested') {
    const fulfillments = data.fulfillmentIds.map((fulfillmentId) => ({ fulfillmentId, state: 'asked' as const }));
    const begun = { shipmentId: idOf(stream), locationId: data.locationId, fulfillments, requestedAt: at };
    return { ...begun, state: 'open', carrier: null, tracking: null, shippedAt: null, deliveredAt: null };
  }
  if (!row) return undefined;
  switch (type) {
    case 'ShipmentMemberJoined':
      return answered(row, data.fulfillmentId, { state: 'joined' });
    case 'ShipmentMemberLost':
      return answered(row, data.fulfillmentId, { state: 'lost', code: data.code });
    case 'ShipmentShipped':
      return { ...row, state: 'shipped', carrier: data.carrier, tracking: data.tracking ?? null, shippedAt: at };
    case 'ShipmentDelivered':
      return { ...row, state: 'delivered', deliveredAt: at };
  }
};

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const instant = { type: 'timestamptz', nullable: true } as const;

export const shipments: FoldedProjection<ShipmentRow, 'shipmentId', ShipmentEvent> = {
  name: 'shipment',
  version: 1,
  categories: ['shipment'],
  table: readTable<ShipmentRow>('shipment', {
    shipmentId: { type: 'text', primary: true },
    locationId: text,
    state: text,
    fulfillments: { type: 'jsonb' },
    carrier: maybe,
    tracking: maybe,
    requestedAt: { type: 'timestamptz' },
    shippedAt: instant,
    deliveredAt: instant,
  }),
  keysOf: ({ stream }) => [{ shipmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'ShipmentRequested',
  project,
};
