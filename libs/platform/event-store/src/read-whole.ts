import { OutcomeUnknown, StreamMissing, StreamNotReadable, StreamTombstoned } from './errors.js';
import { known, type KnownEvents } from './known.js';
import { type EventStore, type Recorded } from './port.js';
import { cutBy, TOMBSTONED } from './retention.js';

/** As much of the store as reading a stream takes. */
export type StreamReader = Pick<EventStore, 'read' | 'retentionOf'>;

/**
 * The stream's events from `from` on, oldest first. Half a history is no history: where events are hidden by the stream's
 * metadata or deleted, nothing is told as if it were the whole. Where there are none at all, ask {@link assertWhole}.
 *
 * @throws StreamNotReadable where events are missing
 * @throws StreamMissing if there is no such stream any more, and `from` is above 0
 */
export async function* readWhole(store: StreamReader, stream: string, from = 0): AsyncIterable<Recorded> {
  let next = from;
  try {
    for await (const recorded of store.read(stream, from)) {
      if (recorded.revision !== next) throw await missing(store, stream, next);
      next++;
      yield recorded;
    }
  } catch (error) {
    if (error instanceof StreamTombstoned) throw tombstoned(stream, next);
    if (error instanceof StreamMissing) throw (await cutStream(store, stream, next)) ?? error;
    throw error;
  }
}

/** For a stream that reads as if it had never existed. @throws StreamNotReadable if it did */
export const assertWhole = async (store: StreamReader, stream: string): Promise<void> => {
  const cut = await cutStream(store, stream, 0);
  if (cut) throw cut;
};

/**
 * The stream's events as today's code knows them; none if it never existed.
 * @throws StreamNotReadable
 * @throws OutcomeUnknown when the store does not answer
 */
export async function* readKnown(
  store: StreamReader,
  stream: string,
  events: KnownEvents,
  from = 0,
): AsyncIterable<Recorded> {
  let isEmpty = from === 0;
  try {
    for await (const recorded of readWhole(store, stream, from)) {
      isEmpty = false;
      yield known(recorded, events);
    }
    if (isEmpty) await assertWhole(store, stream);
  } catch (error) {
    throw error instanceof StreamNotReadable ? error : new OutcomeUnknown(stream, String(error));
  }
}

/** For a stream that lacks the event at a revision. */
export const missing = async (store: StreamReader, stream: string, revision: number): Promise<StreamNotReadable> =>
  (await cutStream(store, stream, revision).catch(() => undefined)) ??
  new StreamNotReadable({ stream, revision, reason: 'its events from there on are missing' });

export const tombstoned = (stream: string, revision: number): StreamNotReadable =>
  new StreamNotReadable({ stream, revision, reason: TOMBSTONED });

const cutStream = async (store: StreamReader, stream: string, revision: number) => {
  const retention = await store.retentionOf(stream);
  const reason = retention && cutBy(retention);
  return reason === undefined ? undefined : new StreamNotReadable({ stream, revision, reason });
};
