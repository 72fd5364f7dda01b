import { type DataSource } from 'typeorm';

/**
 * A frequent statement: each connection parses it once, and after some runs keeps its plan. One name stands for one text. An error
 * costs the connection, which the pool replaces.
 */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** The part of a pool of pg that TypeORM does not expose. */
interface Pool {
  query(query: PreparedStatement & { readonly values: readonly unknown[] }): Promise<{ readonly rows: unknown[] }>;
}

/** @returns the rows @throws the error of pg, which `isOutage` recognizes as it does those of TypeORM */
export const queryPrepared = async <Row>(
  { driver }: DataSource,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const { master: pool } = driver as unknown as { master: Pool };
  const { rows } = await pool.query({ ...statement, values });
  return rows as Row[];
};
