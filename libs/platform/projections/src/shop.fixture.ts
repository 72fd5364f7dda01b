import { type EventDefinitions, type Message } from '#kernel';
import { listOf, text } from '#schema';
import { type AppendOnlyProjection, type DerivedProjection, type FoldedProjection } from './projection.js';
import { column, nullable, primary, readTable } from './read-table.js';

/** A small shop for the tests of projections. */
export type ShopEvent =
  | Message<'Received', { quantity: number }>
  | Message<'Sold', { quantity: number; at: string }>
  | Message<'Placed', { lines: readonly string[] }>
  | Message<'Confirmed'>
  | Message<'Purged'>;

const shopEvents: EventDefinitions<ShopEvent> = {
  Received: { version: 2, upcast: { 1: (data) => ({ quantity: (data as { pieces: number }).pieces }) } },
  Sold: { version: 1 },
  Placed: { version: 1 },
  Confirmed: { version: 1 },
  Purged: { version: 1 },
};

export interface Shelf {
  readonly shelfId: string;
  readonly onHand: number;
  readonly soldAt: string | null;
}

/** Cannot fold negative receipts. */
export const shelf: FoldedProjection<Shelf, 'shelfId', ShopEvent> = {
  name: 'shelf',
  version: 1,
  categories: ['stock'],
  table: readTable<Shelf>(
    'shelf',
    {
      shelfId: primary(column.text()),
      onHand: column.integer(),
      soldAt: nullable(column.instant()),
    },
    [{ columns: ['onHand'], where: 'on_hand < 0' }],
  ),
  keysOf: ({ stream }) => [{ shelfId: stream.slice('stock-'.length) }],
  project: (row, { event }, key) => {
    const { onHand, soldAt } = row ?? { onHand: 0, soldAt: null };
    if (event.type === 'Purged') return undefined;
    if (event.type === 'Sold') return { ...key, onHand: onHand - event.data.quantity, soldAt: event.data.at };
    if (event.type !== 'Received') return row;
    if (event.data.quantity < 0) throw new RangeError('A receipt cannot be negative');
    return { ...key, onHand: onHand + event.data.quantity, soldAt };
  },
};

export interface OrderState {
  readonly orderId: string;
  readonly channel: string;
  readonly state: string;
  readonly lines: readonly string[];
}

export const orderState: FoldedProjection<OrderState, 'orderId', ShopEvent> = {
  name: 'order_state',
  version: 1,
  categories: ['order'],
  table: readTable<OrderState>('order_state', {
    orderId: primary(column.text()),
    channel: column.text(),
    state: column.text(),
    lines: column.json(listOf(text)),
  }),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ orderId: stream.slice('order-'.length) }],
  creates: ({ event }) => event.type === 'Placed',
  project: (row, { event, envelope: { channel } }, key) => {
    if (event.type === 'Placed') return { ...key, channel, state: 'pending', lines: event.data.lines };
    return row && event.type === 'Confirmed' ? { ...row, state: 'confirmed' } : row;
  },
  announce: (before, after) =>
    before?.state === 'pending' && after ? ([after.orderId, after.state] as const) : undefined,
};

export interface OrderLine {
  readonly orderId: string;
  readonly place: number;
  readonly title: string;
}

export const orderLine: DerivedProjection<OrderLine, OrderState> = {
  name: 'order_line',
  version: 1,
  categories: [],
  derivedFrom: orderState,
  table: readTable<OrderLine>('order_line', {
    orderId: primary(column.text()),
    place: primary(column.integer()),
    title: column.text(),
  }),
  reads: ['lines'],
  deriveRows: ({ orderId, lines }) => lines.map((title, place) => ({ orderId, place, title })),
};

export interface JournalEntry {
  readonly stream: string;
  readonly place: number;
  readonly type: string;
}

export const journal: AppendOnlyProjection<JournalEntry, ShopEvent> = {
  name: 'journal',
  version: 1,
  categories: ['order', 'stock'],
  table: readTable<JournalEntry>('journal', {
    stream: primary(column.text()),
    place: primary(column.integer()),
    type: column.text(),
  }),
  rowsOf: ({ stream, revision, event }) => [{ stream, place: revision, type: event.type }],
};

export const shop = { projections: [shelf, orderState, orderLine, journal], events: () => shopEvents };
