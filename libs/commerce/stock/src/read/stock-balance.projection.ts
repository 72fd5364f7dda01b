import { column, type FoldedProjection, primary, readTable, type RowOf } from '#projections';
import { ref } from '#schema';
import { parseStockStream, type StockEvent } from '../domain/stock-item.js';
import { emptyPosition, evolveStockPosition, type StockPosition } from './stock-position.projection.js';

/** Events of a stream between two balances. */
export const EVENTS_PER_BALANCE = 100;

const stockBalanceColumns = {
  sku: primary(column.text('The SKU')),
  locationId: primary(column.text('The location that has the stock')),
  page: primary(column.integer(`Revision of the last event divided by ${EVENTS_PER_BALANCE}, rounded down`)),
  quantities: column.json(ref<StockPosition>('StockPosition'), 'The quantities after that event'),
  recordedUntil: column.instant('When the latest of the events up to here was recorded'),
};

/**
 * The stock of one SKU at one location after each page of its stream, as a page of an account ends with a balance. With it, the past is
 * explained without reading the stream from its beginning. Each page starts with the balance of the one before.
 */
export type StockBalance = RowOf<typeof stockBalanceColumns>;

export const pageOf = (revision: number) => Math.floor(revision / EVENTS_PER_BALANCE);

export const stockBalances: FoldedProjection<StockBalance, 'sku' | 'locationId' | 'page', StockEvent> = {
  name: 'stock_balance',
  version: 2,
  categories: ['stock'],
  table: readTable('stock_balance', stockBalanceColumns),
  keysOf: ({ stream, revision }) => [{ ...parseStockStream(stream), page: pageOf(revision) }],
  creates: ({ revision }) => revision % EVENTS_PER_BALANCE === 0,
  carriesForwardFrom: ({ revision }, key) =>
    revision > 0 && revision % EVENTS_PER_BALANCE === 0 ? { ...key, page: key.page - 1 } : undefined,
  project: (row, { event, revision, recordedAt }, key) => {
    if (!row && revision > 0) throw new Error('The balance of the events before is missing');
    const now = new Date(recordedAt).toISOString();
    const recordedUntil = row && row.recordedUntil > now ? row.recordedUntil : now;
    const quantities = evolveStockPosition(row?.quantities ?? emptyPosition(key), event);
    return { ...key, quantities, recordedUntil };
  },
};
