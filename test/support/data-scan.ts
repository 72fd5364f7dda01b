import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** Runs work with a connection to PostgreSQL. */
export const withPg = async <Result>(
  connectionString: string,
  work: (pg: Client) => Promise<Result>,
): Promise<Result> => {
  const pg = new Client({ connectionString });
  await pg.connect();
  try {
    return await work(pg);
  } finally {
    await pg.end();
  }
};

/** Every table and view outside of PostgreSQL's own schemas, as `"schema"."name"`. */
export const relationsIn = async (pg: Client, kinds: readonly ('r' | 'v')[] = ['r', 'v']): Promise<string[]> => {
  const { rows } = await pg.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = ANY($1) AND n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema' ORDER BY 1`,
    [kinds],
  );
  return rows.map(({ name }) => name);
};

/** The tables with this text in any column, as it is or as the hexadecimal form of its bytes. */
export const tablesWith = async (pg: Client, text: string): Promise<string[]> => {
  const found: string[] = [];
  for (const table of await relationsIn(pg)) {
    const sql = `SELECT FROM ${table} AS t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0 LIMIT 1`;
    const { rowCount } = await pg.query(sql, [text, Buffer.from(text).toString('hex')]);
    if (rowCount) found.push(table);
  }
  return found;
};

/** The files in a folder and its subfolders that contain a text. */
export const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(text));
