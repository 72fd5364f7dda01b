import { type DataSource } from 'typeorm';

interface PgClient {
  once(event: 'end', listener: () => void): void;
  off(event: 'end', listener: () => void): void;
  query(query: {
    readonly name?: string;
    readonly text: string;
    readonly values: readonly unknown[];
  }): Promise<{ readonly rows: readonly unknown[] }>;
}

/** One connection of the pool, with prepared statements. */
export interface Session {
  /** @param shape identifies the text of a statement, which is then built and prepared only once */
  query<Row>(text: string | (() => string), values?: readonly unknown[], shape?: string): Promise<readonly Row[]>;
  release(): Promise<void>;
}

/**
 * Settings of a consumer's session. Commits do not wait for the disk: if PostgreSQL crashes, rows and checkpoint are lost
 * together and are folded again. Generic plans by key are forced, because statistics of a table that was empty mislead.
 */
const SETTINGS = `SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan; SET jit = off;
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off`;

const RESET = ['synchronous_commit', 'plan_cache_mode', 'jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'];

/** Prepared statements use memory of the server; more shapes than this are rare. */
const MAX_PREPARED = 250;

/** Number of sessions opened so far. It makes names of prepared statements unique, because a connection keeps them. */
let opened = 0;

interface SessionOptions {
  readonly consumer?: boolean;
  /** Called when the connection is lost before the session is released. */
  readonly onLost?: () => void;
}

export const openSession = async (
  dataSource: DataSource,
  { consumer = false, onLost = () => undefined }: SessionOptions = {},
): Promise<Session> => {
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as PgClient;
  client.once('end', onLost);
  const own = ++opened;
  const prepared = new Map<string, { readonly name: string; readonly text: string }>();
  const prepare = (text: string | (() => string), shape?: string) => {
    const known = prepared.get(shape ?? '');
    if (known) return known;
    const written = typeof text === 'string' ? text : text();
    if (shape === undefined || prepared.size === MAX_PREPARED) return { text: written };
    // PostgreSQL truncates names to 63 bytes, so the shape cannot be the name.
    const made = { name: `kontor_${own}_${prepared.size}`, text: written };
    prepared.set(shape, made);
    return made;
  };
  const query = async <Row>(text: string | (() => string), values: readonly unknown[] = [], shape?: string) => {
    const { rows } = await client.query({ ...prepare(text, shape), values });
    return rows as readonly Row[];
  };
  const reset = async () => {
    if (consumer) await runner.query(RESET.map((name) => `RESET ${name}`).join(';'));
    for (const { name } of prepared.values()) await runner.query(`DEALLOCATE ${name}`);
  };
  if (consumer) await runner.query(SETTINGS);
  return {
    query,
    release: async () => {
      client.off('end', onLost);
      await reset().catch(() => undefined); // a broken connection cannot be reset, and leaves the pool
      await runner.release();
    },
  };
};

/** Runs the work in one transaction. */
export const transact = async <Result>(session: Session, work: () => Promise<Result>): Promise<Result> => {
  await session.query('BEGIN');
  try {
    const result = await work();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};
