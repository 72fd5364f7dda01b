import { instant, integer, listOf, object, oneOf, orNull, text, texts, type Schema } from './shapes.js';

const unitPrice = object({ amount: integer, scale: integer });
const goods = listOf(object({ sku: text, quantity: integer }));

const line = object({
  lineId: text,
  sku: text,
  quantity: integer,
  unitPrice,
  'title?': text,
  method: oneOf('ship', 'pickup', 'carry-out'),
  'locationId?': text,
  'attributes?': texts,
});

const cartLine = {
  allOf: [line, object({ reserved: { ...integer, description: 'Units that are held for it.' } })],
};

/** What shoppers do before they order, as the API answers it. */
export const cartSchemas: Readonly<Record<string, Schema>> = {
  Cart: object({
    cartId: text,
    state: oneOf('open', 'checked-out', 'closed'),
    channel: text,
    currency: text,
    customerId: orNull(text),
    lines: listOf(cartLine),
    reservations: listOf(object({ sku: text, locationId: text, quantity: integer })),
    reservedUntil: orNull(instant),
    missing: listOf(object({ sku: text, quantity: integer, available: integer })),
    orderId: orNull(text),
    mergedInto: orNull(text),
    holders: listOf(object({ channel: text, 'person?': text, since: instant })),
    revision: integer,
  }),
  Appointment: object({
    appointmentId: text,
    locationId: text,
    channel: text,
    customerId: orNull(text),
    state: oneOf('booked', 'confirmed', 'incomplete', 'cancelled', 'completed', 'missed'),
    at: instant,
    until: instant,
    holdUntil: orNull(instant),
    goods,
    missing: goods,
    orderId: orNull(text),
    revision: integer,
    position: integer,
  }),
  ReorderButton: object({
    buttonId: text,
    channel: text,
    customerId: text,
    lines: listOf(line),
    currency: text,
    debounceSeconds: integer,
    maxPerDay: integer,
    ordered: integer,
    ignored: integer,
    lastOrderId: orNull(text),
    lastPressedAt: orNull(instant),
    lastFailure: orNull(text),
    revision: integer,
    position: integer,
  }),
};
