import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type ReorderEvent } from '../domain/reorder-messages.js';

/** A reorder button, without what is personal in its template. */
export interface ReorderButtonRow {
  readonly buttonId: string;
  readonly channel: string;
  readonly customerId: string;
  readonly lines: readonly object[];
  readonly currency: string;
  readonly debounceSeconds: number;
  readonly maxPerDay: number;
  /** Presses that became an order, and those that did not. */
  readonly ordered: number;
  readonly ignored: number;
  readonly lastOrderId: string | null;
  /** ISO 8601, business time. */
  readonly lastPressedAt: string | null;
  /** Code of the last order's refusal. */
  readonly lastFailure: string | null;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
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
    lastOrderId: maybe,
    lastPressedAt: { type: 'timestamptz', nullable: true },
    lastFailure: maybe,
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
    return row && { ...row, ...changeOf(row, event, occurredAt) };
  },
};

const changeOf = (row: ReorderButtonRow, { type, data }: ReorderEvent, at: string): Partial<ReorderButtonRow> => {
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
