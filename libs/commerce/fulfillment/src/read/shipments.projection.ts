import { idOf } from '#event-store';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { type MemberState, type Shipment, type ShipmentEvent } from '../domain/shipment.js';

interface ShipmentMember {
  readonly fulfillmentId: string;
  readonly state: MemberState;
  /** Why it does not leave with the shipment. */
  readonly code?: string;
}

/** A shipment of goods of several orders that leave one location together. */
export interface ShipmentRow {
  readonly shipmentId: string;
  readonly locationId: string;
  readonly state: Shipment['status'];
  readonly fulfillments: readonly ShipmentMember[];
  readonly carrier: string | null;
  /** The carrier's number. */
  readonly tracking: string | null;
  /** Business time, ISO 8601 UTC; likewise `shippedAt` and `deliveredAt`. */
  readonly requestedAt: string;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
}

const withMember = (
  row: ShipmentRow,
  fulfillmentId: string,
  member: Omit<ShipmentMember, 'fulfillmentId'>,
): ShipmentRow => ({
  ...row,
  fulfillments: row.fulfillments.map((known) =>
    known.fulfillmentId === fulfillmentId ? { fulfillmentId, ...member } : known,
  ),
});

const project = (
  row: ShipmentRow | undefined,
  { event: { type, data }, envelope, stream }: RecordedAs<ShipmentEvent>,
): ShipmentRow | undefined => {
  const { occurredAt } = envelope;
  if (type === 'ShipmentRequested') {
    const fulfillments = data.fulfillmentIds.map((fulfillmentId) => ({ fulfillmentId, state: 'asked' as const }));
    return {
      shipmentId: idOf(stream),
      locationId: data.locationId,
      state: 'open',
      fulfillments,
      carrier: null,
      tracking: null,
      requestedAt: occurredAt,
      shippedAt: null,
      deliveredAt: null,
    };
  }
  if (!row) return undefined;
  switch (type) {
    case 'ShipmentMemberJoined':
      return withMember(row, data.fulfillmentId, { state: 'joined' });
    case 'ShipmentMemberLost':
      return withMember(row, data.fulfillmentId, { state: 'lost', code: data.code });
    case 'ShipmentShipped':
      return {
        ...row,
        state: 'shipped',
        carrier: data.carrier,
        tracking: data.tracking ?? null,
        shippedAt: occurredAt,
      };
    case 'ShipmentDelivered':
      return { ...row, state: 'delivered', deliveredAt: occurredAt };
  }
};

const text = { type: 'text' } as const;
const optionalText = { type: 'text', nullable: true } as const;
const optionalTime = { type: 'timestamptz', nullable: true } as const;

export const shipments: FoldedProjection<ShipmentRow, 'shipmentId', ShipmentEvent> = {
  name: 'shipment',
  version: 1,
  categories: ['shipment'],
  table: readTable<ShipmentRow>('shipment', {
    shipmentId: { type: 'text', primary: true },
    locationId: text,
    state: text,
    fulfillments: { type: 'jsonb' },
    carrier: optionalText,
    tracking: optionalText,
    requestedAt: { type: 'timestamptz' },
    shippedAt: optionalTime,
    deliveredAt: optionalTime,
  }),
  keysOf: ({ stream }) => [{ shipmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'ShipmentRequested',
  project,
};
