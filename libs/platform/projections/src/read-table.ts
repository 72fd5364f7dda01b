import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { type Stamp } from './projection.js';

/** Column types of read models, with what a row holds in TypeScript. Money is `bigint` in minor units. */
export type ColumnType =
  | 'text' // string
  | 'integer' // number
  | 'bigint' // number, a safe integer
  | 'double precision' // number
  | 'boolean'
  | 'timestamptz' // string, ISO 8601 UTC with milliseconds
  | 'date' // string, YYYY-MM-DD
  | 'jsonb'; // plain JSON

export interface Column {
  readonly type: ColumnType;
  readonly primary?: true;
  /** The row then holds null, never undefined. */
  readonly nullable?: true;
  /** For example text[]. Not of timestamps. */
  readonly array?: true;
}

export interface Index<Row> {
  readonly columns: readonly (keyof Row & string)[];
  readonly unique?: true;
  /** SQL condition of a partial index, over column names: `state = 'pending'`. */
  readonly where?: string;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toIso = (value: unknown) => (value instanceof Date ? value.toISOString() : value);
const toNumber = (value: unknown) => (typeof value === 'string' ? Number(value) : value);

/** Makes TypeORM's repositories return what the fold returned. */
const fromDatabase = (type: ColumnType) => (value: unknown) => {
  if (type === 'timestamptz') return toIso(value);
  if (type !== 'bigint') return value;
  return Array.isArray(value) ? value.map(toNumber) : toNumber(value);
};

const columnOf = (name: string, column: Column): EntitySchemaColumnOptions => ({
  ...column,
  name: snake(name),
  transformer: { to: (value: unknown) => value, from: fromDatabase(column.type) },
});

/**
 * The table of a read model: `orderId` of the row becomes column `order_id`. Every table also has the columns of
 * {@link Stamp}; name one of them here to put it in the primary key. Queries read it through the view `read.<name>`,
 * for example by `manager.getRepository(table)`.
 */
export const readTable = <Row extends object>(
  name: string,
  columns: { readonly [Name in keyof Row]: Column },
  indices: readonly Index<Row>[] = [],
): EntitySchema<Row & Stamp> => {
  const stamps: [string, Column][] = Object.entries({ revision: { type: 'integer' }, position: { type: 'bigint' } });
  const all = [...stamps.filter(([property]) => !(property in columns)), ...Object.entries<Column>(columns)];
  const made = all.map(([property, column]) => [property, columnOf(property, column)]);
  return new EntitySchema<Row & Stamp>({
    name,
    schema: 'read',
    synchronize: false,
    columns: Object.fromEntries(made) as { [Name in keyof (Row & Stamp)]: EntitySchemaColumnOptions },
    indices: indices.map(({ columns: indexed, ...rest }) => ({ ...rest, columns: [...indexed] })),
  });
};
