import { type DataSource } from 'typeorm';
import { type Kek } from './kek.js';

interface Row {
  readonly id: string;
  readonly context: string;
  readonly wrapped: Buffer;
}

/** Both tables in one shape: an id, and the context that its key is tied to. */
const TABLES = [
  { table: 'keys.subject_key', id: 'key_id', type: 'uuid', context: "key_id || '|' || subject || '|' || class" },
  { table: 'keys.service_key', id: 'name', type: 'text', context: 'name' },
];
const BATCH = 1000;

/**
 * Wraps every key again, under a new KEK; data is not touched. Before it, all processes must know both: KONTOR_KEK the
 * new one, KONTOR_KEK_PREVIOUS the old. After it, the old one may be destroyed. May be interrupted and repeated.
 * Needs the role kontor_owner.
 *
 * @returns how many keys were wrapped again
 */
export const rotateKek = async (dataSource: DataSource, from: Kek, to: Kek): Promise<number> => {
  let count = 0;
  for (const { table, id, type, context } of TABLES) {
    const select = `SELECT ${id} AS id, ${context} AS context, wrapped FROM ${table}
      WHERE substring(wrapped FROM 2 FOR 4) = $1 LIMIT ${BATCH} FOR UPDATE`;
    const update = `UPDATE ${table} SET wrapped = new.wrapped
      FROM unnest($1::${type}[], $2::bytea[]) AS new (id, wrapped) WHERE ${id} = new.id`;
    const batch = () =>
      dataSource.transaction(async (db) => {
        const rows = await db.query<Row[]>(select, [Buffer.from(from.id, 'hex')]);
        const wrapped = rows.map((row) => to.wrap(from.unwrap(row.wrapped, row.context), row.context));
        if (rows.length > 0) await db.query(update, [rows.map((row) => row.id), wrapped]);
        return rows.length;
      });
    for (let done = await batch(); done > 0; done = await batch()) count += done;
  }
  return count;
};
