import { OutcomeUnknown, StreamMissing, StreamNotReadable, StreamTombstoned } from './errors.js';
import { type EventStore, type Recorded } from './port.js';
import { type KnownEvents, recognizeEvent } from './recognize-event.js';
import { type AnyStreamType } from './stream-type.js';
import { TOMBSTONED, whyIncomplete } from './retention.js';

/** An event of a kind of stream. */
export type RecordedOf<Type extends AnyStreamType> = Recorded & {
  readonly event: ReturnType<Type['decider']['decide']>[number];
};

/** The part of the store that reading a stream needs. */
export type StreamReader = Pick<EventStore, 'read' | 'retentionOf'>;

/**
 * Reads a stream in the current versions of its events; yields nothing if the stream never existed.
 * @throws StreamNotReadable if an event is not one of Kontor's, or events are missing
 * @throws OutcomeUnknown when the store does not answer
 */
export async function* readStream(
  store: StreamReader,
  stream: string,
  events: KnownEvents,
  from = 0,
): AsyncIterable<Recorded> {
  let isEmpty = from === 0;
  try {
    for await (const recorded of readCompleteStream(store, stream, from)) {
      isEmpty = false;
      yield recognizeEvent(recorded, events);
    }
    if (isEmpty) await assertNotHidden(store, stream);
  } catch (error) {
    throw error instanceof StreamNotReadable ? error : new OutcomeUnknown(stream, String(error));
  }
}

export interface PartOfHistory {
  /** Revision of the first event. Default: 0. */
  readonly from?: number | undefined;
  /** Recording time, milliseconds since 1970: the reading ends before the first event that is later. Default: never. */
  readonly until?: number | undefined;
}

/**
 * Reads a stream of one kind, or a part of it.
 * @returns an empty list if it never existed
 * @throws StreamNotReadable, OutcomeUnknown as {@link readStream}, also for hidden events before the part
 */
export const readHistory = async <Type extends AnyStreamType>(
  store: StreamReader,
  { category, events }: Type,
  id: string,
  { from = 0, until = Infinity }: PartOfHistory = {},
): Promise<RecordedOf<Type>[]> => {
  const stream = `${category}-${id}`;
  const history: RecordedOf<Type>[] = [];
  for await (const recorded of readStream(store, stream, events, from)) {
    if (recorded.recordedAt > until) break;
    history.push(recorded); // recognized by the definitions of the type
  }
  if (from > 0) await assertNotHidden(store, stream);
  return history;
};

/**
 * Reads a stream's events from `from` on, oldest first, as they were recorded. If there are none at all, they may be hidden: see
 * {@link assertNotHidden}.
 *
 * @throws StreamNotReadable where events are hidden by the stream's metadata, or deleted
 * @throws StreamMissing if the stream no longer exists, and `from` is above 0
 */
export async function* readCompleteStream(store: StreamReader, stream: string, from = 0): AsyncIterable<Recorded> {
  let next = from;
  try {
    for await (const recorded of store.read(stream, from)) {
      if (recorded.revision !== next) throw await missingEvents(store, stream, next);
      next++;
      yield recorded;
    }
  } catch (error) {
    if (error instanceof StreamTombstoned) throw tombstonedStream(stream, next);
    if (error instanceof StreamMissing) throw (await hiddenEvents(store, stream, next)) ?? error;
    throw error;
  }
}

/** Call it for a stream without events. @throws StreamNotReadable if it has existed, and its events are hidden */
export const assertNotHidden = async (store: StreamReader, stream: string): Promise<void> => {
  const hidden = await hiddenEvents(store, stream, 0);
  if (hidden) throw hidden;
};

/** The error for a stream that lacks the event at a revision. */
export const missingEvents = async (
  store: StreamReader,
  stream: string,
  revision: number,
): Promise<StreamNotReadable> =>
  (await hiddenEvents(store, stream, revision).catch(() => undefined)) ??
  new StreamNotReadable({ stream, revision, reason: 'its events from there on are missing' });

export const tombstonedStream = (stream: string, revision: number): StreamNotReadable =>
  new StreamNotReadable({ stream, revision, reason: TOMBSTONED });

const hiddenEvents = async (store: StreamReader, stream: string, revision: number) => {
  const retention = await store.retentionOf(stream);
  const reason = retention && whyIncomplete(retention);
  return reason === undefined ? undefined : new StreamNotReadable({ stream, revision, reason });
};
