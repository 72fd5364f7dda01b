import { type EntitySchemaColumnOptions } from 'typeorm';
import { isAppendOnly, type Projection, type Stamp } from './projection.js';

/** A row as it is stored: by property names, values as JSON. */
export type StoredRow = Readonly<Record<string, unknown>> & Stamp;
export type Key = Readonly<Record<string, unknown>>;

export interface LaidOutColumn {
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  /** PostgreSQL's. */
  readonly type: string;
  readonly primary: boolean;
  readonly nullable: boolean;
  readonly array: boolean;
}

/** A read model's columns and the SQL over them, for a given table. Rows travel as JSON in both directions. */
export interface Layout {
  readonly projection: Projection;
  readonly columns: readonly LaidOutColumn[];
  readonly key: readonly LaidOutColumn[];
}

export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const laidOut = ([property, column]: readonly [string, EntitySchemaColumnOptions]): LaidOutColumn => ({
  property,
  name: quote(column.name ?? property),
  type: `${String(column.type)}${column.array ? '[]' : ''}`,
  primary: column.primary ?? false,
  nullable: column.nullable ?? false,
  array: column.array ?? false,
});

/** @throws TypeError if the table has no primary key */
export const layoutOf = (projection: Projection): Layout => {
  const declared = projection.table.options.columns as Record<string, EntitySchemaColumnOptions>;
  const columns = Object.entries(declared).map(laidOut);
  const key = columns.filter(({ primary }) => primary);
  if (key.length === 0) throw new TypeError(`Read model ${projection.name} has no primary key`);
  return { projection, columns, key };
};

/** One text per primary key, for maps. Texts in keys never hold NUL. */
export const idOfKey = ({ key: [first, ...rest] }: Layout, row: Key): string => {
  let id = String(row[first?.property ?? '']);
  for (const { property } of rest) id += `\u0000${String(row[property])}`;
  return id;
};

const list = <Item>(items: readonly Item[], show: (item: Item) => string, separator = ', ') =>
  items.map(show).join(separator);

const recordset = (columns: readonly LaidOutColumn[], parameter: number) =>
  `json_to_recordset($${parameter}::json) AS r(${list(columns, ({ property, type }) => `${quote(property)} ${type}`)})`;

const onConflict = ({ projection, columns, key }: Layout) => {
  const target = list(key, ({ name }) => name);
  const others = columns.filter(({ primary }) => !primary);
  if (isAppendOnly(projection) || others.length === 0) return 'ON CONFLICT DO NOTHING';
  return `ON CONFLICT (${target}) DO UPDATE SET ${list(others, ({ name }) => `${name} = excluded.${name}`)}`;
};

/** `$parameter` holds the rows. */
export const upsertSql = (layout: Layout, table: string, parameter: number) => {
  const names = list(layout.columns, ({ name }) => name);
  const values = list(layout.columns, ({ property }) => `r.${quote(property)}`);
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM ${recordset(layout.columns, parameter)} ${onConflict(layout)}`;
};

const sameKey = ({ key }: Layout) => list(key, ({ name, property }) => `t.${name} = r.${quote(property)}`, ' AND ');

/** `$parameter` holds the keys. */
export const deleteSql = (layout: Layout, table: string, parameter: number) =>
  `DELETE FROM ${table} AS t USING ${recordset(layout.key, parameter)} WHERE ${sameKey(layout)}`;

/** PostgreSQL's JSON of a timestamp depends on the session's time zone; ours never does. */
const output = ({ name, type, property }: LaidOutColumn) => {
  const value =
    type === 'timestamptz' ? `to_char(t.${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : `t.${name}`;
  return `${value} AS ${quote(property)}`;
};

/** One JSON array with the rows of the keys in `$parameter`, or null. */
export const loadSql = (layout: Layout, table: string, parameter: number) =>
  `SELECT json_agg(f) FROM (SELECT ${list(layout.columns, output)} FROM ${table} AS t
   JOIN ${recordset(layout.key, parameter)} ON ${sameKey(layout)}) AS f`;

/** `rows` and `digest` of a whole table: the same for the same rows, in whatever order they lie on disk. */
export const digestSql = ({ columns }: Layout, table: string) => {
  const row = `row(${list(columns, ({ name }) => name)})`;
  return `SELECT count(*)::float8 AS rows, md5(concat_ws(' ', count(*), sum(hash_record_extended(${row}, 1)),
    bit_xor(hash_record_extended(${row}, 2)))) AS digest FROM ${table}`;
};
