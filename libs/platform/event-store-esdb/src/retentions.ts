import { asPosition, type Position, type Recorded, type Retention, type Retentions, START } from '#event-store';
import { type Connection } from './connection.js';
import { type ReadResponse } from './read-response.js';
import { readNewestBefore, readNewestOfStream, subscribeToTypes } from './read-request.js';
import { newestPositionAt, NoSuchStream, positionReadAt, type Reader } from './reader.js';

const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';

/** The metadata of a stream; undefined if it has none. */
export const readRetention = async (reader: Reader, stream: string): Promise<Retention | undefined> => {
  try {
    for await (const { event } of reader.events(readNewestOfStream(`$$${stream}`)))
      return { stream, metadata: metadataOf(event.data) };
  } catch (error) {
    if (!(error instanceof NoSuchStream)) throw error;
  }
  return undefined;
};

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How long each of the reads before and after the subscription may take. */
  readonly timeoutMs: number;
  /** Is called with positions up to which every change was handled: a subscription that begins there misses none. */
  readonly onHandled: (position: Position) => void;
}

/**
 * Every change of the metadata of any stream after a position, and every stream that was permanently deleted.
 * @throws Error when the server ends the subscription
 */
export async function* followRetentions(
  connection: Connection,
  after: Position,
  { signal, timeoutMs, onHandled }: FollowOptions,
): AsyncIterable<Retentions> {
  // Asked of the same node before the subscription: when that has caught up, it has brought every change up to this event.
  const end = await newestPositionAt(connection, timeoutMs);
  const call = connection.read(subscribeToTypes([METADATA, TOMBSTONE], after));
  call.on('error', () => undefined); // also after the end, when nobody else listens
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel);
  let caughtUp = false;
  let checkpoint = 0;
  try {
    for await (const response of call as AsyncIterable<ReadResponse>) {
      if (response.kind === 'event') {
        const changes = changesIn(response.recorded);
        if (changes.length > 0) yield { changes, caughtUp };
        onHandled(response.recorded.position);
      } else if (response.kind === 'checkpoint') ({ position: checkpoint } = response);
      else if (response.kind === 'caughtUp') {
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

/** A checkpoint is no position to start from, but the event before it is; see `CheckpointResolver`. `START` when there is none. */
const eventBefore = async (connection: Connection, checkpoint: number, timeoutMs: number): Promise<Position> => {
  if (!Number.isSafeInteger(checkpoint) || checkpoint <= 0) return START;
  return positionReadAt(connection, readNewestBefore(asPosition(checkpoint)), timeoutMs);
};

const changesIn = ({ stream, event: { type, data } }: Recorded): readonly Retention[] => {
  if (type === TOMBSTONE && !stream.startsWith('$')) return [{ stream, metadata: {}, tombstoned: true }];
  if (type !== METADATA || !stream.startsWith('$$')) return [];
  return [{ stream: stream.slice(2), metadata: metadataOf(data) }];
};

/** Metadata that are no JSON object restrict nothing. */
const metadataOf = (data: unknown): Retention['metadata'] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Retention['metadata']) : {};
