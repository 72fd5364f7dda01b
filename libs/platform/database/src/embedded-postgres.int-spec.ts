import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { openDatabase } from './data-source.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';

const ask = async (connectionString: string, sql: string) => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('the embedded PostgreSQL', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kontor-postgres-'));
  const start = () => startEmbeddedPostgres({ dataDir, log: () => undefined });
  let postgres: EmbeddedPostgres;

  beforeAll(async () => void (postgres = await start()), 60_000);
  afterAll(async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('writes durably', async () => {
    const settings = await ask(
      postgres.ownerUrl,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name`,
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', 'on']);
  });

  it('sorts by code point and folds case beyond ASCII', async () => {
    const rows = await ask(postgres.ownerUrl, `SELECT lower('ÄÖ') AS low, 'Z' < 'a' AS by_code_point`);
    expect(rows).toEqual([{ low: 'äö', by_code_point: true }]);
  });

  it('keeps its passwords where only their owner can read them', () => {
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'secrets.json'), 'utf8')).toContain(new URL(postgres.appUrl).password);
  });

  it('refuses a wrong password', async () => {
    const url = new URL(postgres.appUrl);
    url.password = 'postgres';
    await expect(ask(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('comes back on the same port with everything after kill -9', async () => {
    const pool = await openDatabase({ url: postgres.ownerUrl, role: 'owner', poolSize: 2 });
    await pool.query('CREATE SCHEMA mine; CREATE TABLE mine.kept AS SELECT 1 AS one');
    const underWay = expect(pool.query('SELECT pg_sleep(60)')).rejects.toThrow();
    const reason = new Promise((resolve) => postgres.onExit(resolve));
    const { port } = postgres;
    await postgres.kill();
    await expect(reason).resolves.toMatch(/SIGKILL/);
    postgres = await start();
    expect(postgres.port).toBe(port);
    await underWay;
    expect(await pool.query('SELECT one FROM mine.kept')).toEqual([{ one: 1 }]);
    await pool.destroy();
  });

  it('is refused while the process that started the server still runs', async () => {
    const file = join(dataDir, 'postgres.json');
    const mine = readFileSync(file);
    writeFileSync(file, JSON.stringify({ starter: process.ppid }));
    await expect(start()).rejects.toThrow(`in use by process ${process.ppid}`);
    writeFileSync(file, mine);
  });

  it('starts although another process has the id of a dead server', async () => {
    await postgres.stop();
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n`);
    postgres = await start();
    expect(await ask(postgres.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops a server whose starter was killed, and starts its own', async () => {
    const orphan = postgres;
    postgres = await start();
    expect(postgres.pid).not.toBe(orphan.pid);
    await new Promise((resolve) => orphan.onExit(resolve));
    expect(await ask(postgres.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
