import { type DataSource } from 'typeorm';
import { emptiesTooMuch } from '../empties-too-much.js';
import { type ParsedLine } from './parse-till-line.js';

/** Refuses counts that would empty too many shelves of the location, unless a person has confirmed them. */
export const checkCounts = (db: DataSource, lines: readonly ParsedLine[]): Promise<readonly ParsedLine[]> =>
  Promise.all(lines.map((line) => checkCount(db, line)));

const checkCount = async (db: DataSource, line: ParsedLine): Promise<ParsedLine> => {
  const { emptied = [], locationId } = line.document?.count ?? {};
  if (emptied.length === 0) return line;
  const [figures] = await db.query<{ emptied: number; stocked: number }[]>(
    `SELECT count(*) FILTER (WHERE sku = ANY($2))::float8 AS emptied, count(*)::float8 AS stocked
     FROM read.stock_position WHERE location_id = $1 AND on_hand > 0`,
    [locationId, emptied],
  );
  if (!figures || !emptiesTooMuch(figures.emptied, figures.stocked)) return line;
  const detail = `It sets ${figures.emptied} of ${figures.stocked} SKUs with stock to 0: if that is right, upload it with "confirmed": true`;
  return { ...line, row: { ...line.row, state: 'refused', problem: { code: 'count-not-confirmed', detail } } };
};
