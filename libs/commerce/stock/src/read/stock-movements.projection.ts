import { type Position } from '#event-store';
import { type AppendOnlyProjection, readTable } from '#projections';
import { onHandChange, parseStockStream, type StockEvent } from '../domain/stock-item.js';

/** A change of what is on hand: the ledger of goods. Σ of `quantity` is on hand. */
export interface StockMovement {
  readonly sku: string;
  readonly locationId: string;
  /** Place in the whole log. */
  readonly position: Position;
  readonly type: string;
  /** Signed units. */
  readonly quantity: number;
  /** Of a correction its reason, of an issue its cause, of returned goods what became of them. */
  readonly reason: string | null;
  /** The document behind it. */
  readonly ref: string;
  readonly channel: string;
  readonly actor: string;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/** Why units moved, and the document that says so. */
const groundsOf = ({ type, data }: StockEvent): Pick<StockMovement, 'reason' | 'ref'> | undefined => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- no other event moves what is on hand
  switch (type) {
    case 'StockReceived':
      return { reason: null, ref: data.ref };
    case 'StockAdjusted':
      return { reason: data.reason, ref: data.ref };
    case 'StockIssued':
      return { reason: data.cause, ref: data.ref };
    case 'StockRestocked':
      return { reason: data.disposition, ref: data.returnId };
    default:
      return undefined;
  }
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
    const grounds = groundsOf(event);
    if (!grounds) return [];
    return [
      {
        ...parseStockStream(stream),
        ...grounds,
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
