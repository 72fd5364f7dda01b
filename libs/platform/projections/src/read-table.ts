import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import * as schemas from '#schema';
import { described, type Schema } from '#schema';
import { type Position } from '#event-store';
import { type Stamp } from './projection.js';

/** {@link column} has the corresponding TypeScript types. */
export type ColumnType =
  'text' | 'integer' | 'bigint' | 'numeric' | 'double precision' | 'boolean' | 'timestamptz' | 'date' | 'jsonb';

/** A column of a read model, with its type in the database and in answers of the API. */
export interface Column<Value = unknown> {
  readonly type: ColumnType;
  readonly primary?: true;
  /** The value may be null, but never undefined. */
  readonly nullable?: true;
  /** For example text[]. Timestamps are not supported. */
  readonly array?: true;
  /** Schema of the value. Views use its description for their columns. */
  readonly schema: Schema<Value>;
}

export type Columns = Readonly<Record<string, Column>>;

/** The type of a row with these columns. */
export type RowOf<Described extends Columns> = {
  readonly [Name in keyof Described]: Described[Name] extends Column<infer Value> ? Value : never;
};

const position: Schema<Position> = { type: 'integer' };

const columnOfType = <Value>(type: ColumnType, schema: Schema<Value>, description?: string): Column<Value> => ({
  type,
  schema: description === undefined ? schema : described(schema, description),
});

/** Factories of columns. The description tells the unit, sign or definition. */
export const column = {
  text: (description?: string) => columnOfType('text', schemas.text, description),
  oneOf: <const Value extends string>(values: readonly Value[], description?: string) =>
    columnOfType('text', schemas.oneOf(...values), description),
  texts: (description?: string): Column<readonly string[]> => ({
    ...columnOfType('text', schemas.listOf(schemas.text), description),
    array: true,
  }),
  /** Below 2^31. */
  integer: (description?: string) => columnOfType('integer', schemas.integer, description),
  /** A safe integer; money is in minor units. */
  bigint: (description?: string) => columnOfType('bigint', schemas.integer, description),
  /** An exact decimal, as text such as `12.345` in TypeScript. */
  numeric: (description?: string) => columnOfType('numeric', schemas.text, description),
  /** A position in the log. */
  position: (description?: string) => columnOfType('bigint', position, description),
  decimal: (description?: string) => columnOfType('double precision', schemas.decimal, description),
  flag: (description?: string) => columnOfType('boolean', schemas.flag, description),
  /** ISO 8601 in UTC, with milliseconds. */
  instant: (description?: string) => columnOfType('timestamptz', schemas.instant, description),
  /** YYYY-MM-DD. */
  day: (description?: string) => columnOfType('date', schemas.day, description),
  json: <Value>(schema: Schema<Value>, description?: string) => columnOfType('jsonb', schema, description),
};

/** Makes the column a part of the primary key. */
export const primary = <Value>(of: Column<Value>): Column<Value> => ({ ...of, primary: true });

export const nullable = <Value>({ schema, ...of }: Column<Value>): Column<Value | null> => ({
  ...of,
  nullable: true,
  schema: schemas.orNull(schema),
});

/** The columns of a {@link Stamp}. */
export const stampColumns = {
  revision: column.integer('Revision of the last event that the row includes in its stream'),
  position: column.position('Position in the log of the last event that the row includes'),
};

/** The schema of an answer that shows a row: its columns and its stamp. */
export const answerOf = (columns: Columns): Schema => schemas.object(propertiesOf({ ...stampColumns, ...columns }));

/** The schemas of the columns, by property of the row. */
export const propertiesOf = (columns: Columns): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(columns).map(([property, { schema }]) => [property, schema]));

/** The schemas of columns that may be missing in an answer. */
export const optionalPropertiesOf = (columns: Columns): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(propertiesOf(columns)).map(([property, schema]) => [`${property}?`, schema]));

export interface Index<Row> {
  readonly columns: readonly (keyof Row & string)[];
  readonly unique?: true;
  /** SQL condition of a partial index, over column names: `state = 'pending'`. */
  readonly where?: string;
}

/** Of a property, in the database. */
export const columnName = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toIso = (value: unknown) => (value instanceof Date ? value.toISOString() : value);
const toNumber = (value: unknown) => (typeof value === 'string' ? Number(value) : value);

/** Converts values of the driver to those that the fold returned. */
const fromDatabase = (type: ColumnType) => (value: unknown) => {
  if (type === 'timestamptz') return toIso(value);
  if (type !== 'bigint') return value;
  return Array.isArray(value) ? value.map(toNumber) : toNumber(value);
};

const columnOptions = (name: string, { type, primary, nullable, array }: Column): EntitySchemaColumnOptions => ({
  type,
  ...(primary && { primary }),
  ...(nullable && { nullable }),
  ...(array && { array }),
  name: columnName(name),
  transformer: { to: (value: unknown) => value, from: fromDatabase(type) },
});

/**
 * The table of a read model: `orderId` of the row becomes column `order_id`. Every table also has the columns of
 * {@link Stamp}; name one of them here to put it in the primary key. Queries read it through the view `read.<name>`,
 * for example by `manager.getRepository(table)`.
 */
export const readTable = <Row extends object>(
  name: string,
  columns: { readonly [Name in keyof Row]: Column<Row[Name]> },
  indices: readonly Index<Row>[] = [],
): EntitySchema<Row & Stamp> => {
  const stamps = Object.entries<Column>(stampColumns).filter(([property]) => !(property in columns));
  const all = [...stamps, ...Object.entries<Column>(columns)];
  const options = all.map(([property, column]) => [property, columnOptions(property, column)]);
  return new EntitySchema<Row & Stamp>({
    name,
    schema: 'read',
    synchronize: false,
    columns: Object.fromEntries(options) as { [Name in keyof (Row & Stamp)]: EntitySchemaColumnOptions },
    indices: indices.map(({ columns: indexed, ...rest }) => ({ ...rest, columns: [...indexed] })),
  });
};
