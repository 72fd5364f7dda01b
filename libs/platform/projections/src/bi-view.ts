import { type Properties, type Schema } from '#schema';
import { major } from './bi-sql.js';
import { columnName, type Columns } from './read-table.js';

export interface ViewColumn {
  /** PostgreSQL's. */
  readonly type: string;
  readonly meaning: string;
  /** The expression in the query. */
  readonly sql: string;
}

/** A view for analysts in schema `bi`, over the stable views `read.<name>`. It holds no personal data. */
export interface BiView {
  readonly name: string;
  /** Begins with the grain: `One row per …`. */
  readonly comment: string;
  /** In their order. */
  readonly columns: Readonly<Record<string, ViewColumn>>;
  /** What follows FROM. The rows of {@link plainColumns} are named `r` in it. */
  readonly from: string;
}

type ViewColumns = Readonly<Record<string, ViewColumn>>;

export const computed = (type: string, sql: string, meaning: string): ViewColumn => ({ type, sql, meaning });

/** Columns of the rows `r` as they are stored; all if none is named. @throws Error for a column without a description */
export const plainColumns = <Described extends Columns>(
  columns: Described,
  ...properties: readonly (keyof Described & string)[]
): ViewColumns => plainColumnsOf('r', columns, properties.length > 0 ? properties : Object.keys(columns));

/** Like {@link plainColumns}, for rows of another name. @param rows their name in the query */
export const plainColumnsOf = <Described extends Columns>(
  rows: string,
  columns: Described,
  properties: readonly (keyof Described & string)[],
): ViewColumns =>
  Object.fromEntries(
    properties.map((property) => {
      const { type, array, schema } = columnNamed(columns, property);
      const name = columnName(property);
      return [name, computed(`${type}${array ? '[]' : ''}`, `${rows}.${name}`, descriptionOf(property, schema))];
    }),
  );

/** Columns of the rows `r` that hold minor units of their currency, as exact decimals of the major unit. */
export const moneyColumns = <Described extends Columns>(
  columns: Described,
  ...properties: readonly (keyof Described & string)[]
): ViewColumns =>
  Object.fromEntries(
    Object.entries(plainColumns(columns, ...properties)).map(([name, { sql, meaning }]) => [
      name,
      computed('numeric', major(sql), meaning),
    ]),
  );

const columnNamed = (columns: Columns, property: string) => {
  const column = columns[property];
  if (!column) throw new Error(`There is no column ${property}`);
  return column;
};

const descriptionOf = (name: string, { description }: Schema): string => {
  if (typeof description !== 'string') throw new Error(`The column ${name} has no description`);
  return description;
};

/** `note` for a property of this name, whether optional or not. */
type NameOf<Described extends Properties> = {
  [Name in keyof Described & string]: Name extends `${infer Optional}?` ? Optional : Name;
}[keyof Described & string];

/** Properties of the items `t`, which {@link itemsSql} joins or which are rows of a derived read model. @throws Error for a property without a description */
export const itemColumns = <const Described extends Properties>(
  item: Described,
  ...names: readonly NameOf<Described>[]
): ViewColumns =>
  Object.fromEntries(
    names.map((name) => {
      const schema = item[name] ?? item[`${name}?`] ?? {};
      const column = columnName(name);
      return [column, computed(sqlType(schema), `t.${column}`, descriptionOf(name, schema))];
    }),
  );

/** Joins the items of a JSON array as `t`, with their place in it as `rank`, from 1. */
export const itemsSql = (json: string, item: Properties): string => {
  const properties = Object.keys(item).map((name) => name.replace('?', ''));
  const fields = Object.values(item).map((schema, index) => `"${properties[index] ?? ''}" ${sqlType(schema)}`);
  return `CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(${json}) AS (${fields.join(', ')}))
      WITH ORDINALITY AS t(${properties.map(columnName).join(', ')}, rank)`;
};

const SQL_TYPES: Readonly<Record<string, string>> = { string: 'text', integer: 'bigint', boolean: 'boolean' };

const sqlType = ({ type, format }: Schema): string =>
  format === 'date-time' ? 'timestamptz' : (SQL_TYPES[String(type)] ?? 'jsonb');

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

const querySql = ({ columns, from }: BiView) =>
  `SELECT ${Object.entries(columns)
    .map(([name, { sql }]) => `${sql} AS "${name}"`)
    .join(', ')} FROM ${from}`;

/**
 * Makes a view, or brings it up to date; safe to repeat. Only when its columns are others than before, it is dropped
 * first. Analysts see all channels, so the API's role, which reads under row-level security, is kept out.
 */
export const biViewSql = (view: BiView): string => `
  CREATE SCHEMA IF NOT EXISTS bi;
  DO $view$ BEGIN
    BEGIN
      CREATE OR REPLACE VIEW bi."${view.name}" AS ${querySql(view)};
    EXCEPTION WHEN invalid_table_definition THEN
      DROP VIEW bi."${view.name}" CASCADE;
      CREATE VIEW bi."${view.name}" AS ${querySql(view)};
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor_app') THEN
      REVOKE ALL ON bi."${view.name}" FROM kontor_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor_bi') THEN
      GRANT SELECT ON bi."${view.name}" TO kontor_bi;
    END IF;
  END $view$;
  COMMENT ON VIEW bi."${view.name}" IS ${literal(view.comment)};
  ${Object.entries(view.columns)
    .map(([column, { meaning }]) => `COMMENT ON COLUMN bi."${view.name}"."${column}" IS ${literal(meaning)};`)
    .join('\n  ')}`;
