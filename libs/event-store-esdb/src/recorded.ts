import { type AllStreamRecordedEvent, type EventData, type JSONType, type RecordedEvent } from '@eventstore/db-client';
import { type Envelope, type NewEvent, type Recorded } from '#event-store';

/** The client turns data and metadata into JSON, which leaves out undefined fields. */
export const toStore = ({ id, event, envelope }: NewEvent): EventData => ({
  id,
  contentType: 'application/json',
  type: event.type,
  data: event.data as JSONType,
  metadata: envelope as unknown as Record<string, string>,
});

/** @throws RangeError when a position is too large for a number */
export const fromStore = (stored: RecordedEvent | AllStreamRecordedEvent): Recorded => {
  const { id, type, data, metadata, streamId, revision, position, created } = stored;
  return {
    id,
    event: { type, data: data as object },
    envelope: metadata as unknown as Envelope,
    stream: streamId,
    revision: toNumber(revision),
    position: toNumber(position?.commit ?? 0n),
    recordedAt: created.getTime(),
  };
};

/** @throws RangeError */
export const toNumber = (value: bigint) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`Too large for a number: ${value.toString()}`);
  return number;
};
