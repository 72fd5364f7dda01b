import { type EntitySchemaColumnOptions } from 'typeorm';
import { isAppendOnly, type Projection, type Stamp } from './projection.js';

/** A stored row: values as JSON, by property name. */
export type StoredRow = Readonly<Record<string, unknown>> & Stamp;
export type Key = Readonly<Record<string, unknown>>;

export interface TableColumn {
  readonly property: string;
  /** Quoted for SQL. */
  readonly name: string;
  /** Type in PostgreSQL. */
  readonly type: string;
  readonly primary: boolean;
  readonly nullable: boolean;
  readonly array: boolean;
}

/** The columns of a read model. Rows are sent to and from PostgreSQL as JSON. */
export interface Layout {
  readonly projection: Projection;
  readonly columns: readonly TableColumn[];
  readonly key: readonly TableColumn[];
}

export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const tableColumn = ([property, column]: readonly [string, EntitySchemaColumnOptions]): TableColumn => ({
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
  const columns = Object.entries(declared).map(tableColumn);
  const key = columns.filter(({ primary }) => primary);
  if (key.length === 0) throw new TypeError(`Read model ${projection.name} has no primary key`);
  return { projection, columns, key };
};

/** The primary key as one text, for maps. Texts in keys never contain NUL. */
export const rowId = ({ key: [first, ...rest] }: Layout, row: Key): string => {
  let id = String(row[first?.property ?? '']);
  for (const { property } of rest) id += `\u0000${String(row[property])}`;
  return id;
};

const joinSql = <Item>(items: readonly Item[], show: (item: Item) => string, separator = ', ') =>
  items.map(show).join(separator);

const recordset = (columns: readonly TableColumn[], parameter: number) =>
  `json_to_recordset($${parameter}::json) AS r(${joinSql(columns, ({ property, type }) => `${quote(property)} ${type}`)})`;

const onConflict = ({ projection, columns, key }: Layout) => {
  const target = joinSql(key, ({ name }) => name);
  const others = columns.filter(({ primary }) => !primary);
  if (isAppendOnly(projection) || others.length === 0) return 'ON CONFLICT DO NOTHING';
  return `ON CONFLICT (${target}) DO UPDATE SET ${joinSql(others, ({ name }) => `${name} = excluded.${name}`)}`;
};

/** @param parameter number of the parameter with the rows as JSON */
export const upsertSql = (layout: Layout, table: string, parameter: number) => {
  const names = joinSql(layout.columns, ({ name }) => name);
  const values = joinSql(layout.columns, ({ property }) => `r.${quote(property)}`);
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM ${recordset(layout.columns, parameter)} ${onConflict(layout)}`;
};

const sameKey = ({ key }: Layout) => joinSql(key, ({ name, property }) => `t.${name} = r.${quote(property)}`, ' AND ');

/** @param parameter number of the parameter with the keys as JSON */
export const deleteSql = (layout: Layout, table: string, parameter: number) =>
  `DELETE FROM ${table} AS t USING ${recordset(layout.key, parameter)} WHERE ${sameKey(layout)}`;

/** Formats timestamps in UTC, because PostgreSQL's JSON of a timestamp depends on the session's time zone. */
const jsonColumn = ({ name, type, property }: TableColumn) => {
  const value =
    type === 'timestamptz' ? `to_char(t.${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : `t.${name}`;
  return `${value} AS ${quote(property)}`;
};

/** Selects a JSON array of the rows with the given keys, or null. */
export const loadSql = (layout: Layout, table: string, parameter: number) =>
  `SELECT json_agg(f) FROM (SELECT ${joinSql(layout.columns, jsonColumn)} FROM ${table} AS t
   JOIN ${recordset(layout.key, parameter)} ON ${sameKey(layout)}) AS f`;

/** Selects the `rows` and `digest` of a table. The digest does not depend on the order of the rows on disk. */
export const digestSql = ({ columns }: Layout, table: string) => {
  const row = `row(${joinSql(columns, ({ name }) => name)})`;
  return `SELECT count(*)::float8 AS rows, md5(concat_ws(' ', count(*), sum(hash_record_extended(${row}, 1)),
    bit_xor(hash_record_extended(${row}, 2)))) AS digest FROM ${table}`;
};
