import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { HttpConnection } from './http-connection.js';
import { summarize } from './load.js';
import { cpuBetween, type Usage } from './processes.js';
import { type Product, startProduct } from './product.js';
import { writeMonth } from './trade-file.js';

/** An equal part of the history. */
interface Month {
  /** In the log at its end. */
  readonly events: number;
  readonly seconds: number;
  readonly cpuMsPerEvent: number;
  readonly cpuMsPerEventBy: Readonly<Record<string, number>>;
  readonly memoryMiB: Readonly<Record<string, number>>;
}

/** Something that is read repeatedly at the end of the history. */
export interface TimedRead {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the answer; rows of a query. */
  readonly size: number;
}

export interface History {
  readonly months: readonly Month[];
  /** Milliseconds from a kill until the process is ready again, in the empty store and in the full one. */
  readonly restarts: readonly { readonly part: string; readonly emptyMs: number; readonly fullMs: number }[];
  readonly reads: readonly TimedRead[];
  readonly questions: readonly TimedRead[];
}

export interface HistoryOptions {
  readonly events: number;
  /** The folder of the built checkout that is measured. */
  readonly checkout: string;
  readonly say: (line: string) => void;
}

const MONTHS = 10;
/** A row of the trade is one event of its stock and a part of its invoice. */
const EVENTS_PER_ROW = 1.05;
const TIMES = 20;
const RESTARTED = ['api', 'worker'] as const;

/** Fills an empty store with months of trade through the import, and measures what grows with the history. */
export const measureHistory = async ({ events, checkout, say }: HistoryOptions): Promise<History> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kontor-bench-'));
  const cli = resolve(checkout, 'dist/apps/cli/src/main.js');
  const product = await startProduct({ dataDir, cli });
  try {
    const empty = await restarts(product);
    const months = [];
    for (let index = 0, total = 0; index < MONTHS; index++) {
      const month = await importMonth({ product, dataDir, cli }, index, Math.round(events / MONTHS / EVENTS_PER_ROW));
      total += month.events;
      months.push({ ...month, events: total });
      say(`${total} events, ${month.cpuMsPerEvent} CPU ms per event`);
    }
    const reads = await measureReads(product);
    const questions = await measureQuestions(product);
    const full = await restarts(product);
    return {
      months,
      reads,
      questions,
      restarts: RESTARTED.map((part) => ({ part, emptyMs: empty[part], fullMs: full[part] })),
    };
  } finally {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

interface Measured {
  readonly product: Product;
  readonly dataDir: string;
  readonly cli: string;
}

const importMonth = async ({ product, dataDir, cli }: Measured, month: number, rows: number): Promise<Month> => {
  const file = join(dataDir, 'month.csv');
  await writeMonth(file, month, rows);
  const before = product.usage();
  const args = [cli, '--data', dataDir, '--json', 'import', 'online-retail', file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 });
  const after = product.usage();
  const { newEvents, seconds } = JSON.parse(stdout) as { readonly newEvents: number; readonly seconds: number };
  const { total, each } = cpuBetween(before, after);
  const perEvent = (ms: number) => Math.round((ms / newEvents) * 1000) / 1000;
  return {
    events: newEvents,
    seconds: Math.round(seconds * 10) / 10,
    cpuMsPerEvent: perEvent(total),
    cpuMsPerEventBy: mapValues(each, perEvent),
    memoryMiB: mapValues(after, ({ memoryMiB }: Usage[string]) => memoryMiB),
  };
};

const mapValues = <Value>(record: Readonly<Record<string, Value>>, map: (value: Value) => number) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

const restarts = async (product: Product) => {
  const times = { api: NaN, worker: NaN };
  for (const part of RESTARTED) {
    const begin = performance.now();
    await product.restart(part);
    times[part] = Math.round(performance.now() - begin);
  }
  return times;
};

const measureReads = async ({ apiUrl, databaseBiUrl, adminKey }: Product): Promise<TimedRead[]> => {
  const [stock] = await query<{ sku: string; location_id: string }>(
    databaseBiUrl,
    'SELECT sku, location_id FROM bi.stock_movement GROUP BY 1, 2 ORDER BY count(*) DESC, 1 LIMIT 1',
  );
  const [buyer] = await query<{ customer_id: string }>(
    databaseBiUrl,
    'SELECT customer_id FROM bi.order GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1',
  );
  const place = `/v1/stock/${stock?.sku}/${stock?.location_id}`;
  const now = encodeURIComponent(new Date().toISOString());
  const paths = {
    'explain, the last 20 events': `${place}/explain?limit=20`,
    'stock as of now': `${place}?asOf=${now}`,
    'stock of all locations': `/v1/stock/${stock?.sku}`,
    'page of orders': '/v1/orders',
    'page of orders of a customer': `/v1/orders?customerId=${buyer?.customer_id}`,
  };
  const connection = await HttpConnection.open(apiUrl);
  const reads = [];
  for (const [name, path] of Object.entries(paths)) {
    reads.push(
      await timed(name, async () => {
        const { status, body } = await connection.get(path, `Authorization: Bearer ${adminKey}\r\n`);
        if (status !== 200) throw new Error(`${path} answered ${status}: ${body}`);
        return Buffer.byteLength(body);
      }),
    );
  }
  connection.close();
  return reads;
};

/** The queries that the documentation shows. */
const documentedQuestions = () =>
  readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [...readFileSync(join('docs', name), 'utf8').matchAll(/^```sql\n(.*?)^```/gms)])
    .flatMap(([, block]) => (block ?? '').split(/;\s*$/m))
    .map((text) => text.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim())
    .filter((text) => text.startsWith('SELECT') && text.includes(' bi.'));

const measureQuestions = async ({ databaseBiUrl }: Product): Promise<TimedRead[]> => {
  const questions = [];
  for (const text of documentedQuestions())
    questions.push(await timed(text, async () => (await query(databaseBiUrl, text)).length));
  return questions;
};

const timed = async (name: string, work: () => Promise<number>): Promise<TimedRead> => {
  const latencies = [];
  let size = await work(); // warms up
  for (let n = 0; n < TIMES; n++) {
    const begin = performance.now();
    size = await work();
    latencies.push(performance.now() - begin);
  }
  const { p50Ms, p99Ms } = summarize(latencies, 1);
  return { name, p50Ms, p99Ms, size };
};

const query = async <Row extends object>(connectionString: string, text: string): Promise<Row[]> => {
  const db = new Client({ connectionString });
  await db.connect();
  try {
    return (await db.query<Row>(text)).rows;
  } finally {
    await db.end();
  }
};
