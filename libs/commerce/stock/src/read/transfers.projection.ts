import { type FoldedProjection, readTable } from '#projections';
import { type TransferEvent, type TransferLine } from '../domain/transfer.js';

/** One SKU of a transfer, in sellable units. In transit is shipped − received − missing. */
interface TransferredLine {
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
  readonly lines: readonly TransferredLine[];
  /** Units that have left and not arrived, over all lines. */
  readonly inTransit: number;
  /** Of the last shipment, ISO 8601. */
  readonly eta: string | null;
}

const add = (row: TransferRow, moved: readonly TransferLine[], how: 'shipped' | 'received' | 'missing') => {
  const units = new Map(moved.map(({ sku, quantity }) => [sku, quantity]));
  const lines = row.lines.map((line) => ({ ...line, [how]: line[how] + (units.get(line.sku) ?? 0) }));
  const inTransit = lines.reduce((all, { shipped, received, missing }) => all + shipped - received - missing, 0);
  return { ...row, lines, inTransit };
};

const goOn = (row: TransferRow, { type, data }: TransferEvent): TransferRow => {
  switch (type) {
    case 'TransferRequested':
      return row;
    case 'TransferConfirmed':
      return { ...row, status: 'confirmed' };
    case 'TransferCancelled':
      return { ...row, status: 'cancelled' };
    case 'TransferShipped':
      return { ...add(row, data.lines, 'shipped'), status: 'in-transit', eta: data.eta };
    case 'TransferReceived':
      return add(row, data.lines, 'received');
    case 'TransferClosed':
      return { ...add(row, data.missing, 'missing'), status: 'closed' };
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
    if (row) return goOn(row, event);
    if (event.type !== 'TransferRequested') return undefined;
    const { from: fromLocationId, to: toLocationId } = event.data;
    const lines = event.data.lines.map(({ sku, quantity: requested }) => ({
      ...{ sku, requested, shipped: 0, received: 0, missing: 0 },
    }));
    return { ...key, fromLocationId, toLocationId, status: 'requested', lines, inTransit: 0, eta: null };
  },
};
