/**
 * A data folder that an older Kontor wrote starts with today's code: see record.ts. The recording holds the log, every table
 * with its schema, and the small files of the folder. Deadlines of the recorded work have passed, but nothing of the order
 * that is finished here expires.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as PgClient } from 'pg';
import { startEmbeddedPostgres } from '#database';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { orderBecomes, paymentBecomes } from '../support/orders.js';
import { withPg } from '../support/data-scan.js';
import { otherEventStore } from '../support/test-event-store.js';
import { until } from '../support/until.js';
import { verify } from '../support/verify.js';

interface RecordedDatabase {
  readonly schema: readonly string[];
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  readonly sequences: readonly { readonly name: string; readonly value: number }[];
}

interface RecordedFiles {
  readonly unfinished: {
    readonly order: {
      readonly orderId: string;
      readonly sku: string;
      readonly fulfillmentId: string;
      readonly locationId: string;
    };
    readonly returnId: string;
    readonly transfer: { readonly transferId: string; readonly sku: string };
    readonly cart: { readonly cartId: string; readonly sku: string };
  };
  readonly files: Readonly<Record<string, string>>;
}

interface Build {
  readonly name: string;
  readonly version: number;
  readonly build: number;
  readonly status: string;
}

const recorded = (name: string) => readFileSync(join('test/upgrade/recorded', name));
const database = JSON.parse(brotliDecompressSync(recorded('database.json.br')).toString()) as RecordedDatabase;
const { unfinished, files } = JSON.parse(recorded('files.json').toString()) as RecordedFiles;

const dataDir = mkdtempSync(join(tmpdir(), 'kontor-upgrade-'));
let kontor: Kontor;
let staff: Client;

/** Makes the schema by the statements of the older Kontor, and inserts its rows. */
const restoreDatabase = async () => {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const owner = new PgClient({ connectionString: server.ownerUrl });
  const superuser = new PgClient({ connectionString: server.superuserUrl.replace(/\/postgres$/, '/kontor') });
  await Promise.all([owner.connect(), superuser.connect()]);
  for (const statement of database.schema) await owner.query(statement);
  await superuser.query('SET session_replication_role = replica'); // so that tables can be filled in any order
  await superuser.query(`TRUNCATE ${Object.keys(database.rows).join(', ')}`);
  for (const [table, rows] of Object.entries(database.rows)) {
    const sql = `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`;
    await superuser.query(sql, [JSON.stringify(rows)]);
  }
  for (const { name, value } of database.sequences) await superuser.query('SELECT setval($1, $2)', [name, value]);
  await Promise.all([owner.end(), superuser.end()]);
  await server.stop();
};

const recordedBuilds = () => database.rows['system.projection'] as readonly Build[];

/** Read models that are new, or whose fold or shape has changed since, so that the first start builds them. */
const REBUILT = [
  'channel',
  'order_status',
  'order_trade_line',
  'payment_ledger',
  'process_refusal',
  'return_status',
  'return_trade_line',
  'stock_balance',
  'stock_movement',
];

const otherBuilds = (builds: readonly Build[]) =>
  builds
    .filter(({ name, status }) => status === 'live' && !REBUILT.includes(name))
    .map(({ name, version, build }) => ({ name, version, build }))
    .toSorted((a, b) => a.name.localeCompare(b.name));

/** The recorded log is a file of the local event store, so no other event store can start on it. */
const describeOnLocalEventStore = otherEventStore() === undefined ? describe : describe.skip;

describeOnLocalEventStore('a data folder of commit 2f73ced', () => {
  beforeAll(async () => {
    mkdirSync(join(dataDir, 'events'));
    writeFileSync(join(dataDir, 'events', 'events.db'), brotliDecompressSync(recorded('events.db.br')));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dataDir, name), text, { mode: 0o600 });
    await restoreDatabase();
    kontor = await Kontor.start({ dataDir });
    staff = kontor.staff;
    await kontor.settled(120_000);
  }, 300_000);

  afterAll(async () => {
    await kontor.stop();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }, 60_000);

  it('has process instances that the older code wrote', () => {
    expect(database.rows['system.process_instance']?.length).toBeGreaterThan(0);
  });

  it('rebuilds only the read models that are new or have changed', async () => {
    const sql = 'SELECT name, version, build, status FROM system.projection';
    const { rows } = await withPg(kontor.runFile.databaseUrl, (pg) => pg.query<Build>(sql));
    expect(otherBuilds(rows)).toEqual(otherBuilds(recordedBuilds()));
  });

  it('has read models that equal a fresh fold of the log, and breaks no invariant', async () => {
    const { findings, parked } = await verify(kontor);
    expect(findings.filter(({ failed }) => failed > 0)).toEqual([]);
    expect([...parked.readModels, ...parked.processes]).toEqual([]);
  }, 120_000);

  it('has an order that is finished now: shipped, captured and booked out of stock', async () => {
    const { orderId, sku, fulfillmentId, locationId } = unfinished.order;
    const lines = [{ lineId: '1', quantity: 2 }];
    await staff.done('PackParcel', { fulfillmentId, locationId, parcelId: 'P-1', lines });
    await staff.done('ShipParcel', { fulfillmentId, locationId, parcelId: 'P-1', carrier: 'royal-mail' });
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled' });
    await paymentBecomes(staff, orderId, 'card', { captured: 1700 });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/${locationId}`)).resolves.toMatchObject({ onHand: 3, hardReserved: 0 });
  }, 120_000);

  it('has a return that is finished now: inspected, refunded and closed', async () => {
    const { returnId } = unfinished;
    const items = [{ lineId: '1', quantity: 2, disposition: 'restock' }];
    await staff.done('InspectReturn', { returnId, locationId: 'london-soho', items });
    const isClosed = async () => (await staff.read(`/v1/returns/${returnId}`))['state'] === 'closed';
    await until(isClosed, { for: `return ${returnId} to be closed`, withinMs: 60_000 });
    await expect(staff.read(`/v1/returns/${returnId}`)).resolves.toMatchObject({ refunded: 1700, failure: null });
  }, 120_000);

  it('has a transfer that is finished now: received into stock', async () => {
    const { transferId, sku } = unfinished.transfer;
    await staff.done('ReceiveTransfer', { transferId, lines: [{ sku, quantity: 3 }] });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/london-soho`)).resolves.toMatchObject({ onHand: 3 });
  }, 120_000);

  it('has a cart whose reservation expires now', async () => {
    const { sku } = unfinished.cart;
    const isReleased = async () => (await staff.read(`/v1/stock/${sku}/leeds-warehouse`))['softReserved'] === 0;
    await until(isReleased, { for: `the reservation of ${sku} to expire`, withinMs: 60_000 });
  }, 120_000);

  it('breaks no invariant after that', async () => {
    await kontor.settled();
    const { findings } = await verify(kontor);
    expect(findings.filter(({ failed }) => failed > 0)).toEqual([]);
  }, 120_000);
});
