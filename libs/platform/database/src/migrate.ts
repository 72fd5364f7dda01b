import { type DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations.js';

/** The id of the advisory lock; unique in the database. */
const LOCK_ID = 7_270_001;

/**
 * Brings the database to the current schema. Idempotent, also if several processes call it at once. Needs the role
 * kontor_owner, which {@link provision} creates.
 *
 * @returns names of the migrations that were applied
 */
export const migrate = (dataSource: DataSource): Promise<string[]> =>
  dataSource.transaction(async (db) => {
    await db.query(`SELECT pg_advisory_xact_lock(${LOCK_ID})`);
    await db.query('CREATE SCHEMA IF NOT EXISTS system');
    await db.query(
      `CREATE TABLE IF NOT EXISTS system.migration
       (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const rows = await db.query<{ name: string }[]>('SELECT name FROM system.migration');
    const applied = new Set(rows.map(({ name }) => name));
    const pending = MIGRATIONS.filter(({ name }) => !applied.has(name));
    for (const { name, sql } of pending) {
      await db.query(sql);
      await db.query('INSERT INTO system.migration (name) VALUES ($1)', [name]);
    }
    return pending.map(({ name }) => name);
  });

/** @throws Error if the database lacks a migration of this release: the worker has not been started on it */
export const assertMigrated = async (dataSource: DataSource): Promise<void> => {
  const [exists] = await dataSource.query<[{ yes: boolean }]>(
    `SELECT to_regclass('system.migration') IS NOT NULL AS yes`,
  );
  const rows = exists.yes ? await dataSource.query<{ name: string }[]>('SELECT name FROM system.migration') : [];
  const applied = new Set(rows.map(({ name }) => name));
  const missing = MIGRATIONS.find(({ name }) => !applied.has(name));
  if (missing)
    throw new Error(`The database lacks the migration ${missing.name}: start the worker of this release first`);
};
