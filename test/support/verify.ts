import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { type Kontor } from './kontor.js';
import { withPg } from './data-scan.js';

interface Finding {
  readonly invariant: string;
  readonly title: string;
  readonly checked: number;
  readonly failed: number;
  readonly violations: unknown;
}

interface Report {
  readonly findings: readonly Finding[];
  readonly parked: { readonly readModels: readonly object[]; readonly processes: readonly object[] };
}

const HAS_ENDED = `(o.state IN ('rejected', 'cancelled') OR o.fulfillment_state = 'fulfilled')`;

const LEFT_BEHIND = `
  SELECT 'order ' || o.order_id || ' has ended, and holds ' || r.quantity || ' of ' || r.sku AS wrong
  FROM read.open_reservation r JOIN read.order_status o ON r.owner_type = 'order' AND o.order_id = r.owner_id
  WHERE ${HAS_ENDED}
  UNION ALL
  SELECT 'order ' || o.order_id || ' has ended, and keeps ' || o.authorized_amount || ' authorized' AS wrong
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

/**
 * What `kontor verify` says. It ends with 2 where something is wrong. Whoever asks must not block: what stands between
 * Kontor and its event store may live in this process.
 * @throws Error without an answer
 */
export const verify = async ({ dataDir }: Kontor): Promise<Report> => {
  const args = [resolve('dist/apps/cli/src/main.js'), 'verify', '--json', '--data', dataDir];
  const said = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, args, { maxBuffer: 2 ** 28 }, (_, stdout, stderr) => resolve({ stdout, stderr })),
  );
  if (said.stdout === '') throw new Error(`kontor verify says nothing: ${said.stderr}`);
  return JSON.parse(said.stdout) as Report;
};

/** What the books say is wrong, and what waits for a person, once everything is quiet. @throws Error without an answer */
export const wrongsOf = async (kontor: Kontor): Promise<unknown[]> => {
  await kontor.settled();
  const { findings, parked } = await verify(kontor);
  const broken = findings.filter(({ failed }) => failed > 0);
  return [...broken, ...parked.readModels, ...parked.processes, ...(await leftBehind(kontor))];
};
