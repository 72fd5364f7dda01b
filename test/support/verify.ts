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

const LEFTOVERS = `
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

/** Finds reservations and authorizations of ended orders, without the minute of delay that `kontor verify` allows. */
const findLeftovers = async (kontor: Kontor): Promise<string[]> => {
  const { rows } = await withPg(kontor.runFile.databaseUrl, (pg) => pg.query<{ wrong: string }>(LEFTOVERS));
  return rows.map(({ wrong }) => wrong);
};

/**
 * Runs `kontor verify`, whose exit code is 2 if it finds something. It must not block this process, in which a proxy between
 * Kontor and its event store may run.
 * @throws Error if it prints no report
 */
export const verify = async ({ dataDir }: Kontor): Promise<Report> => {
  const args = [resolve('dist/apps/cli/src/main.js'), 'verify', '--json', '--data', dataDir];
  const output = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, args, { maxBuffer: 2 ** 28 }, (_, stdout, stderr) => resolve({ stdout, stderr })),
  );
  if (output.stdout === '') throw new Error(`kontor verify printed nothing: ${output.stderr}`);
  return JSON.parse(output.stdout) as Report;
};

/** Waits until everything is handled. @returns broken invariants, parked streams, and leftovers of ended orders */
export const findFaults = async (kontor: Kontor): Promise<unknown[]> => {
  await kontor.settled();
  const { findings, parked } = await verify(kontor);
  const broken = findings.filter(({ failed }) => failed > 0);
  return [...broken, ...parked.readModels, ...parked.processes, ...(await findLeftovers(kontor))];
};
