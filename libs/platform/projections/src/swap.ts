import { type Position } from '#event-store';
import { type Builder } from './builder.js';
import { type LogReader } from './log-reader.js';
import { type Build, type Registry, type TableDigest } from './registry.js';
import { tableName } from './schema.js';
import { transact, type Session } from './session.js';

export interface Rebuilt extends TableDigest {
  readonly name: string;
  readonly build: number;
  /** Position of the table when it went live. */
  readonly position: Position;
  /** The table that was replaced, at the same position. */
  readonly replaced: Replaced | undefined;
}

/** The digest is empty if the version, and so perhaps the columns, differed. */
export interface Replaced extends TableDigest {
  readonly build: number;
  readonly version: number;
}

/** The swap gives up if a reader uses a view for longer, because other readers would queue behind the swap. */
const LOCK_TIMEOUT_MS = 500;

export const isLockTimeout = (error: unknown) => (error as { code?: unknown }).code === '55P03';

export const foldUpTo = async (reader: LogReader, builder: Builder, lastEvent: Position) => {
  while (reader.position < lastEvent) await builder.fold(await reader.next(lastEvent));
};

/**
 * Blocks the projector for a moment, folds up to its position and makes the new tables live. Old and new tables are then
 * compared in a snapshot of that moment, while the projector continues with the new ones.
 */
export const swap = async (registry: Registry, session: Session, builder: Builder, reader: LogReader) =>
  registry.withSession(async (snapshot): Promise<readonly Rebuilt[]> => {
    const before = await registry.builds(session);
    const position = await transact(session, async () => {
      await session.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const checkpoint = await registry.checkpoint(session, true);
      await foldUpTo(reader, builder, checkpoint.lastEvent);
      await builder.flush();
      await openSnapshot(snapshot);
      await registry.schema.publish(session, builder.builds);
      await session.query('UPDATE system.projection_checkpoint SET epoch = epoch + 1');
      return checkpoint.position;
    }).catch(async (error: unknown) => {
      await snapshot.query('ROLLBACK');
      throw error;
    });
    const rebuilt: Rebuilt[] = [];
    for (const { name, build } of builder.builds) {
      const made = await registry.digestOf(snapshot, { name, build });
      const live = before.find((other) => other.name === name && other.status === 'live');
      const replaced = live && {
        build: live.build,
        version: live.version,
        ...(await digestOfReplaced(registry, snapshot, live)),
      };
      rebuilt.push({ name, build, position, ...made, replaced });
    }
    await snapshot.query('COMMIT');
    await recordDigests(session, rebuilt);
    return rebuilt;
  });

/** Starts a transaction that sees the database as of now. */
const openSnapshot = async (session: Session) => {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await session.query('SELECT 1 FROM system.projection_checkpoint');
};

const digestOfReplaced = async (registry: Registry, session: Session, live: Build): Promise<TableDigest> => {
  if (registry.layout(live.name).projection.version === live.version) return registry.digestOf(session, live);
  const sql = `SELECT count(*)::float8 AS rows, '' AS digest FROM ${tableName(live.name, live.build)}`;
  const [counted] = await session.query<TableDigest>(sql);
  return counted ?? { rows: 0, digest: '' };
};

const recordDigests = async (session: Session, rebuilt: readonly Rebuilt[]) => {
  const sql = 'UPDATE system.projection SET position = $2, rows = $3, digest = $4 WHERE build = $1';
  for (const made of rebuilt) {
    for (const { build, rows, digest } of made.replaced ? [made, made.replaced] : [made]) {
      await session.query(sql, [build, made.position, rows, digest]);
    }
  }
};
