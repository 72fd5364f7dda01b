import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { listOf } from '#schema';
import { type ReorderEvent } from '../domain/reorder-button.js';
import { cartLineSchema } from './cart-line.js';

export const reorderButtonColumns = {
  buttonId: primary(column.text('Id of the button')),
  channel: column.text('The channel that configured it'),
  customerId: column.text('The customer who orders by it'),
  lines: column.json(listOf(cartLineSchema), 'What a press orders'),
  currency: column.text('ISO 4217'),
  debounceSeconds: column.integer('A press that follows an order within so many seconds is ignored'),
  maxPerDay: column.integer('Orders per day (UTC); 0 disables the button'),
  ordered: column.integer('Number of presses that placed an order'),
  ignored: column.integer('Number of presses that were ignored'),
  lastOrderId: nullable(column.text('The order of the last press that placed one')),
  lastPressedAt: nullable(column.instant('Business time of the last press')),
  lastFailure: nullable(column.text('Problem code if the last order could not be placed')),
};

/** A reorder button, without the personal data of its template. */
export type ReorderButtonRow = RowOf<typeof reorderButtonColumns>;

export const reorderButtons: FoldedProjection<ReorderButtonRow, 'buttonId', ReorderEvent> = {
  name: 'reorder_button',
  version: 1,
  categories: ['reorderbutton'],
  table: readTable('reorder_button', reorderButtonColumns),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ buttonId: idOf(stream) }],
  project: (row, { event, envelope: { channel, occurredAt } }, { buttonId }) => {
    const { type, data } = event;
    if (type === 'ReorderButtonConfigured') {
      const { customerId, lines, currency, debounceSeconds, maxPerDay } = data;
      const before = row ?? { ordered: 0, ignored: 0, lastOrderId: null, lastPressedAt: null, lastFailure: null };
      return { ...before, buttonId, channel, customerId, lines, currency, debounceSeconds, maxPerDay };
    }
    if (!row) throw new Error(`${type} of a reorder button that was never configured`);
    return { ...row, ...changedColumns(row, event, occurredAt) };
  },
};

const changedColumns = (row: ReorderButtonRow, { type, data }: ReorderEvent, at: string): Partial<ReorderButtonRow> => {
  switch (type) {
    case 'ReorderButtonPressed':
      return { ordered: row.ordered + 1, lastOrderId: data.orderId, lastPressedAt: at, lastFailure: null };
    case 'ReorderPressIgnored':
      return { ignored: row.ignored + 1, lastPressedAt: at };
    case 'ReorderFailed':
      return { lastFailure: data.code };
    case 'ReorderButtonConfigured':
      return {};
  }
};
