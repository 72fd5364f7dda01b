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
  /** `shape`: prepared once under it and kept; the same shape always stands for the same text, written once. */
  query<Row>(text: string | (() => string), values?: readonly unknown[], shape?: string): Promise<readonly Row[]>;
  release(): Promise<void>;
}

/**
 * Settings of a consumer's session. A read model lost in a crash of PostgreSQL is folded again, together with its
 * checkpoint, as soon as the connection is lost, so no commit waits for the disk. Plans are made once: rows are always
 * found by key, whatever the statistics said when a table was still empty.
 */
const SETTINGS = `SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan; SET jit = off;
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off`;

const RESET = ['synchronous_commit', 'plan_cache_mode', 'jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'];

/** Each prepared statement keeps memory in the server; shapes beyond these are rare. */
const MAX_PREPARED = 250;

/** The names of prepared statements stay known to a connection: no session may use those of another. */
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
    // PostgreSQL knows only the first 63 bytes of a name, so it cannot be the shape.
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

/** In one transaction. */
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
