import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type LedgerEvent } from '#orders';

/** A correction of the trade figures that belongs to no order. */
export interface LedgerEntryRow {
  readonly entryId: string;
  readonly channel: string;
  readonly externalRef: string | null;
  readonly title: string;
  readonly currency: string;
  readonly quantity: number;
  /** In units of `10^-scale` of the currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly attributes: Readonly<Record<string, string>>;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

const text = { type: 'text' } as const;

export const ledgerEntries: FoldedProjection<LedgerEntryRow, 'entryId', LedgerEvent> = {
  name: 'ledger_entry',
  version: 1,
  categories: ['ledger'],
  table: readTable<LedgerEntryRow>('ledger_entry', {
    entryId: { type: 'text', primary: true },
    channel: text,
    externalRef: { type: 'text', nullable: true },
    title: text,
    currency: text,
    quantity: { type: 'bigint' },
    unitPrice: { type: 'jsonb' },
    attributes: { type: 'jsonb' },
    occurredAt: { type: 'timestamptz' },
    recordedAt: { type: 'timestamptz' },
  }),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ entryId: idOf(stream) }],
  creates: () => true,
  project: (_, { event: { data }, envelope, recordedAt }, { entryId }) => ({
    entryId,
    channel: envelope.channel,
    externalRef: data.externalRef ?? null,
    title: data.title,
    currency: data.currency,
    quantity: data.quantity,
    unitPrice: data.unitPrice,
    attributes: data.attributes ?? {},
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
  }),
};
