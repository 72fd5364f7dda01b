/**
 * Records the data folder of an older Kontor, for `upgrade.spec.ts`. The recording in `recorded/` was made by
 *
 *   git worktree add --detach ../kontor-2f73ced 2f73ced
 *   (cd ../kontor-2f73ced && npm ci && npm run build)
 *   npm run record:upgrade -- ../kontor-2f73ced
 *
 * The older Kontor loads its sample of trade, which has orders, payments, gift cards, carts and returns in many states. Then
 * it starts a few things that it does not finish. All data is invented.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import pg from 'pg';

/** Files that are recorded in another form, or that every start writes. */
const NOT_RECORDED = new Set(['postgres', 'events', 'logs', 'run.json', 'pids.json', 'postgres.json', 'secrets.json']);

interface OldPostgres {
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

type StartPostgres = (options: { dataDir: string; log: () => void }) => Promise<OldPostgres>;

const HELP = `npm run record:upgrade -- <folder of an older Kontor, built>
Records its data folder with sample trade and unfinished work into test/upgrade/recorded, for the test of upgrades.`;

const [, , folder = '--help'] = process.argv;
if (folder === '--help') {
  console.log(HELP);
  process.exit();
}
const old = resolve(folder);
const dataDir = mkdtempSync(join(tmpdir(), 'recording-'));
const output = join(import.meta.dirname, 'recorded');

const main = async () => {
  const { startEmbeddedPostgres } = (await import(
    pathToFileURL(join(old, 'dist/libs/database/src/index.js')).href
  )) as { startEmbeddedPostgres: StartPostgres };
  await logSchemaChanges(startEmbeddedPostgres);
  const unfinished = await recordTrade();
  const database = await readDatabase(startEmbeddedPostgres);
  mkdirSync(output, { recursive: true });
  write('database.json.br', JSON.stringify(database));
  write('events.db.br', readFileSync(join(dataDir, 'events', 'events.db')));
  writeFileSync(join(output, 'files.json'), `${JSON.stringify({ unfinished, files: readFiles() }, undefined, 2)}\n`);
  rmSync(dataDir, { recursive: true, force: true });
};

const write = (name: string, content: string | Buffer) => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(join(output, name), brotliCompressSync(content, { params }));
};

const readFiles = () =>
  Object.fromEntries(
    readdirSync(dataDir)
      .filter((name) => !NOT_RECORDED.has(name) && statSync(join(dataDir, name)).isFile())
      .map((name) => [name, readFileSync(join(dataDir, name), 'utf8')]),
  );

/** The name of the database comes last in a URL of PostgreSQL. */
const connect = async (superuserUrl: string) => {
  const client = new pg.Client({ connectionString: superuserUrl.replace(/\/postgres$/, '/kontor') });
  await client.connect();
  return client;
};

/** Makes PostgreSQL log every statement that changes its schema, in a form that a program can read. */
const logSchemaChanges = async (startPostgres: StartPostgres) => {
  const server = await startPostgres({ dataDir, log: () => undefined });
  const client = await connect(server.superuserUrl);
  const settings = { logging_collector: 'on', log_destination: 'jsonlog', log_statement: 'ddl' };
  for (const [name, value] of Object.entries({ ...settings, log_rotation_size: '0', log_rotation_age: '0' })) {
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await client.end();
  await server.stop();
};

/** Starts the older Kontor with its sample, begins work, and stops it once all consumers have handled every event. */
const recordTrade = async () => {
  const cli = join(old, 'dist/apps/cli/src/main.js');
  const args = ['up', '--data', dataDir, '--port', '0'];
  const up = spawn(process.execPath, [cli, ...args], { cwd: old, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await isUp(up);
    const { apiUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { apiUrl: string };
    const staff = new Staff(apiUrl, readFileSync(join(dataDir, 'admin-key'), 'utf8').trim());
    const unfinished = {
      order: await acceptedOrder(staff),
      returnId: await approvedReturn(staff),
      transfer: await shippedTransfer(staff),
      cart: await reservedCart(staff),
    };
    await staff.consumersHaveCaughtUp();
    return unfinished;
  } finally {
    up.kill('SIGTERM');
    await once(up, 'exit');
  }
};

const isUp = (up: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    let text = '';
    up.once('exit', () => reject(new Error(`The older Kontor did not start:\n${text}`)));
    up.stderr?.on('data', (piece: Buffer) => {
      text += piece.toString();
      if (text.includes('Press Ctrl+C')) resolve();
    });
  });

type Fields = Readonly<Record<string, unknown>>;

class Staff {
  private readonly url: string;
  private readonly key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  async read(path: string): Promise<Fields> {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${this.key}` } });
    return (await response.json()) as Fields;
  }

  /** Sends a command and waits until it can be read. */
  async send(name: string, body: object, channel = 'web'): Promise<void> {
    const response = await fetch(`${this.url}/v1/commands/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        'kontor-channel': channel,
        prefer: 'wait=20',
      },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }

  async until(path: string, holds: (answer: Fields) => boolean): Promise<Fields> {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      const answer = await this.read(path);
      if (holds(answer)) return answer;
      await pause(100);
    }
    throw new Error(`${path} did not become as expected: ${JSON.stringify(await this.read(path))}`);
  }

  async consumersHaveCaughtUp(): Promise<void> {
    for (let quiet = 0; quiet < 20;) {
      const { consumers } = (await this.read('/v1/status')) as unknown as { consumers: { lag: number }[] };
      quiet = consumers.every(({ lag }) => lag <= 0) ? quiet + 1 : 0;
      await pause(100);
    }
  }
}

const unitPrice = { amount: 850, scale: 2 };

const stocked = async (staff: Staff, locationId = 'leeds-warehouse') => {
  const sku = `UPGRADE-${randomUUID().slice(0, 8)}`;
  await staff.send('ReceiveStock', { sku, locationId, quantity: 5, ref: `delivery-${sku}` });
  return sku;
};

/** An order for two units, paid by card, whose location has accepted it. Nothing of it expires. */
const acceptedOrder = async (staff: Staff) => {
  const sku = await stocked(staff);
  const orderId = randomUUID();
  const tenders = [{ tenderId: 'card', kind: 'card', amount: 1700, token: 'tok_visa' }];
  const lines = [{ lineId: '1', sku, quantity: 2, unitPrice, method: 'ship' }];
  await staff.send('PlaceOrder', { orderId, lines, charges: [], tenders, contact: { name: 'Ada Byron' } });
  const { items } = await staff.until(
    `/v1/orders/${orderId}/fulfillments`,
    ({ items }) => (items as unknown[]).length > 0,
  );
  const [{ fulfillmentId, workAt } = { fulfillmentId: '', workAt: '' }] = items as Record<string, string>[];
  await staff.send('AcceptFulfillment', { fulfillmentId, locationId: workAt });
  return { orderId, sku, fulfillmentId, locationId: workAt };
};

/** A return of goods that were sold, which waits for the goods. */
const approvedReturn = async (staff: Staff) => {
  const { orderId, fulfillmentId, locationId } = await acceptedOrder(staff);
  const lines = [{ lineId: '1', quantity: 2 }];
  await staff.send('PackParcel', { fulfillmentId, locationId, parcelId: 'P-1', lines });
  await staff.send('ShipParcel', { fulfillmentId, locationId, parcelId: 'P-1', carrier: 'royal-mail' });
  await staff.until(`/v1/orders/${orderId}`, ({ fulfillmentState }) => fulfillmentState === 'fulfilled');
  const returnId = randomUUID();
  await staff.send('RequestReturn', { returnId, orderId, lines, reason: 'unwanted', refundTo: 'original' });
  await staff.until(`/v1/returns/${returnId}`, ({ state }) => state === 'approved');
  return returnId;
};

/** A transfer of three units that are in transit. */
const shippedTransfer = async (staff: Staff) => {
  const sku = await stocked(staff);
  const transferId = randomUUID();
  const lines = [{ sku, quantity: 3 }];
  await staff.send('RequestTransfer', { transferId, from: 'leeds-warehouse', to: 'london-soho', lines });
  await staff.until(`/v1/transfers/${transferId}`, ({ status }) => status === 'confirmed');
  await staff.send('ShipTransfer', { transferId, lines, eta: '2036-02-01T00:00:00.000Z' });
  return { transferId, sku };
};

/** A cart with a soft reservation, which has expired when today's code starts. */
const reservedCart = async (staff: Staff) => {
  const sku = await stocked(staff);
  const cartId = randomUUID();
  await staff.send('CreateCart', { cartId, currency: 'GBP' });
  await staff.send('AddCartLine', { cartId, lineId: '1', sku, quantity: 1, unitPrice, method: 'ship' });
  await staff.send('ReserveCart', { cartId, seconds: 60 });
  await staff.until(`/v1/stock/${sku}/leeds-warehouse`, ({ softReserved }) => softReserved === 1);
  return { cartId, sku };
};

/** The statements that made the schema, and the rows of every table. */
const readDatabase = async (startPostgres: StartPostgres) => {
  const server = await startPostgres({ dataDir, log: () => undefined });
  const client = await connect(server.superuserUrl);
  const tables = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE tableowner = 'kontor_owner' ORDER BY 1`,
  );
  const rows: Record<string, unknown[]> = {};
  for (const { name } of tables.rows) {
    const found = await client.query<{ row: unknown }>(`SELECT to_jsonb(t) AS row FROM ${name} AS t`);
    rows[name] = found.rows.map(({ row }) => row);
  }
  const sequences = await client.query<{ name: string; value: number }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name, last_value::float8 AS value FROM pg_sequences
     WHERE last_value IS NOT NULL`,
  );
  await client.end();
  await server.stop();
  return { schema: schemaStatements(Object.keys(rows)), rows, sequences: sequences.rows };
};

/** The statements by which the older Kontor made its schema, without repetitions and without tables that it has dropped again. */
const schemaStatements = (tables: readonly string[]): string[] => {
  const folder = join(dataDir, 'postgres', 'log');
  const statements = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as { application_name?: string; message?: string })
    .filter(({ application_name }) => application_name === 'kontor-owner')
    .flatMap(({ message }) => /^(?:statement|execute [^:]+): ([^]*)$/.exec(message ?? '')?.[1] ?? []);
  const isOfDroppedTable = (statement: string) =>
    (statement.match(/\bread\."\w+__\d+"/g) ?? []).some((name) => !tables.includes(name.replaceAll('"', '')));
  return [...new Set(statements)].filter((statement) => !isOfDroppedTable(statement));
};

await main();
