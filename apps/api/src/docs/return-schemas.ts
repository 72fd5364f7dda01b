import { flag, instant, integer, listOf, object, oneOf, orNull, text, texts, type Schema } from './shapes.js';

const price = object({ amount: integer, scale: integer });
const units = { lineId: text, sku: text, quantity: integer };
const disposition = oneOf('restock', 'refurbish', 'damaged', 'missing');

/** What is answered of returns. */
export const returnSchemas: Readonly<Record<string, Schema>> = {
  Return: object({
    revision: integer,
    position: integer,
    returnId: text,
    channel: text,
    state: oneOf('recorded', 'requested', 'approved', 'declined', 'closed'),
    externalRef: orNull(text),
    orderId: orNull(text),
    customerId: orNull(text),
    buyerId: orNull(text),
    currency: text,
    reason: orNull(text),
    refundTo: orNull(text),
    requested: listOf(object({ ...units, unitPrice: price })),
    receipts: listOf(object({ locationId: text, lines: listOf(object(units)) })),
    inspections: listOf(object({ locationId: text, items: listOf(object({ ...units, disposition })) })),
    lines: listOf(
      object({
        ...units,
        unitPrice: price,
        locationId: text,
        disposition,
        'original?': object({ orderId: text, lineId: text }),
        'attributes?': texts,
      }),
    ),
    credits: listOf(
      object({ chargeId: text, kind: text, quantity: integer, unitPrice: price, 'title?': text, 'attributes?': texts }),
    ),
    total: { ...integer, description: 'What the buyer gets back: lines less credits, in minor units.' },
    worth: integer,
    fees: integer,
    refunded: { ...integer, description: 'Given back so far.' },
    failure: { ...orNull(text), description: 'Why the last refund failed: RetryReturnRefund or PayOutReturn.' },
    newOrderId: orNull(text),
    giftCardId: orNull(text),
    locationId: orNull(text),
    blind: flag,
    units: integer,
    attributes: texts,
    occurredAt: instant,
    recordedAt: instant,
  }),
};
