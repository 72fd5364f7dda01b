import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { asPosition, type Snapshot } from '#event-store';
import { aRecorded, startTestDatabase, type TestDatabase } from '#testing';
import { listen } from './listen.js';
import { assertMigrated, migrate } from './migrate.js';
import { withScope } from './scope.js';
import { PgSnapshotStore } from './snapshots.js';
import { PgViewStore } from './views.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await database.owner.query(`
    CREATE TABLE read.order_status (order_id text PRIMARY KEY, channel text NOT NULL);
    ALTER TABLE read.order_status ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_channel ON read.order_status
      USING (current_setting('app.channel', true) IN ('*', channel));
    INSERT INTO read.order_status VALUES ('A-1', 'web'), ('A-2', 'web'), ('B-1', 'till');
    CREATE VIEW bi.orders AS SELECT channel, count(*)::int AS orders FROM read.order_status GROUP BY channel`);
});
afterAll(() => database.stop());

const as = async (url: string, sql: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('migrations', () => {
  it('are applied once, however many processes start together', async () => {
    expect(await Promise.all([migrate(database.owner), migrate(database.owner), migrate(database.owner)])).toEqual([
      [],
      [],
      [],
    ]);
  });
});

describe('the API’s role', () => {
  it.each([
    ['write a read model', `INSERT INTO read.order_status VALUES ('C-1', 'web')`],
    ['empty a read model', 'TRUNCATE read.order_status'],
    ['switch row-level security off', 'ALTER TABLE read.order_status DISABLE ROW LEVEL SECURITY'],
    ['move a checkpoint', `INSERT INTO system.process VALUES ('checkout', 0, 1)`],
    ['replace a wrapped key', `UPDATE keys.subject_key SET wrapped = ''`],
    ['give a key more scopes', `UPDATE access.api_key SET scopes = '{ops:write}'`],
    ['make a table', 'CREATE TABLE public.mine (id int)'],
    ['become the owner', 'SET ROLE kontor_owner'],
    ['read files of the server', `SELECT pg_read_file('postgresql.conf')`],
  ])('cannot %s', async (_, sql) => {
    await expect(as(database.postgres.appUrl, sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('reads nothing without a scope', async () => {
    expect(await as(database.postgres.appUrl, 'SELECT * FROM read.order_status')).toEqual([]);
  });

  it('is, like the others, no superuser and under row-level security', async () => {
    const sql = `SELECT rolname FROM pg_roles WHERE rolname LIKE 'kontor%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)`;
    expect(await as(database.postgres.superuserUrl, sql)).toEqual([]);
  });
});

describe('the analysts’ role', () => {
  it('reads the views', async () => {
    const rows = await as(database.postgres.biUrl, 'SELECT * FROM bi.orders ORDER BY channel');
    expect(rows).toEqual([
      { channel: 'till', orders: 1 },
      { channel: 'web', orders: 2 },
    ]);
  });

  it.each([
    ['read models', 'SELECT * FROM read.order_status'],
    ['keys of personal data', 'SELECT * FROM keys.subject_key'],
    ['API keys', 'SELECT * FROM access.api_key'],
    ['the runtime’s tables', 'SELECT * FROM system.process'],
  ])('cannot read %s', async (_, sql) => {
    await expect(as(database.postgres.biUrl, sql)).rejects.toThrow(/permission denied/);
  });

  it('cannot write, even in a read-write transaction', async () => {
    const sql = 'BEGIN READ WRITE; CREATE TEMP TABLE mine (id int)';
    await expect(as(database.postgres.biUrl, sql)).rejects.toThrow(/permission denied/);
  });
});

describe('withScope', () => {
  const orders = (channel: string) =>
    withScope(database.app, { channel }, (db) => db.query('SELECT order_id FROM read.order_status ORDER BY order_id'));

  it('shows a channel its own rows, and staff all of them', async () => {
    expect(await orders('web')).toEqual([{ order_id: 'A-1' }, { order_id: 'A-2' }]);
    expect(await orders('*')).toHaveLength(3);
    expect(await orders(`' OR true --`)).toEqual([]);
  });

  it('leaves no scope behind on the connection', async () => {
    await Promise.all(Array.from({ length: 8 }, () => orders('*')));
    const after = await Promise.all(
      Array.from({ length: 8 }, () => database.app.query<unknown[]>('SELECT * FROM read.order_status')),
    );
    expect(after.flat()).toEqual([]);
  });

  it('cannot write, and gives its connection back after a failure', async () => {
    const failing = () =>
      withScope(database.owner, { channel: '*' }, (db) => db.query(`DELETE FROM read.order_status`));
    for (let i = 0; i < 10; i++) await expect(failing()).rejects.toThrow(/read-only/);
    expect(await orders('*')).toHaveLength(3);
  });
});

it('a process that does not migrate says which migration is missing', async () => {
  await expect(assertMigrated(database.app)).resolves.toBeUndefined();
  await database.owner.query("DELETE FROM system.migration WHERE name = '027-years-of-keys'");
  await expect(assertMigrated(database.app)).rejects.toThrow('lacks the migration 027-years-of-keys: start the worker');
  await database.owner.query("INSERT INTO system.migration (name) VALUES ('027-years-of-keys')");
});

describe('snapshots', () => {
  const snapshot = (revision: number, version = 1): Snapshot => ({
    revision,
    version,
    state: { onHand: revision },
    commands: [['11111111-1111-5111-8111-111111111111', 3, 1, 'f']],
  });

  it('come back as they were saved', async () => {
    const store = new PgSnapshotStore(database.app);
    expect(await store.load('stock-A~s1')).toBeUndefined();
    await store.save('stock-A~s1', snapshot(200));
    expect(await store.load('stock-A~s1')).toEqual(snapshot(200));
  });

  it('are not replaced by older ones', async () => {
    const store = new PgSnapshotStore(database.app);
    await store.save('stock-B~s1', snapshot(400));
    await store.save('stock-B~s1', snapshot(200));
    expect(await store.load('stock-B~s1')).toEqual(snapshot(400));
    await store.save('stock-B~s1', snapshot(300, 2));
    expect(await store.load('stock-B~s1')).toEqual(snapshot(300, 2));
  });
});

describe('stored views', () => {
  const event = (revision: number, data: object = {}) =>
    aRecorded(
      'channel-web',
      { type: 'ChannelConfigured', data },
      { revision, position: asPosition(10 * revision + 1) },
    );

  it('come back with every event once, in the order of the log, at their latest position', async () => {
    const [worker, other, api] = [database.owner, database.owner, database.app].map((one) => new PgViewStore(one));
    const events = [event(0), event(1), event(2, { name: '\u0000' })] as const;
    expect(await api?.load('network')).toBeUndefined();
    await worker?.save('network', { position: asPosition(30), events: [events[0], events[2]] });
    await other?.save('network', { position: asPosition(20), events: [events[0], events[1]] });
    expect(await api?.load('network')).toEqual({ position: asPosition(30), events });
  });

  it('have no event before one was stored', async () => {
    await new PgViewStore(database.owner).save('kits', { position: asPosition(7), events: [] });
    expect(await new PgViewStore(database.app).load('kits')).toEqual({ position: asPosition(7), events: [] });
  });
});

describe('listen', () => {
  it('receives notifications after a lost connection, and reports the gap', async () => {
    const received: string[] = [];
    let onGap: () => void = () => undefined;
    const gap = new Promise<void>((resolve) => (onGap = resolve));
    let onMessage: (text: string) => void = () => undefined;
    const next = () => new Promise<string>((resolve) => (onMessage = resolve));
    const listening = await listen(database.app, 'kontor', { message: (text) => onMessage(text), gap: onGap });
    const notify = async (text: string) => {
      const message = next();
      await database.owner.query(`SELECT pg_notify('kontor', $1)`, [text]);
      received.push(await message);
    };
    await notify('one');
    await as(
      database.postgres.superuserUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kontor-listen-kontor'`,
    );
    await gap;
    await notify('two');
    expect(received).toEqual(['one', 'two']);
    await listening.close();
  });
});
