import { type FoldedProjection, readTable } from '#projections';
import { type TransferEvent, type TransferLine } from '../domain/transfer.js';

/** One SKU of a transfer, in sellable units: in transit = shipped − received − missing. */
interface TransferLineRow {
  readonly sku: string;
  readonly requested: number;
  readonly shipped: number;
  readonly received: number;
  readonly missing: number;
}

export interface TransferRow {
  readonly transferId: string;
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly status: 'requested' | 'confirmed' | 'in-transit' | 'cancelled' | 'closed';
  readonly lines: readonly TransferLineRow[];
  /** Units in transit, over all lines. */
  readonly inTransit: number;
  /** When the last shipment is due, ISO 8601. */
  readonly eta: string | null;
}

const addToLines = (
  row: TransferRow,
  total: 'shipped' | 'received' | 'missing',
  added: readonly TransferLine[],
): TransferRow => {
  const units = new Map(added.map(({ sku, quantity }) => [sku, quantity]));
  const lines = row.lines.map((line) => ({ ...line, [total]: line[total] + (units.get(line.sku) ?? 0) }));
  const inTransit = lines.reduce((sum, { shipped, received, missing }) => sum + shipped - received - missing, 0);
  return { ...row, lines, inTransit };
};

const evolveTransfer = (row: TransferRow, { type, data }: TransferEvent): TransferRow => {
  switch (type) {
    case 'TransferRequested':
      return row;
    case 'TransferConfirmed':
      return { ...row, status: 'confirmed' };
    case 'TransferCancelled':
      return { ...row, status: 'cancelled' };
    case 'TransferShipped':
      return { ...addToLines(row, 'shipped', data.lines), status: 'in-transit', eta: data.eta };
    case 'TransferReceived':
      return addToLines(row, 'received', data.lines);
    case 'TransferClosed':
      return { ...addToLines(row, 'missing', data.missing), status: 'closed' };
  }
};

export const transfers: FoldedProjection<TransferRow, 'transferId', TransferEvent> = {
  name: 'transfer',
  version: 1,
  categories: ['transfer'],
  table: readTable<TransferRow>('transfer', {
    transferId: { type: 'text', primary: true },
    fromLocationId: { type: 'text' },
    toLocationId: { type: 'text' },
    status: { type: 'text' },
    lines: { type: 'jsonb' },
    inTransit: { type: 'bigint' },
    eta: { type: 'timestamptz', nullable: true },
  }),
  keysOf: ({ stream }) => [{ transferId: stream.slice('transfer-'.length) }],
  creates: ({ event }) => event.type === 'TransferRequested',
  project: (row, { event }, key) => {
    if (row) return evolveTransfer(row, event);
    if (event.type !== 'TransferRequested') throw new Error(`${event.type} of a transfer that was never requested`);
    const { from: fromLocationId, to: toLocationId } = event.data;
    const lines = event.data.lines.map(({ sku, quantity }) => ({
      sku,
      requested: quantity,
      shipped: 0,
      received: 0,
      missing: 0,
    }));
    return { ...key, fromLocationId, toLocationId, status: 'requested', lines, inTransit: 0, eta: null };
  },
};
