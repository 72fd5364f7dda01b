import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type ReorderEvent } from '../domain/reorder-button.js';

/** A reorder button, without the personal data of its template. */
export interface ReorderButtonRow {
  readonly buttonId: string;
  readonly channel: string;
  readonly customerId: string;
  readonly lines: readonly object[];
  readonly currency: string;
  readonly debounceSeconds: number;
  readonly maxPerDay: number;
  /** Number of presses that placed an order. */
  readonly ordered: number;
  /** Number of presses that were ignored. */
  readonly ignored: number;
  readonly lastOrderId: string | null;
  /** ISO 8601, business time. */
  readonly lastPressedAt: string | null;
  /** Problem code if the last order could not be placed. */
  readonly lastFailure: string | null;
}

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const integer = { type: 'integer' } as const;

export const reorderButtons: FoldedProjection<ReorderButtonRow, 'buttonId', ReorderEvent> = {
  name: 'reorder_button',
  version: 1,
  categories: ['reorderbutton'],
  table: readTable<ReorderButtonRow>('reorder_button', {
    buttonId: { type: 'text', primary: true },
    channel: text,
    customerId: text,
    lines: { type: 'jsonb' },
    currency: text,
    debounceSeconds: integer,
    maxPerDay: integer,
    ordered: integer,
    ignored: integer,
    lastOrderId: nullableText,
    lastPressedAt: { type: 'timestamptz', nullable: true },
    lastFailure: nullableText,
  }),
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
