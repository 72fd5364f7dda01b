import { type Position } from '#event-store';
import { type Builder } from './builder.js';
import { type LogReader } from './log-reader.js';
import { type Build, type Registry, type TableDigest } from './registry.js';
import { tableName } from './schema.js';
import { transact, type Session } from './session.js';

export interface Rebuilt extends TableDigest {
  readonly name: string;
  readonly build: number;
  /** Up to where the table had folded the log when it went live. */
  readonly position: Position;
  /** The table that it replaced, at the same position. */
  readonly replaced: Replaced | undefined;
}

/** Without a digest when it was of another version: its columns were others. */
export interface Replaced extends TableDigest {
  readonly build: number;
  readonly version: number;
}

/** A reader that holds a view longer than this makes the swap stand back, lest all readers queue behind it. */
const LOCK_TIMEOUT_MS = 500;

export const isLockTimeout = (error: unknown) => (error as { code?: unknown }).code === '55P03';

export const followTo = async (reader: LogReader, builder: Builder, lastEvent: Position) => {
  while (reader.position < lastEvent) await builder.fold(await reader.next(lastEvent));
};

/**
 * Stops the live projector for a moment, folds what it has folded and takes the place of its tables. Old and new are
 * then compared at that position, while the new ones go on.
 */
export const swap = async (registry: Registry, session: Session, builder: Builder, reader: LogReader) =>
  registry.withSession(async (frozen): Promise<readonly Rebuilt[]> => {
    const before = await registry.builds(session);
    const position = await transact(session, async () => {
      await session.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const checkpoint = await registry.checkpoint(session, true);
      await followTo(reader, builder, checkpoint.lastEvent);
      await builder.flush();
      await freeze(frozen);
      await registry.schema.publish(session, builder.builds);
      await session.query('UPDATE system.projection_checkpoint SET epoch = epoch + 1');
      return checkpoint.position;
    }).catch(async (error: unknown) => {
      await frozen.query('ROLLBACK');
      throw error;
    });
    const rebuilt: Rebuilt[] = [];
    for (const { name, build } of builder.builds) {
      const made = await registry.digestOf(frozen, { name, build });
      const live = before.find((other) => other.name === name && other.status === 'live');
      const replaced = live && {
        build: live.build,
        version: live.version,
        ...(await digestOfOld(registry, frozen, live)),
      };
      rebuilt.push({ name, build, position, ...made, replaced });
    }
    await frozen.query('COMMIT');
    await record(session, rebuilt);
    return rebuilt;
  });

/** A view of the database as of now, in which the tables can be compared while the live one goes on. */
const freeze = async (session: Session) => {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await session.query('SELECT 1 FROM system.projection_checkpoint');
};

const digestOfOld = async (registry: Registry, session: Session, live: Build): Promise<TableDigest> => {
  if (registry.layout(live.name).projection.version === live.version) return registry.digestOf(session, live);
  const sql = `SELECT count(*)::float8 AS rows, '' AS digest FROM ${tableName(live.name, live.build)}`;
  const [counted] = await session.query<TableDigest>(sql);
  return counted ?? { rows: 0, digest: '' };
};

const record = async (session: Session, rebuilt: readonly Rebuilt[]) => {
  const sql = 'UPDATE system.projection SET position = $2, rows = $3, digest = $4 WHERE build = $1';
  for (const made of rebuilt) {
    for (const { build, rows, digest } of made.replaced ? [made, made.replaced] : [made]) {
      await session.query(sql, [build, made.position, rows, digest]);
    }
  }
};
