import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Recorded, asPosition } from '#event-store';
import { aRecorded } from '#testing';
import { rowId, layoutOf, type StoredRow } from './layout.js';
import { type FoldedProjection, type Projection } from './projection.js';
import { column, primary, readTable } from './read-table.js';
import { RowCache } from './row-cache.js';
import { journal, orderLine, orderState, shelf, type ShopEvent } from './shop.fixture.js';
import { TableFold } from './table-fold.js';

const layout = layoutOf(shelf);

const foldOf = (cacheRows: number, parked = new Set<string>()) =>
  new TableFold(layout, new RowCache<StoredRow>(cacheRows, true), parked);

/** One batch, with the rows that are in the table. */
const fold = (table: ReadonlyMap<string, StoredRow>, into: TableFold, events: readonly Recorded[]) => {
  for (const recorded of events) into.gather(recorded);
  into.addLoadedRows(into.missing.flatMap((key) => table.get(rowId(into.layout, key)) ?? []));
  into.fold();
};

const write = (table: Map<string, StoredRow>, { rows, removed }: ReturnType<TableFold['take']>) => {
  for (const row of rows) table.set(rowId(layout, row), row);
  for (const key of removed) table.delete(rowId(layout, key));
};

const received = (quantity: number): ShopEvent => ({ type: 'Received', data: { quantity } });

const recorded = (sku: number | string, event: ShopEvent, position: number) =>
  aRecorded(`stock-${sku}`, event, { position: asPosition(position), revision: position });

const anEvent = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }).map(received) },
  { weight: 1, arbitrary: fc.constant<ShopEvent>({ type: 'Purged', data: {} }) },
);
const aLog = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), anEvent), { maxLength: 80 })
  .map((log) => log.map(([sku, event], index) => recorded(sku, event, index + 1)));

describe('a fold with a small cache, whose writes become visible late', () => {
  it('computes the same rows as with a large cache', () => {
    fc.assert(
      fc.property(
        aLog,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        (log, size, batchesPerWrite) => {
          const expected = new Map<string, StoredRow>();
          const roomy = foldOf(1000);
          fold(new Map(), roomy, log);
          write(expected, roomy.take());

          const table = new Map<string, StoredRow>();
          const tight = foldOf(2);
          let underway: ReturnType<TableFold['take']> | undefined;
          const handOver = () => {
            if (underway) write(table, underway);
            tight.written();
            underway = tight.take();
          };
          for (let from = 0, batch = 1; from < log.length; from += size, batch++) {
            fold(table, tight, log.slice(from, from + size));
            if (batch % batchesPerWrite === 0) handOver();
          }
          handOver();
          handOver();
          expect(new Map([...table].toSorted())).toEqual(new Map([...expected].toSorted()));
        },
      ),
    );
  });
});

it('writes a row once, however often it changed', () => {
  const into = foldOf(100);
  fold(new Map(), into, [recorded(1, received(1), 1), recorded(1, received(2), 2)]);
  expect(into.take().rows).toEqual([{ shelfId: '1', onHand: 3, soldAt: null, revision: 2, position: asPosition(2) }]);
  expect(into.take().rows).toEqual([]);
});

it('writes nothing for a row that was created and deleted', () => {
  const into = foldOf(100);
  fold(new Map(), into, [recorded(1, { type: 'Purged', data: {} }, 1)]);
  expect(into.take()).toMatchObject({ rows: [], removed: [] });
});

it('parks a stream at the first event that it cannot fold, keeping what came before in the same batch', () => {
  const parked = new Set<string>();
  const into = foldOf(100, parked);
  fold(new Map(), into, [
    recorded('bad', received(1), 1),
    recorded('bad', received(-1), 2),
    recorded('good', received(1), 3),
    recorded('bad', received(1), 4),
  ]);
  const { rows, parked: parkings } = into.take();
  expect(rows.map(({ shelfId, onHand }) => [shelfId, onHand])).toEqual([
    ['bad', 1],
    ['good', 1],
  ]);
  expect(parkings).toMatchObject([{ stream: 'stock-bad', position: asPosition(2), revision: 2, event: 'Received' }]);
  expect(parked).toEqual(new Set(['stock-bad']));
});

it('keeps the stamp of the newer event when an older one is folded late', () => {
  const into = foldOf(100);
  fold(new Map(), into, [recorded(1, received(1), 9), recorded(1, received(2), 2)]);
  expect(into.take().rows).toMatchObject([{ onHand: 3, revision: 9, position: asPosition(9) }]);
});

interface ShelfBalance {
  readonly shelfId: string;
  readonly page: number;
  readonly onHand: number;
}

/** A row for every three events. */
const balances: FoldedProjection<ShelfBalance, 'shelfId' | 'page', ShopEvent> = {
  name: 'shelf_balance',
  version: 1,
  categories: ['stock'],
  table: readTable('shelf_balance', {
    shelfId: primary(column.text()),
    page: primary(column.integer()),
    onHand: column.integer(),
  }),
  keysOf: ({ stream, revision }) => [{ shelfId: stream.slice('stock-'.length), page: Math.floor(revision / 3) }],
  carriesForwardFrom: ({ revision }, key) =>
    revision > 0 && revision % 3 === 0 ? { ...key, page: key.page - 1 } : undefined,
  project: (row, { event }, key) => ({
    ...key,
    onHand: (row?.onHand ?? 0) + (event.type === 'Received' ? event.data.quantity : 0),
  }),
};

it.each([1, 2, 3, 4, 5, 7])('begins a row with what the row before ends with, in batches of %d events', (size) => {
  const rows = layoutOf(balances);
  const table = new Map<string, StoredRow>();
  const log = Array.from({ length: 7 }, (_, revision) => ({ ...recorded('a', received(1), revision + 1), revision }));
  for (let from = 0; from < log.length; from += size) {
    const into = new TableFold(rows, new RowCache<StoredRow>(10, from === 0), new Set()); // as after a restart
    fold(table, into, log.slice(from, from + size));
    for (const row of into.take().rows) table.set(rowId(rows, row), row);
  }
  expect([...table.values()]).toEqual([
    { shelfId: 'a', page: 0, onHand: 3, revision: 2, position: asPosition(3) },
    { shelfId: 'a', page: 1, onHand: 6, revision: 5, position: asPosition(6) },
    { shelfId: 'a', page: 2, onHand: 7, revision: 6, position: asPosition(7) },
  ]);
});

describe('a derived table', () => {
  const placed = (...lines: string[]): ShopEvent => ({ type: 'Placed', data: { lines } });
  const anOrder = (event: ShopEvent, position: number, id = '1') =>
    aRecorded(`order-${id}`, event, { position: asPosition(position), revision: position });
  const changing = { ...orderState, creates: () => false };

  const derivedFrom = (source: Projection, parked = new Set<string>()) => {
    const orders = new TableFold(layoutOf(source), new RowCache<StoredRow>(100, true), parked);
    const lines = new TableFold(
      layoutOf({ ...orderLine, derivedFrom: orderState }),
      new RowCache<StoredRow>(1, true),
      parked,
    );
    orders.derive(lines);
    return { orders, lines };
  };

  it('has only rows to write that differ, with the revision and position of the event that changed them', () => {
    const { orders, lines } = derivedFrom(changing);
    fold(new Map(), orders, [anOrder(placed('tea', 'mug', 'pen'), 1)]);
    expect(lines.take().rows).toMatchObject([{ place: 0 }, { place: 1 }, { place: 2, revision: 1 }]);
    fold(new Map(), orders, [anOrder({ type: 'Confirmed', data: {} }, 2)]);
    expect([orders.size, lines.size]).toEqual([1, 0]);
    fold(new Map(), orders, [anOrder(placed('tea', 'cup'), 3)]);
    const { rows, removed } = lines.take();
    expect(rows).toEqual([{ orderId: '1', place: 1, title: 'cup', revision: 3, position: asPosition(3) }]);
    expect(removed).toMatchObject([{ orderId: '1', place: 2 }]);
  });

  it('parks the stream of an event whose rows it cannot store, and the read model that it is derived from changes no row either', () => {
    const { orders, lines } = derivedFrom(changing);
    fold(new Map(), orders, [
      anOrder(placed('tea'), 1),
      anOrder(placed('cup\u0000'), 2),
      anOrder(placed('mug'), 3, '2'),
    ]);
    expect(orders.take()).toMatchObject({
      rows: [
        { orderId: '1', lines: ['tea'] },
        { orderId: '2', lines: ['mug'] },
      ],
      parked: [{ stream: 'order-1', revision: 2 }],
    });
    expect(lines.take().rows).toMatchObject([{ title: 'tea' }, { title: 'mug' }]);
  });
});

it('adds rows of append-only projections without loading any', () => {
  const into = new TableFold(layoutOf(journal), new RowCache<StoredRow>(10, false), new Set());
  fold(new Map(), into, [recorded(1, received(1), 1), recorded(1, received(1), 2)]);
  expect(into.missing).toEqual([]);
  expect(into.take().rows).toMatchObject([{ place: 1 }, { place: 2 }]);
});
