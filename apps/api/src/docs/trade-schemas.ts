import { flag, instant, integer, listOf, object, oneOf, orNull, ref, text, texts, type Schema } from './shapes.js';

const unitPrice = object({ amount: integer, scale: integer });
const reasons = listOf(object({ code: text, 'sku?': text, 'available?': integer }));
const stamp = { revision: integer, position: integer };

const orderLine = object({
  lineId: text,
  sku: text,
  'title?': text,
  method: oneOf('ship', 'pickup', 'carry-out'),
  'locationId?': text,
  unitPrice,
  'attributes?': texts,
  'kit?': object({ sku: text, lineId: text, quantity: integer }),
  ordered: integer,
  open: integer,
  allocated: integer,
  fulfilled: integer,
  cancelled: integer,
  returned: integer,
});

const addedLine = object({
  lineId: text,
  sku: text,
  quantity: integer,
  unitPrice,
  method: text,
  'title?': text,
  'locationId?': text,
  'attributes?': texts,
  'kit?': object({ sku: text, lineId: text, quantity: integer }),
});

const charge = object({
  chargeId: text,
  kind: text,
  quantity: integer,
  unitPrice,
  'title?': text,
  'attributes?': texts,
});

const order: Readonly<Record<string, Schema>> = {
  orderId: text,
  channel: text,
  externalRef: orNull(text),
  customerId: orNull(text),
  buyerId: orNull(text),
  state: oneOf('pending', 'confirmed', 'rejected', 'cancelled', 'recorded'),
  orderState: { ...text, description: 'schema.org OrderStatus' },
  paymentState: text,
  fulfillmentState: text,
  returnState: text,
  lines: listOf(orderLine),
  charges: listOf(charge),
  currency: text,
  total: { ...integer, description: 'In minor units of the currency, as all money.' },
  cancelledAmount: integer,
  returnedAmount: integer,
  returnedUnpaidAmount: integer,
  tenderedAmount: integer,
  authorizedAmount: integer,
  capturedAmount: integer,
  refundedAmount: integer,
  isPaidHere: { type: 'boolean' },
  parcelsUnderway: integer,
  readyForPickup: listOf(text),
  unitsOrdered: integer,
  unitsCancelled: integer,
  unitsReturned: integer,
  country: orNull(text),
  locale: orNull(text),
  attributes: texts,
  holds: listOf(object({ holdId: text, reason: text })),
  reasons,
  expiresAt: orNull(instant),
  placedAt: instant,
  recordedAt: instant,
  orderRevision: integer,
  ...stamp,
};

const erased = object({ erased: { const: true } });
const personal = (schema: Schema): Schema => ({ anyOf: [schema, erased] });
const contact = object({ 'name?': personal(text), 'email?': personal(text), 'phone?': personal(text) });
const address = personal(object({ lines: listOf(text), 'postalCode?': text, 'city?': text }));

export const accepted: Readonly<Record<string, Schema>> = {
  commandId: { ...text, format: 'uuid' },
  stream: { ...text, example: 'stock-TSHIRT-RED-M~store-1' },
  revision: { ...integer, description: 'Of the stream afterwards: also the ETag.' },
  'position?': { ...integer, description: 'In the log: also Kontor-Position. Absent when there was nothing to do.' },
  events: listOf(object({ id: { ...text, format: 'uuid' }, type: text })),
  repeated: { ...flag, description: 'The command had been carried out before: this is what it led to then.' },
};

/** What is answered of orders and customers. */
export const tradeSchemas: Readonly<Record<string, Schema>> = {
  AcceptedOrder: object({
    ...accepted,
    state: oneOf('pending', 'confirmed', 'rejected', 'cancelled'),
    'reasons?': reasons,
  }),
  OrderSummary: object(order),
  Order: object({ ...order, 'contact?': contact, 'shipTo?': address }),
  OrderPage: object({ items: listOf(ref('OrderSummary')), 'next?': text }),
  OrderEdit: object({
    editId: text,
    state: oneOf('proposed', 'applied', 'discarded'),
    add: listOf(addedLine),
    remove: listOf(object({ lineId: text, quantity: integer })),
    totalBefore: integer,
    totalAfter: integer,
    difference: { ...integer, description: 'To be paid more, or, below zero, given back.' },
  }),
  Timeline: object({
    items: listOf(
      object({
        ...stamp,
        orderId: text,
        type: text,
        occurredAt: instant,
        recordedAt: instant,
        actor: text,
        channel: text,
        text,
        eventId: text,
        causationId: orNull(text),
        correlationId: text,
        commandId: text,
        stream: text,
      }),
    ),
    'next?': text,
  }),
};
