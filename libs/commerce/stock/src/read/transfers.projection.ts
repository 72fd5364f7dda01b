import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { integer, listOf, object, text } from '#schema';
import { type TransferEvent, type TransferLine } from '../domain/transfer.js';

/** One SKU, in sellable units: in transit = shipped − received − missing. */
const transferLine = object({ sku: text, requested: integer, shipped: integer, received: integer, missing: integer });

export const transferColumns = {
  transferId: primary(column.text()),
  fromLocationId: column.text(),
  toLocationId: column.text(),
  status: column.oneOf(['requested', 'confirmed', 'in-transit', 'cancelled', 'closed']),
  lines: column.json(listOf(transferLine)),
  inTransit: column.bigint('Units that have left and not arrived, over all lines'),
  eta: nullable(column.instant('When the last shipment is due')),
};

export type TransferRow = RowOf<typeof transferColumns>;

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
  table: readTable('transfer', transferColumns),
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
