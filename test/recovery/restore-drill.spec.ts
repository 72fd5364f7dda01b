/** Every row of the table "Restore drill" in docs/operations.md: parts of different backups, assembled and repaired as it says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Client as PgClient } from 'pg';
import { startEmbeddedPostgres } from '#database';
import { type Client } from '../support/client.js';
import { withPg } from '../support/data-scan.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes } from '../support/orders.js';
import { readLog } from '../support/read-log.js';
import { aLine, openShop } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults, verify } from '../support/verify.js';

/** When a part was copied: at the time of the backup, or today. */
type PointInTime = 'backup' | 'today';

interface Trade {
  /** An order with a contact, paid by card. */
  readonly orderId: string;
  /** Its events, and all others, by their ids. */
  readonly eventIds: readonly string[];
  /** The content of the schema `keys`. */
  readonly keys: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), 'kontor-drill-'));
chmodSync(folder, 0o711); // PostgreSQL keeps files in this folder and does not run as root
const at = (name: string) => join(folder, name);
const trade = {} as Record<PointInTime, Trade>;
/** A key that was revoked after the backup, and one that was created after it. */
let revokedSecret: string;
let newSecret: string;
let kontor: Kontor | undefined;

const sku = 'MUG';
/** Sent before the backup, and again after each drill. */
const DELIVERY = { sku, locationId: 'warehouse', quantity: 100, ref: 'DN-1' };
const DELIVERY_KEY = { key: 'delivery-1' };

const cli = (dataDir: string, ...args: string[]) =>
  spawnSync(process.execPath, [resolve('dist/apps/cli/src/main.js'), '--data', dataDir, ...args], { encoding: 'utf8' });

/** Keeps the owners of the files: those of PostgreSQL belong to another user. */
const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);

const KEY_TABLES = ['subject_key', 'service_key', 'erased_key', 'lost_key', 'checked'];

const readKeys = async (pg: PgClient): Promise<Record<string, string>> => {
  const keys: Record<string, string> = {};
  for (const table of KEY_TABLES) {
    const { rows } = await pg.query<{ all: string }>(
      `SELECT coalesce(json_agg(t), '[]')::text AS all FROM keys.${table} t`,
    );
    keys[table] = rows[0]?.all ?? '[]';
  }
  return keys;
};

const restoreKeys = async (pg: PgClient, keys: Readonly<Record<string, string>>) => {
  await pg.query('BEGIN');
  for (const [table, rows] of Object.entries(keys)) {
    await pg.query(`DELETE FROM keys.${table}`);
    await pg.query(`INSERT INTO keys.${table} SELECT * FROM json_populate_recordset(NULL::keys.${table}, $1)`, [rows]);
  }
  await pg.query('COMMIT');
};

const withDatabaseOf = async (dataDir: string, work: (pg: PgClient) => Promise<void>) => {
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  await withPg(server.ownerUrl, work).finally(() => server.stop());
};

const buy = (staff: Client, name: string) =>
  confirmed(staff, [aLine(sku, 1)], {
    contact: { name, email: `${name.toLowerCase()}@example.com` },
    tenders: [aTender(850)],
  });

const eventIdsOf = async ({ runFile }: Kontor) => (await readLog(runFile.eventStoreUrl)).map(({ id }) => id);

/** Stops it when everything is handled, and copies all that it stores. */
const backUp = async (pointInTime: PointInTime, orderId: string, running: Kontor) => {
  await running.settled();
  const keys = await withPg(running.runFile.databaseUrl, readKeys);
  trade[pointInTime] = { orderId, keys, eventIds: await eventIdsOf(running) };
  await running.stop();
  copy(at('live'), at(pointInTime));
};

beforeAll(async () => {
  kontor = await Kontor.start({ dataDir: at('live'), disturbances: [] });
  await openShop(kontor.staff);
  await kontor.staff.done('ReceiveStock', DELIVERY, DELIVERY_KEY);
  const aKey = async (name: string) => {
    const { body } = await (kontor as Kontor).staff.post('/v1/keys', { channel: 'web', name, scopes: ['stock:read'] });
    return body as { keyId: string; secret: string };
  };
  const old = await aKey('old');
  revokedSecret = old.secret;
  await backUp('backup', await buy(kontor.staff, 'Ada'), kontor);

  kontor = await Kontor.start({ dataDir: at('live'), disturbances: [] });
  newSecret = (await aKey('new')).secret;
  await kontor.staff.request('DELETE', `/v1/keys/${old.keyId}`);
  await backUp('today', await buy(kontor.staff, 'Grace'), kontor);
  kontor = undefined;
}, 300_000);

afterEach(async () => {
  await kontor?.stop();
  kontor = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

let assembled = 0;

interface Parts {
  readonly log: PointInTime;
  readonly database: PointInTime | 'lost';
  /** The schema `keys` of the database. */
  readonly keys: PointInTime | 'lost';
}

/** @returns a data folder of these parts; all other files are those of today */
const assemble = async ({ log, database, keys }: Parts): Promise<string> => {
  const dataDir = at(`drill-${assembled++}`);
  mkdirSync(dataDir, { mode: 0o711 });
  copy(`${at('today')}/.`, dataDir);
  for (const [part, pointInTime] of [
    ['events', log],
    ['postgres', database],
  ] as const) {
    rmSync(join(dataDir, part), { recursive: true });
    if (pointInTime !== 'lost') copy(join(at(pointInTime), part), join(dataDir, part));
  }
  if (database !== 'lost' && keys !== 'lost' && database !== keys)
    await withDatabaseOf(dataDir, (pg) => restoreKeys(pg, trade[keys].keys));
  return dataDir;
};

const start = async (dataDir: string): Promise<Kontor> => {
  kontor = await Kontor.start({ dataDir, disturbances: [] });
  await kontor.settled();
  return kontor;
};

const readiness = async ({ staff }: Kontor) => {
  const { status, body } = await staff.get('/health/ready');
  return { status, warnings: (body as { warnings?: readonly string[] }).warnings ?? [] };
};

const lostKeysAreNamed = (running: Kontor) =>
  until(async () => (await readiness(running)).warnings.find((line) => /keys of personal data are lost/.test(line)), {
    for: 'readiness to name lost keys',
  });

/** Nothing was recorded but what is in the log that was restored: no command was sent again and carried out twice. */
const logIsThatOf = async (pointInTime: PointInTime, running: Kontor) => {
  expect(await eventIdsOf(running)).toEqual(trade[pointInTime].eventIds);
};

const contactOf = async ({ staff }: Kontor, { orderId }: Trade) =>
  (await staff.read(`/v1/orders/${orderId}`))['contact'];

/** A command from before the backup is recognized as a repeat, new orders are accepted, and every invariant holds. */
const tradeGoesOn = async (running: Kontor) => {
  expect(await running.staff.done('ReceiveStock', DELIVERY, DELIVERY_KEY)).toMatchObject({ repeated: true });
  const orderId = await buy(running.staff, 'Mary');
  await orderBecomes(running.staff, orderId, { state: 'confirmed' });
  expect(await findFaults(running)).toEqual([]);
};

const refusesToStart = (dataDir: string) => {
  const { status, stderr } = cli(dataDir, 'up', '--once', '--no-sample', '--port', '0');
  expect(stderr).toMatch(/no event at position \d+|another event at position \d+/);
  expect(stderr).toContain('its log is older');
  expect(stderr).toContain('kontor consumers reset');
  expect(status).toBe(1);
};

const resetConsumersAndProcesses = (dataDir: string) => {
  expect(cli(dataDir, 'consumers', 'reset')).toMatchObject({ status: 0 });
  expect(cli(dataDir, 'rebuild', '--processes')).toMatchObject({ status: 0 });
};

const olderLog = async (keys: PointInTime) => {
  const dataDir = await assemble({ log: 'backup', database: 'today', keys });
  refusesToStart(dataDir);
  resetConsumersAndProcesses(dataDir);
  const running = await start(dataDir);
  await logIsThatOf('backup', running);
  expect(await running.staff.get(`/v1/orders/${trade.today.orderId}`)).toMatchObject({ status: 404 });
  expect(await contactOf(running, trade.backup)).toMatchObject({ name: 'Ada' });
  await tradeGoesOn(running);
};

const statusOf = async ({ staff }: Kontor, secret: string) => (await staff.with(secret).get(`/v1/stock/${sku}`)).status;

/** API keys are as in the backup until somebody creates and revokes them again. */
const apiKeysAreFromBackup = async (running: Kontor) => {
  expect(await statusOf(running, newSecret)).toBe(401);
  expect(await statusOf(running, revokedSecret)).toBe(200);
  const { stdout } = cli(running.dataDir, 'keys', 'list', '--json');
  const listed = JSON.parse(stdout) as readonly { keyId: string; name: string }[];
  expect(listed.map(({ name }) => name)).not.toContain('new');
  const old = listed.find(({ name }) => name === 'old');
  expect(cli(running.dataDir, 'keys', 'revoke', String(old?.keyId))).toMatchObject({ status: 0 });
  await until(async () => (await statusOf(running, revokedSecret)) === 401, { for: 'the key to be refused' });
};

/** @returns the invariants that `kontor verify` finds broken */
const broken = async (running: Kontor) =>
  (await verify(running)).findings.filter(({ failed }) => failed > 0).map(({ invariant }) => invariant);

/** What was encrypted under keys that no copy has is named, until somebody has registered them as erased. */
const lostKeysAreRegistered = async (running: Kontor, lost: Trade) => {
  await lostKeysAreNamed(running);
  expect(await readiness(running)).toMatchObject({ status: 200 });
  expect(await contactOf(running, lost)).toMatchObject({ name: { lost: true } });
  expect(await broken(running)).toEqual(['I23']);
  expect(cli(running.dataDir, 'subject-keys', 'lost')).toMatchObject({ status: 2 });
  expect(cli(running.dataDir, 'subject-keys', 'register-erased')).toMatchObject({ status: 0 });
  await until(async () => (await readiness(running)).warnings.length === 0, { for: 'the warning to end' });
};

/** By the first column of the table. */
const DRILLS: Readonly<Record<string, () => Promise<void>>> = {
  'the log': () => olderLog('today'),

  'the database': async () => {
    const running = await start(await assemble({ log: 'today', database: 'backup', keys: 'today' }));
    expect(await readiness(running)).toEqual({ status: 200, warnings: [] });
    await logIsThatOf('today', running);
    await orderBecomes(running.staff, trade.today.orderId, { state: 'confirmed' });
    expect(await contactOf(running, trade.today)).toMatchObject({ name: 'Grace' });
    await apiKeysAreFromBackup(running);
    await tradeGoesOn(running);
  },

  'the database, all of it': async () => {
    const dataDir = await assemble({ log: 'today', database: 'lost', keys: 'lost' });
    expect(cli(dataDir, 'rebuild', '--processes')).toMatchObject({ status: 0 });
    const without = await start(dataDir);
    expect((await readiness(without)).warnings).toContainEqual(expect.stringContaining('keys.service_key, was lost'));
    await without.stop();
    const { service_key: rows = '[]' } = trade.backup.keys;
    await withDatabaseOf(dataDir, (pg) => restoreKeys(pg, { service_key: rows }));
    const running = await start(dataDir);
    await logIsThatOf('today', running);
    expect(await statusOf(running, newSecret)).toBe(401);
    expect(await statusOf(running, revokedSecret)).toBe(401);
    await lostKeysAreRegistered(running, trade.today);
    await tradeGoesOn(running);
  },

  'the keys': async () => {
    const running = await start(await assemble({ log: 'today', database: 'today', keys: 'backup' }));
    await lostKeysAreNamed(running);
    expect(await contactOf(running, trade.today)).toMatchObject({ name: { lost: true } });
    expect(await contactOf(running, trade.backup)).toMatchObject({ name: 'Ada' });
    expect(await broken(running)).toEqual(['I23']);
    await withPg(running.runFile.databaseUrl, (pg) => restoreKeys(pg, trade.today.keys));
    await until(async () => (await readiness(running)).warnings.length === 0, { for: 'the warning to end' });
    await logIsThatOf('today', running);
    await tradeGoesOn(running);
  },

  'log and database': async () => {
    const running = await start(await assemble({ log: 'backup', database: 'backup', keys: 'today' }));
    expect(await readiness(running)).toEqual({ status: 200, warnings: [] });
    await logIsThatOf('backup', running);
    expect(await running.staff.get(`/v1/orders/${trade.today.orderId}`)).toMatchObject({ status: 404 });
    await apiKeysAreFromBackup(running);
    await tradeGoesOn(running);
  },

  'log and keys': () => olderLog('backup'),

  'database and keys': async () => {
    const running = await start(await assemble({ log: 'today', database: 'backup', keys: 'backup' }));
    await logIsThatOf('today', running);
    await orderBecomes(running.staff, trade.today.orderId, { state: 'confirmed' });
    await apiKeysAreFromBackup(running);
    await lostKeysAreRegistered(running, trade.today);
    await tradeGoesOn(running);
  },
};

it('there is a drill for every row of the table', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  const table = page.slice(page.indexOf('| older than the others'), page.indexOf('- After each of them'));
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(Object.keys(DRILLS));
});

it.each(Object.entries(DRILLS))('older than the others: %s', (_, drill) => drill(), 240_000);

it('keys that become older while Kontor runs are named', async () => {
  const running = await start(await assemble({ log: 'today', database: 'today', keys: 'today' }));
  expect(await readiness(running)).toEqual({ status: 200, warnings: [] });
  await withPg(running.runFile.databaseUrl, (pg) => restoreKeys(pg, trade.backup.keys));
  await lostKeysAreNamed(running);
  expect(await broken(running)).toEqual(['I23']);
});
