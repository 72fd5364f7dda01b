import { type AppendOnlyProjection, column, nullable, primary, readTable, type RowOf } from '#projections';
import { onHandChange, parseStockStream, type StockEvent } from '../domain/stock-item.js';

export const stockMovementColumns = {
  sku: primary(column.text('The SKU')),
  locationId: primary(column.text('The location that has the stock')),
  position: primary(column.position('Position in the log of the event')),
  type: column.text('Type of the event'),
  quantity: column.bigint('Signed units'),
  reason: nullable(
    column.text('The reason of an adjustment, the cause of an issue, the disposition of returned goods'),
  ),
  ref: column.text('The document that the movement is recorded in'),
  channel: column.text('The channel that acted'),
  actor: column.text('Who acted: a key, or a process'),
  occurredAt: column.instant('Business time'),
  recordedAt: column.instant('When it was recorded'),
};

/** A change of on hand, as in a ledger of goods: the sum of `quantity` is on hand. */
export type StockMovement = RowOf<typeof stockMovementColumns>;

/** Undefined for an event that does not change on hand. */
const documentOf = ({ type, data }: StockEvent): Pick<StockMovement, 'reason' | 'ref'> | undefined => {
  if (type === 'StockReceived') return { reason: null, ref: data.ref };
  if (type === 'StockAdjusted') return { reason: data.reason, ref: data.ref };
  if (type === 'StockIssued') return { reason: data.cause, ref: data.ref };
  if (type === 'StockRestocked') return { reason: data.disposition, ref: data.returnId };
  return undefined;
};

export const stockMovements: AppendOnlyProjection<StockMovement, StockEvent> = {
  name: 'stock_movement',
  version: 2,
  categories: ['stock'],
  table: readTable('stock_movement', stockMovementColumns, [
    { columns: ['occurredAt'], where: `type = 'StockAdjusted'` },
  ]),
  allRowsReason: 'Channels share stock; only staff read its movements.',
  rowsOf: ({ stream, event, envelope, position, recordedAt }) => {
    const document = documentOf(event);
    if (!document) return [];
    return [
      {
        ...parseStockStream(stream),
        ...document,
        position,
        type: event.type,
        quantity: onHandChange(event),
        channel: envelope.channel,
        actor: envelope.actor,
        occurredAt: envelope.occurredAt,
        recordedAt: new Date(recordedAt).toISOString(),
      },
    ];
  },
};
