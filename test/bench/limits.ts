/** Raw limits of the machine, as a baseline for the figures of the product. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { load } from './load.js';

export interface Limits {
  readonly bareFastifyPerSecond: number;
  readonly keyReadsPerSecond: number;
  readonly commitsPerSecond: number;
  readonly fsyncsPerSecond: number;
}

const fsyncs = (seconds: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-fsync-'));
  const file = openSync(join(folder, 'f'), 'w');
  const block = Buffer.alloc(4096);
  const started = performance.now();
  let count = 0;
  for (; performance.now() - started < seconds * 1000; count++) {
    writeSync(file, block);
    fsyncSync(file);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return Math.round(count / seconds);
};

/** Runs a statement on several connections at once. */
const statements = async (url: string, concurrency: number, seconds: number, query: (n: number) => pg.QueryConfig) => {
  const clients = Array.from({ length: concurrency }, () => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  let count = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) await client.query(query(count++));
      await client.end();
    }),
  );
  return Math.round(count / seconds);
};

const postgres = async (url: string, seconds: number) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE SCHEMA IF NOT EXISTS bench');
  await client.query('CREATE TABLE IF NOT EXISTS bench.row (id bigint PRIMARY KEY, value text)');
  await client.query('TRUNCATE bench.row');
  await client.query(`INSERT INTO bench.row SELECT n, 'value ' || n FROM generate_series(1, 10000) n`);
  const keyReadsPerSecond = await statements(url, 8, seconds, (n) => ({
    name: 'read',
    text: 'SELECT value FROM bench.row WHERE id = $1',
    values: [(n % 10_000) + 1],
  }));
  const commitsPerSecond = await statements(url, 8, seconds, (n) => ({
    name: 'write',
    text: 'INSERT INTO bench.row VALUES ($1, $2)',
    values: [100_000 + n, 'new'],
  }));
  await client.query('DROP SCHEMA bench CASCADE');
  await client.end();
  return { keyReadsPerSecond, commitsPerSecond };
};

const bareFastify = async (seconds: number) => {
  const child = fork(fileURLToPath(new URL('./bare-fastify.js', import.meta.url)));
  const url = await new Promise<string>((resolve) => child.once('message', (address) => resolve(address as string)));
  const { perSecond } = await load(url, 8, { seconds }, (connection) => connection.get('/', ''));
  child.kill();
  return Math.round(perSecond);
};

/** @param url of a database role that may create a schema */
export const measureLimits = async (url: string, seconds: number): Promise<Limits> => ({
  bareFastifyPerSecond: await bareFastify(seconds),
  ...(await postgres(url, seconds)),
  fsyncsPerSecond: fsyncs(seconds),
});
