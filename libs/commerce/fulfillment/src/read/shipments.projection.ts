import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, type RecordedAs, readTable, type RowOf } from '#projections';
import { described, listOf, object, oneOf, text, type ValueOf } from '#schema';
import { MEMBER_STATES, type ShipmentEvent } from '../domain/shipment.js';

const member = object({
  fulfillmentId: text,
  state: oneOf(...MEMBER_STATES),
  'code?': described(text, 'Why it does not leave with the shipment'),
});
type ShipmentMember = ValueOf<typeof member>;

export const shipmentColumns = {
  shipmentId: primary(column.text('Id of the shipment')),
  locationId: column.text('The location that it leaves'),
  state: column.oneOf(['open', 'shipped', 'delivered'], 'open, shipped or delivered'),
  fulfillments: column.json(listOf(member), 'The fulfillment orders that were asked to join, and what became of each'),
  carrier: nullable(column.text('The carrier, as the location named it')),
  tracking: nullable(column.text("The carrier's number of the shipment")),
  requestedAt: column.instant('Business time of the request'),
  shippedAt: nullable(column.instant('Business time of its shipping')),
  deliveredAt: nullable(column.instant('Business time of its delivery, as the carrier reported')),
};

/** A shipment of goods of several orders that leave one location together. */
export type ShipmentRow = RowOf<typeof shipmentColumns>;

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

export const shipments: FoldedProjection<ShipmentRow, 'shipmentId', ShipmentEvent> = {
  name: 'shipment',
  version: 1,
  categories: ['shipment'],
  table: readTable('shipment', shipmentColumns),
  keysOf: ({ stream }) => [{ shipmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'ShipmentRequested',
  project,
};
