import { type DataSource } from 'typeorm';
import { type Scope, withScope } from '#database';
import { type Projection } from './projection.js';

/**
 * Whether a reader may see the row of a read model under row-level security.
 * @param id the value of its primary key
 * @throws TypeError when the primary key has several columns
 */
export const isRowVisible = (
  dataSource: DataSource,
  scope: Scope,
  { name, table }: Projection,
  id: string,
): Promise<boolean> => {
  const columns = Object.entries(table.options.columns).filter(([, column]) => column?.primary);
  const [[property] = []] = columns;
  if (property === undefined || columns.length > 1) throw new TypeError(`A row of ${name} has no single id`);
  return withScope(dataSource, scope, (db) => db.getRepository(table).existsBy({ [property]: id }));
};
