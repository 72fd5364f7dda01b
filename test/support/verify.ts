import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type Kontor } from './kontor.js';
import { withPg } from './scan.js';

interface Report {
  readonly findings: readonly { readonly invariant: string; readonly failed: number; readonly violations: unknown }[];
  readonly parked: { readonly readModels: readonly object[]; readonly processes: readonly object[] };
}

const HAS_ENDED = `(o.state IN ('rejected', 'cancelled') OR o.fulfillment_state = 'fulfilled')`;

const LEFT_BEHIND = `
  SELECT 'order ' || o.order_id || ' has ended, and holds ' || r.quantity || ' of ' || r.sku AS wrong
  FROM read.open_reservation r JOIN read.order_status o ON r.owner_type = 'order' AND o.order_id = r.owner_id
  WHERE ${HAS_ENDED}
  UNION ALL
  SELECT 'order ' || o.order_id || ' has ended, and keeps ' || o.authorized_amount || ' authorised' AS wrong
  FROM read.order_status o WHERE o.authorized_amount <> 0 AND ${HAS_ENDED}
  UNION ALL
  SELECT 'order ' || o.order_id || ' comes to ' || (o.total - o.cancelled_amount) || ', but took '
    || (o.captured_amount - o.refunded_amount) AS wrong
  FROM read.order_status o
  WHERE o.is_paid_here AND o.captured_amount - o.refunded_amount > o.total - o.cancelled_amount`;

/** What nobody needs any more, and would be cleared away by now: `kontor verify` gives it a minute. */
const leftBehind = async (kontor: Kontor): Promise<string[]> => {
  const { rows } = await withPg(kontor.runFile.databaseUrl, (pg) => pg.query<{ wrong: string }>(LEFT_BEHIND));
  return rows.map(({ wrong }) => wrong);
};

/** What the books say is wrong, and what waits for a person, once everything is quiet. @throws Error without an answer */
export const wrongsOf = async (kontor: Kontor): Promise<unknown[]> => {
  await kontor.settled();
  const args = [resolve('dist/apps/cli/src/main.js'), 'verify', '--json', '--data', kontor.dataDir];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(`kontor verify says nothing: ${stderr}`);
  const { findings, parked } = JSON.parse(stdout) as Report;
  const broken = findings.filter(({ failed }) => failed > 0);
  return [...broken, ...parked.readModels, ...parked.processes, ...(await leftBehind(kontor))];
};
