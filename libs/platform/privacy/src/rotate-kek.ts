import { type DataSource } from 'typeorm';
import { type Kek } from './kek.js';

interface Row {
  readonly id: string;
  readonly context: string;
  readonly wrapped: Buffer;
}

/** For each table the column of its ids, and the context that ties a key to its row. */
const TABLES = [
  {
    table: 'keys.subject_key',
    id: 'key_id',
    type: 'uuid',
    context: "key_id || '|' || subject || '|' || class || CASE year WHEN 0 THEN '' ELSE '|' || year END",
  },
  { table: 'keys.service_key', id: 'name', type: 'text', context: 'name' },
];
const BATCH_SIZE = 1000;

/**
 * Wraps every key under a new KEK; data stays as it is. All processes must run with the new one as KONTOR_KEK and the old one
 * as KONTOR_KEK_PREVIOUS. Afterwards the old KEK may be destroyed. Can be interrupted and repeated. Needs the role
 * kontor_owner.
 *
 * @returns the number of keys that were wrapped
 */
export const rotateKek = async (dataSource: DataSource, from: Kek, to: Kek): Promise<number> => {
  let count = 0;
  for (const { table, id, type, context } of TABLES) {
    const select = `SELECT ${id} AS id, ${context} AS context, wrapped FROM ${table}
      WHERE substring(wrapped FROM 2 FOR 4) = $1 LIMIT ${BATCH_SIZE} FOR UPDATE`;
    const update = `UPDATE ${table} SET wrapped = new.wrapped
      FROM unnest($1::${type}[], $2::bytea[]) AS new (id, wrapped) WHERE ${id} = new.id`;
    const rotateBatch = () =>
      dataSource.transaction(async (db) => {
        const rows = await db.query<Row[]>(select, [Buffer.from(from.id, 'hex')]);
        const wrapped = rows.map((row) => to.wrap(from.unwrap(row.wrapped, row.context), row.context));
        if (rows.length > 0) await db.query(update, [rows.map((row) => row.id), wrapped]);
        return rows.length;
      });
    for (let rotated = await rotateBatch(); rotated > 0; rotated = await rotateBatch()) count += rotated;
  }
  return count;
};
