import { type AppendOnlyProjection, column, nullable, primary, readTable, type RowOf } from '#projections';
import { type RefusalEvent } from './refusal-stream.js';

const processRefusalColumns = {
  commandId: primary(column.text('Id of the refused command')),
  process: column.text('The process that sent it'),
  instance: column.text('The instance of the process, for example an order'),
  command: column.text('Name of the command'),
  code: column.text('Why it was refused: see docs/problems.md'),
  channel: column.text('The channel that the process acted for'),
  occurredAt: column.instant('Business time of the event that led to the command'),
  recordedAt: column.instant('When the refusal was recorded'),
  causationId: nullable(column.text('The event that led to the command')),
  correlationId: column.text('The conversation that the command belongs to'),
};

/** For the engineer on call, with SQL. */
type ProcessRefusalRow = RowOf<typeof processRefusalColumns>;

export const processRefusalRows: AppendOnlyProjection<ProcessRefusalRow> = {
  name: 'process_refusal',
  version: 1,
  categories: ['processrefusal'],
  table: readTable('process_refusal', processRefusalColumns),
  channelColumn: 'channel',
  rowsOf: ({ event, envelope, recordedAt }) => {
    const { process, instance, commandId, command, code } = (event as RefusalEvent).data;
    const { channel, occurredAt, correlationId, causationId = null } = envelope;
    const at = { channel, occurredAt, recordedAt: new Date(recordedAt).toISOString(), correlationId, causationId };
    return [{ commandId, process, instance, command, code, ...at }];
  },
};
