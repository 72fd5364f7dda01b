import { flag, instant, integer, listOf, object, oneOf, orNull, ref, text, type Schema } from './shapes.js';

/** By state, the first that has something to be done. */
export const FULFILLMENT_STATES = [
  'assigned',
  'accepted',
  'arrived',
  'ready',
  'shipped',
  'delivered',
  'handed-over',
  'rejected',
  'cancelled',
  'expired',
] as const;

const line = object({
  lineId: text,
  sku: text,
  reservationId: text,
  assigned: integer,
  open: integer,
  picked: integer,
  packed: integer,
  shipped: integer,
  handedOver: integer,
  rejected: integer,
  cancelled: integer,
});

const parcel = object({
  parcelId: text,
  lines: listOf(object({ lineId: text, quantity: integer })),
  'carrier?': text,
  'tracking?': text,
  'shippedAt?': instant,
  'deliveredAt?': instant,
  'shipmentId?': text,
});

export const fulfillmentSchemas: Readonly<Record<string, Schema>> = {
  Fulfillment: object({
    fulfillmentId: text,
    orderId: text,
    channel: text,
    locationId: text,
    method: oneOf('ship', 'pickup', 'carry-out'),
    pickupAt: orNull(text),
    workAt: { ...text, description: 'The location whose turn it is.' },
    state: oneOf(...FULFILLMENT_STATES),
    held: flag,
    isOpen: flag,
    lines: listOf(line),
    parcels: listOf(parcel),
    attempt: { ...integer, description: 'How often these units have been assigned.' },
    reason: orNull(text),
    acceptBy: orNull(instant),
    pickupUntil: orNull(instant),
    reminded: flag,
    assignedAt: instant,
    recipient: { ...orNull(text), description: 'What those share that may leave together.' },
    shipmentId: orNull(text),
    revision: integer,
    position: integer,
  }),
  Consolidation: object({ recipient: text, fulfillmentIds: listOf(text), orderIds: listOf(text) }),
  Shipment: object({
    shipmentId: text,
    locationId: text,
    state: oneOf('open', 'shipped', 'delivered'),
    fulfillments: listOf(object({ fulfillmentId: text, state: oneOf('asked', 'joined', 'lost'), 'code?': text })),
    carrier: orNull(text),
    tracking: orNull(text),
    requestedAt: instant,
    shippedAt: orNull(instant),
    deliveredAt: orNull(instant),
    revision: integer,
    position: integer,
  }),
  FulfillmentPage: object({ items: listOf(ref('Fulfillment')), 'next?': text }),
};
