import { type Position } from '#event-store';
import { type AppendOnlyProjection, readTable } from '#projections';
import { onHandChange, parseStockStream, type StockEvent } from '../domain/stock-item.js';

/** A change of on hand, as in a ledger of goods: the sum of `quantity` is on hand. */
export interface StockMovement {
  readonly sku: string;
  readonly locationId: string;
  /** Place in the whole log. */
  readonly position: Position;
  readonly type: string;
  /** In units, signed. */
  readonly quantity: number;
  /** The reason of an adjustment, the cause of an issue, or the disposition of returned goods. */
  readonly reason: string | null;
  /** The document that the movement is recorded in. */
  readonly ref: string;
  readonly channel: string;
  readonly actor: string;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/** Undefined for an event that does not change on hand. */
const documentOf = ({ type, data }: StockEvent): Pick<StockMovement, 'reason' | 'ref'> | undefined => {
  if (type === 'StockReceived') return { reason: null, ref: data.ref };
  if (type === 'StockAdjusted') return { reason: data.reason, ref: data.ref };
  if (type === 'StockIssued') return { reason: data.cause, ref: data.ref };
  if (type === 'StockRestocked') return { reason: data.disposition, ref: data.returnId };
  return undefined;
};

const text = { type: 'text' } as const;

export const stockMovements: AppendOnlyProjection<StockMovement, StockEvent> = {
  name: 'stock_movement',
  version: 1,
  categories: ['stock'],
  table: readTable<StockMovement>('stock_movement', {
    sku: { type: 'text', primary: true },
    locationId: { type: 'text', primary: true },
    position: { type: 'bigint', primary: true },
    type: text,
    quantity: { type: 'bigint' },
    reason: { type: 'text', nullable: true },
    ref: text,
    channel: text,
    actor: text,
    occurredAt: { type: 'timestamptz' },
    recordedAt: { type: 'timestamptz' },
  }),
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
