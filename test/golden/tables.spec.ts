/**
 * Keeps the tables of read models from changing under a version that installations have built. tables.json has the columns of each
 * version; `UPDATE_TABLES=1 npx jest --selectProjects unit --testPathPatterns test/golden/tables` adds new versions, and nothing else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { type EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { readModels } from '#registry';

interface Table {
  readonly version: number;
  readonly columns: string;
}

const FILE = join(__dirname, 'tables.json');

const readCommitted = () => JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Table>;

const columnsOf = ({ options }: EntitySchema) =>
  Object.entries(options.columns)
    .map(([name, column]) => {
      const { type, array, nullable, primary } = column as EntitySchemaColumnOptions;
      return `${name}: ${primary ? 'primary ' : ''}${String(type)}${array ? '[]' : ''}${nullable ? ' | null' : ''}`;
    })
    .join('; ');

const now: Readonly<Record<string, Table>> = Object.fromEntries(
  readModels.projections.map(({ name, version, table }) => [name, { version, columns: columnsOf(table) }]),
);

/** What is wrong with a table and how to fix it. */
const complaint = (name: string, { version, columns }: Table, before: Table | undefined): string | undefined => {
  if (!before || version > before.version) return `${name} is new in version ${version}: run with UPDATE_TABLES=1.`;
  if (version === before.version && columns === before.columns) return undefined;
  return (
    `${name} has other columns than version ${before.version} had: raise the version of its projection, so that it is ` +
    `built while the live one stays in use.\n  was ${before.columns}\n  is  ${columns}`
  );
};

it('no read model changes its columns without a new version', () => {
  if (process.env['UPDATE_TABLES']) {
    const before = readCommitted();
    const added = Object.entries(now).filter(([name, { version }]) => version > (before[name]?.version ?? 0));
    const all = Object.entries({ ...before, ...Object.fromEntries(added) }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  }
  const before = readCommitted();
  expect(Object.entries(now).flatMap(([name, table]) => complaint(name, table, before[name]) ?? [])).toEqual([]);
});
