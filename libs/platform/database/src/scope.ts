import { type DataSource, type EntityManager } from 'typeorm';
import { escapeLiteral } from 'pg';

/** Whose rows a transaction may see. */
export interface Scope {
  /** Channel id; `*` for staff and processes. */
  readonly channel: string;
  /** Random subject id of a customer, when one is logged in. */
  readonly subject?: string | undefined;
}

/**
 * Reads under row-level security: the policies look at `app.channel` and `app.subject`, and let nothing pass where they
 * are not set. Costs one round trip before the work; the transaction's end is not waited for.
 */
export const withScope = async <Result>(
  dataSource: DataSource,
  { channel, subject = '' }: Scope,
  work: (db: EntityManager) => Promise<Result>,
): Promise<Result> => {
  const runner = dataSource.createQueryRunner();
  const settings = `set_config('app.channel', ${escapeLiteral(channel)}, true), set_config('app.subject', ${escapeLiteral(subject)}, true)`;
  try {
    await runner.query(`BEGIN READ ONLY; SELECT ${settings}`);
    return await work(runner.manager);
  } finally {
    // A read-only transaction has nothing to lose. A connection that cannot end it is broken, and leaves the pool.
    void runner
      .query('ROLLBACK')
      .catch(() => undefined)
      .finally(() => runner.release());
  }
};
