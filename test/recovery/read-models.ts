import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Client } from 'pg';
import { type Kontor } from '../support/kontor.js';
import { withPg } from '../support/data-scan.js';

export interface StockRow {
  readonly stream: string;
  readonly onHand: number;
  readonly unavailable: number;
  readonly reserved: number;
  readonly revision: number;
}

export interface OrderRow {
  readonly orderId: string;
  readonly state: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

export const stockRows = (pg: Client): Promise<StockRow[]> =>
  pg
    .query<StockRow>(
      `SELECT 'stock-' || sku || '~' || location_id AS stream, on_hand::int AS "onHand", unavailable::int AS unavailable,
         (soft_reserved + hard_reserved)::int AS reserved, revision::int AS revision FROM read.stock_position`,
    )
    .then(({ rows }) => rows);

export const orderRows = (pg: Client): Promise<OrderRow[]> =>
  pg.query<OrderRow>('SELECT order_id AS "orderId", state, lines FROM read.order_status').then(({ rows }) => rows);

/** Live read model → digest of its rows. */
export const digests = ({ runFile }: Kontor): Promise<Record<string, string>> =>
  withPg(runFile.databaseUrl, async (pg) => {
    const { rows: views } = await pg.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'v' AND relnamespace = 'read'::regnamespace ORDER BY 1`,
    );
    const all: Record<string, string> = {};
    for (const { name } of views) {
      const sql = `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') AS digest FROM read."${name}" t`;
      const { rows } = await pg.query<{ digest: string }>(sql);
      all[name] = rows[0]?.digest ?? '';
    }
    return all;
  });

/** Rebuilds every read model from the first event with the CLI. */
export const rebuildAll = async ({ dataDir }: Kontor): Promise<unknown> => {
  const cli = resolve('dist/apps/cli/src/main.js');
  const args = ['--enable-source-maps', cli, 'rebuild', '--all', '--json', '--data', dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
};
