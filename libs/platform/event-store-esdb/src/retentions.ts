import { asPosition, type Position, type Recorded, type Retention, type Retentions, START } from '#event-store';
import { type Connection } from './connection.js';
import { type Frame } from './frames.js';
import { newestBefore, newestOfStream, subscriptionToTypes } from './read-request.js';
import { endOf, NoSuchStream, positionIn, type Reader } from './reader.js';

const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';

/** What the metadata of a stream say. */
export const readRetention = async (reader: Reader, stream: string): Promise<Retention | undefined> => {
  try {
    for await (const { event } of reader.events(newestOfStream(`$$${stream}`)))
      return { stream, metadata: metadataOf(event.data) };
  } catch (error) {
    if (!(error instanceof NoSuchStream)) throw error;
  }
  return undefined;
};

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How long each of the reads around the subscription may take. */
  readonly timeoutMs: number;
  /** Hears of positions up to which every change was handled: a subscription that begins there misses none. */
  readonly onHandled: (position: Position) => void;
}

/**
 * Every change of the metadata of any stream after a position, and every stream that was deleted for good.
 * @throws Error when the server ends the subscription
 */
export async function* followRetentions(
  connection: Connection,
  after: Position,
  { signal, timeoutMs, onHandled }: FollowOptions,
): AsyncIterable<Retentions> {
  // Asked of the same node and before it subscribes: who has caught up there has heard of everything up to this event.
  const end = await endOf(connection, timeoutMs);
  const call = connection.read(subscriptionToTypes([METADATA, TOMBSTONE], after));
  call.on('error', () => undefined); // also after the end, when nobody else listens
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel);
  let caughtUp = false;
  let checkpoint = 0;
  try {
    for await (const frame of call as AsyncIterable<Frame>) {
      if (frame.kind === 'event') {
        const changes = changesIn(frame.recorded);
        if (changes.length > 0) yield { changes, caughtUp };
        onHandled(frame.recorded.position);
      } else if (frame.kind === 'checkpoint') ({ position: checkpoint } = frame);
      else if (frame.kind === 'caughtUp') {
        caughtUp = true;
        yield { changes: [], caughtUp };
        onHandled(end);
      }
    }
    throw new Error('The server ended the subscription');
  } catch (error) {
    if (signal.aborted) return;
    await eventBefore(connection, checkpoint, timeoutMs).then(onHandled, () => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}

/** A checkpoint is no place to begin at, see {@link PassedOver}; the event before it is. `START` when there is none. */
const eventBefore = async (connection: Connection, checkpoint: number, timeoutMs: number): Promise<Position> => {
  if (!Number.isSafeInteger(checkpoint) || checkpoint <= 0) return START;
  return positionIn(connection, newestBefore(asPosition(checkpoint)), timeoutMs);
};

const changesIn = ({ stream, event: { type, data } }: Recorded): readonly Retention[] => {
  if (type === TOMBSTONE && !stream.startsWith('$')) return [{ stream, metadata: {}, tombstoned: true }];
  if (type !== METADATA || !stream.startsWith('$$')) return [];
  return [{ stream: stream.slice(2), metadata: metadataOf(data) }];
};

/** Metadata that are no JSON object restrict nothing. */
const metadataOf = (data: unknown): Retention['metadata'] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Retention['metadata']) : {};
