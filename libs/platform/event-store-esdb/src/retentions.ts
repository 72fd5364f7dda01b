import { laterOf, type Position, type Recorded, type Retention, type Retentions } from '#event-store';
import { type Connection } from './connection.js';
import { type Frame } from './frames.js';
import { newestOfStream, subscriptionToTypes } from './read-request.js';
import { endOf, NoSuchStream, type Reader } from './reader.js';

const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';
/** Most changes in one piece. */
const MOST = 1_000;

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

/** Changes up to a position: a subscription that begins after it brings those that follow. */
type Piece = Retentions & { readonly position: Position };

/**
 * Every change of the metadata of any stream after a position, and every stream that was deleted for good.
 * @param timeoutMs how long the read before the subscription may take
 * @throws Error when it is over
 */
export async function* followRetentions(
  connection: Connection,
  after: Position,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): AsyncIterable<Piece> {
  // Asked of the same node and before it subscribes: who has caught up there has heard of everything up to this event.
  const end = await endOf(connection, timeoutMs);
  const call = connection.read(subscriptionToTypes([METADATA, TOMBSTONE], after));
  call.on('error', () => undefined); // also after the end, when nobody else listens
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel);
  try {
    yield* pieces(call as AsyncIterable<Frame>, after, end);
    throw new Error('The server ended the subscription');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}

/** What was there comes in large pieces, what is new at once. */
async function* pieces(frames: AsyncIterable<Frame>, after: Position, end: Position): AsyncIterable<Piece> {
  let caughtUp = false;
  let position = after;
  let changes: Retention[] = [];
  for await (const frame of frames) {
    const isNow = frame.kind === 'caughtUp';
    if (isNow) [caughtUp, position] = [true, laterOf(position, end)];
    if (frame.kind === 'event') ({ position } = frame.recorded);
    const added = frame.kind === 'event' ? changesIn(frame.recorded) : [];
    changes.push(...added);
    const isEnough = caughtUp ? added.length > 0 : changes.length === MOST;
    if (!isNow && !isEnough) continue;
    yield { changes, caughtUp, position };
    changes = [];
  }
}

const changesIn = ({ stream, event: { type, data } }: Recorded): readonly Retention[] => {
  if (type === TOMBSTONE && !stream.startsWith('$')) return [{ stream, metadata: {}, tombstoned: true }];
  if (type !== METADATA || !stream.startsWith('$$')) return [];
  return [{ stream: stream.slice(2), metadata: metadataOf(data) }];
};

/** Metadata that are no JSON object restrict nothing. */
const metadataOf = (data: unknown): Retention['metadata'] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Retention['metadata']) : {};
