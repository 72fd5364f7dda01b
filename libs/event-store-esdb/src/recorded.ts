import { type AllStreamRecordedEvent, type RecordedEvent } from '@eventstore/db-client';
import { type Envelope, type Recorded } from '#event-store';

/** @throws RangeError when a position is too large for a number */
export const fromStore = (stored: RecordedEvent | AllStreamRecordedEvent): Recorded => {
  const { id, type, data, metadata, streamId, revision, created } = stored;
  return {
    id,
    event: { type, data: data as object },
    // An event from elsewhere has none: whoever folds it finds its version unknown.
    envelope: (metadata ?? {}) as unknown as Envelope,
    stream: streamId,
    revision: safe(Number(revision)),
    position: positionOf(stored),
    recordedAt: created.getTime(),
  };
};

/** @throws RangeError when it is too large for a number */
export const positionOf = ({ position }: Pick<RecordedEvent | AllStreamRecordedEvent, 'position'>): number =>
  safe(Number(position?.commit ?? 0n));

/** @throws RangeError */
export const safe = (value: number) => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`Too large for a number: ${value}`);
  return value;
};
