import { type DataSource, type EntityManager } from 'typeorm';
import { escapeLiteral } from 'pg';

/** Determines the rows that a transaction may see. */
export interface Scope {
  /** Channel id; `*` for staff and processes. */
  readonly channel: string;
  /** Subject id of the customer who is logged in, if any. */
  readonly subject?: string | undefined;
}

/**
 * Runs `work` in a read-only transaction under row-level security: policies compare rows with `app.channel` and
 * `app.subject`. Costs one round trip before the work; the end of the transaction is not awaited.
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
    // The result does not depend on the end of a read-only transaction. A broken connection leaves the pool.
    void runner
      .query('ROLLBACK')
      .catch(() => undefined)
      .finally(() => runner.release());
  }
};
