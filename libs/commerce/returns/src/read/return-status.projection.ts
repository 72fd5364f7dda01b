import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { described, integer, listOf, object, oneOf, text, texts, unitPrice } from '#schema';
import { CREDIT_KINDS, DISPOSITIONS, REFUND_TO } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { evolveReturn, newReturnStatus } from './return-fold.projection.js';

export const RETURN_STATES = ['recorded', 'requested', 'approved', 'declined', 'closed'] as const;
export type ReturnState = (typeof RETURN_STATES)[number];

const units = {
  lineId: described(text, 'Line of the order, or of the return itself if there is no order'),
  sku: described(text, 'The SKU'),
  quantity: described(integer, 'Returned units: positive'),
};
const disposition = described(oneOf(...DISPOSITIONS), 'restock, refurbish, damaged or missing');

export const returnLine = {
  ...units,
  unitPrice,
  locationId: described(text, 'Where the goods arrived'),
  disposition,
  'original?': described(
    object({ orderId: text, lineId: text }),
    'The order line in which the goods were sold, if known',
  ),
  'attributes?': described(texts, 'Facts of the line, as the channel gave them'),
};

export const returnCredit = {
  chargeId: described(text, 'Id of the credit, unique in the return'),
  kind: described(oneOf(...CREDIT_KINDS), CREDIT_KINDS.join(', ')),
  quantity: described(integer, 'As booked'),
  unitPrice,
  'title?': described(text, 'Title, for people'),
  'attributes?': described(texts, 'Facts of the credit, as the channel gave them'),
};

const requestedLine = object({ ...units, unitPrice });
const receipt = object({ locationId: text, lines: listOf(object(units)) });
const inspection = object({ locationId: text, items: listOf(object({ ...units, disposition })) });

export const returnColumns = {
  returnId: primary(column.text('Id of the return')),
  channel: column.text('The channel that took the return'),
  state: column.oneOf(RETURN_STATES, 'recorded (an external fact), or requested, approved, declined, closed'),
  externalRef: nullable(column.text('The number of the return in the channel')),
  orderId: nullable(column.text('Null for a blind return, and for a recorded one of several orders')),
  customerId: nullable(column.text('A registered customer')),
  buyerId: nullable(column.text('The customer, or the random subject id of a guest; null when neither is known')),
  currency: column.text('ISO 4217'),
  reason: nullable(column.text('Why the goods come back')),
  refundTo: nullable(
    column.oneOf([...REFUND_TO, 'elsewhere'], 'Where the refund goes: original, store-credit, cash, none or elsewhere'),
  ),
  requested: column.json(listOf(requestedLine), 'Lines as they were requested'),
  receipts: column.json(listOf(receipt), 'Units that arrived'),
  inspections: column.json(listOf(inspection), 'Units that were inspected, with the disposition of each'),
  lines: column.json(listOf(object(returnLine)), 'Accepted goods at their selling prices'),
  credits: column.json(listOf(object(returnCredit)), "Fees, and the share of the order's discounts and charges"),
  total: column.bigint('The refund that is due: lines less credits, positive, in minor units'),
  worth: column.bigint('Worth of the accepted units, before fees'),
  fees: column.bigint('Deducted from the refund'),
  refunded: column.bigint('Refunded so far'),
  failure: nullable(column.text('Why the last refund failed; null after RetryReturnRefund or PayOutReturn')),
  newOrderId: nullable(column.text('The order that the return was exchanged for')),
  giftCardId: nullable(column.text('The store credit that was issued for the return')),
  locationId: nullable(column.text('Where goods last arrived')),
  blind: column.flag('Whether no line names its order'),
  units: column.bigint('Accepted units'),
  attributes: column.json(texts, 'Facts of the return, as the channel gave them'),
  occurredAt: column.instant('Business time'),
  recordedAt: column.instant('When it was recorded'),
};

/** One return. Amounts are in minor units; total = lines − credits. */
export type ReturnStatus = RowOf<typeof returnColumns>;

export const returnStatus: FoldedProjection<ReturnStatus, 'returnId', ReturnEvent> = {
  name: 'return_status',
  version: 2,
  categories: ['return'],
  table: readTable('return_status', returnColumns, [
    { columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' },
    { columns: ['state', 'occurredAt', 'returnId'], where: `state <> 'recorded'` },
    { columns: ['orderId'], where: 'order_id IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  keysOf: ({ stream }) => [{ returnId: idOf(stream) }],
  creates: ({ event }) => event.type === 'ReturnRecorded' || event.type === 'ReturnRequested',
  project: (row, recorded, { returnId }) => {
    const { event, envelope, recordedAt } = recorded;
    if (event.type !== 'ReturnRecorded' && event.type !== 'ReturnRequested') return row && evolveReturn(row, event);
    return {
      ...newReturnStatus(event, envelope.subject),
      returnId,
      channel: envelope.channel,
      occurredAt: envelope.occurredAt,
      recordedAt: new Date(recordedAt).toISOString(),
    };
  },
};
