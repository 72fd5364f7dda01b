import { setTimeout as pause } from 'node:timers/promises';
import { type DataSource } from 'typeorm';
import {
  type EventStore,
  type Position,
  LogMismatch,
  readCompleteStream,
  StreamMissing,
  StreamNotReadable,
} from '#event-store';

type Log = Pick<EventStore, 'contains' | 'head' | 'read' | 'retentionOf'>;

interface Checkpoints {
  readonly readModels: Position;
  /** The furthest of processes and topics; null if there are none. */
  readonly others: Position | null;
  readonly lastEvent: Position;
  /** Null if it was stored by an older version. */
  readonly mark: { readonly stream: string; readonly revision: number; readonly id: string } | null;
}

const CHECKPOINTS = `
  SELECT position::float8 AS "readModels", last_event::float8 AS "lastEvent", last_event_mark AS mark,
    greatest((SELECT max(position) FROM system.process), (SELECT max(position) FROM system.relay_topic))::float8 AS others
  FROM system.projection_checkpoint`;

const UNDEFINED_TABLE = '42P01';
const WATCH_EVERY_MS = 1_000;
/** A single answer may come from a node of the event store that is behind the others. */
const MAX_FAILURES = 3;

/**
 * Compares the checkpoints in the database with the log. A checkpoint may stand on an event of another application, which is
 * missing once the event store has been scavenged; then the mark decides.
 *
 * @throws LogMismatch if the log is older than the database, or another one
 */
export const checkLog = async (db: DataSource, log: Log): Promise<void> => {
  const checkpoints = await readCheckpoints(db);
  if (!checkpoints) return;
  const { readModels, others, lastEvent, mark } = checkpoints;
  const isLost = async (position: Position) =>
    !(await log.contains(position)) && (mark === null || position > (await log.head()));
  if (await isLost(readModels)) throw new LogMismatch('the read models', readModels);
  if (others !== null && (await isLost(others))) throw new LogMismatch('processes and topics', others);
  if (mark && !(await hasEvent(log, mark))) throw new LogMismatch('the read models', lastEvent, 'another event');
};

/**
 * As {@link checkLog}, before anything acts on what the database knows. While the store or the database does not answer, the
 * consumers wait for it themselves.
 *
 * @throws LogMismatch
 */
export const checkLogAtStart = async (db: DataSource, log: Log): Promise<void> => {
  await checkLog(db, log).catch((error: unknown) => {
    if (error instanceof LogMismatch) throw error;
  });
};

/** Repeats {@link checkLog} until `signal` aborts. @throws LogMismatch */
export const watchLog = async (db: DataSource, log: Log, signal: AbortSignal): Promise<void> => {
  for (let failures = 0; !signal.aborted;) {
    try {
      await checkLog(db, log);
      failures = 0;
    } catch (error) {
      // Readiness reports a store or a database that does not answer.
      if (error instanceof LogMismatch && ++failures === MAX_FAILURES) throw error;
    }
    await pause(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
};

/** @returns undefined before the projector has run for the first time */
const readCheckpoints = async (db: DataSource): Promise<Checkpoints | undefined> => {
  try {
    const [row] = await db.query<Checkpoints[]>(CHECKPOINTS);
    return row;
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return undefined;
    throw error;
  }
};

/** True as well for a stream that an operator has cut, which says nothing about the log. */
const hasEvent = async (log: Log, { stream, revision, id }: NonNullable<Checkpoints['mark']>): Promise<boolean> => {
  try {
    for await (const recorded of readCompleteStream(log, stream, revision)) return recorded.id === id;
    return false;
  } catch (error) {
    if (error instanceof StreamNotReadable) return true;
    if (error instanceof StreamMissing) return false;
    throw error;
  }
};
