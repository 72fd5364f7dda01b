import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { texts, unitPrice } from '#schema';
import { type LedgerEvent } from '#orders';

export const ledgerEntryColumns = {
  entryId: primary(column.text('Id of the entry')),
  channel: column.text('The channel that booked it'),
  externalRef: nullable(column.text('The number of the entry in the channel')),
  title: column.text('Title, for people'),
  currency: column.text('ISO 4217'),
  quantity: column.bigint('As booked'),
  unitPrice: column.json(unitPrice),
  attributes: column.json(texts, 'Facts of the entry, as the channel gave them'),
  occurredAt: column.instant('Business time'),
  recordedAt: column.instant('When it was recorded'),
};

/** A correction of the trade figures that belongs to no order. */
export type LedgerEntryRow = RowOf<typeof ledgerEntryColumns>;

export const ledgerEntries: FoldedProjection<LedgerEntryRow, 'entryId', LedgerEvent> = {
  name: 'ledger_entry',
  version: 1,
  categories: ['ledger'],
  table: readTable('ledger_entry', ledgerEntryColumns),
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
