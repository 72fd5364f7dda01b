import { accepted } from '#capability';
import { optionalPropertiesOf, propertiesOf, stampColumns } from '#projections';
import { contact, described, listOf, object, oneOf, orUnreadable, ref, text } from '#schema';
import { orderEditSchema } from './order-edits.js';
import { orderColumns, rejectionReasons } from './order-status.projection.js';
import { orderTimelineColumns } from './order-timeline.projection.js';

const address = object({ lines: listOf(text), 'postalCode?': text, 'city?': text });

const { lines, charges, ...summaryColumns } = orderColumns;

const timelineEntry = object({
  ...propertiesOf({ ...stampColumns, ...orderTimelineColumns }),
  'note?': described(orUnreadable(text), 'What the event says in words: for staff only'),
});

/** What the API answers about orders. */
export const orderAnswers = {
  AcceptedOrder: object({
    ...accepted,
    state: oneOf('pending', 'confirmed', 'rejected', 'cancelled'),
    'reasons?': rejectionReasons,
  }),
  OrderSummary: object({
    ...propertiesOf({ ...stampColumns, ...summaryColumns }),
    ...optionalPropertiesOf({ lines, charges }),
  }),
  Order: object({
    ...propertiesOf({ ...orderColumns, ...stampColumns }),
    'contact?': contact,
    'shipTo?': orUnreadable(address),
    holds: described(listOf(object({ holdId: text, reason: orUnreadable(text) })), 'Holds that are not released'),
  }),
  OrderPage: object({ items: listOf(ref('OrderSummary')), 'next?': text }),
  OrderEdit: orderEditSchema,
  Timeline: object({ items: listOf(timelineEntry), 'next?': text }),
};
