import { type DataSource } from 'typeorm';
import { exactInteger, type ExactInteger } from '#kernel';
import { type LineProblem, type Shortfall } from './till-lines.js';

/** The figures of one till for one day, as far as Kontor has them. Money is minor units. */
export interface DayReport {
  readonly till: string;
  readonly day: string;
  /** The number of documents by their state. */
  readonly lines: Readonly<Record<'recorded' | 'waiting' | 'refused' | 'sent', number>>;
  readonly receipts: number;
  readonly voids: number;
  readonly counts: number;
  /** Units sold. */
  readonly sold: number;
  /** Units brought back. */
  readonly returned: number;
  readonly revenue: ExactInteger;
  /** Units that are to leave or enter the shelf, and those that have: equal once all stock events have been handled. */
  readonly stock: { readonly moving: number; readonly moved: number };
  readonly shortfalls: readonly (Shortfall & { readonly number: string; readonly at: string })[];
  /**
   * The documents that are not recorded, each with the reason; and of the recorded ones those that took back more units, or
   * gave more money, than was left of the sale that they name.
   */
  readonly problems: readonly (LineProblem & { readonly number: string })[];
}

type Figures = Omit<DayReport, 'till' | 'day' | 'revenue' | 'stock' | 'shortfalls' | 'problems'> &
  DayReport['stock'] & { readonly revenue: string };

const FIGURES = `
  WITH l AS (SELECT * FROM channels.till_line WHERE adapter = $1 AND till = $2 AND day = $3),
       r AS (SELECT * FROM l WHERE state = 'recorded')
  SELECT json_build_object(
      'recorded', (SELECT count(*) FROM r),
      'waiting', (SELECT count(*) FROM l WHERE state = 'waiting'),
      'refused', (SELECT count(*) FROM l WHERE state = 'refused'),
      'sent', (SELECT count(*) FROM l WHERE state = 'sent')) AS lines,
    count(*) FILTER (WHERE kind = 'receipt')::float8 AS receipts,
    count(*) FILTER (WHERE kind = 'void')::float8 AS voids,
    count(*) FILTER (WHERE kind = 'count')::float8 AS counts,
    coalesce(sum(sold), 0)::float8 AS sold,
    coalesce(sum(returned), 0)::float8 AS returned,
    coalesce(sum(amount), 0)::text AS revenue,
    coalesce(sum(moving), 0)::float8 AS moving,
    coalesce((SELECT sum(m.units) FROM channels.till_movement m WHERE m.adapter = $1 AND m.id IN (SELECT id FROM r)),
      0)::float8 AS moved
  FROM r`;

const SHORTFALLS = `
  SELECT m.shortfall->>'sku' AS sku, m.shortfall->>'locationId' AS "locationId", (m.shortfall->>'short')::float8 AS short,
    l.number, l.at
  FROM channels.till_line l JOIN channels.till_movement m ON m.adapter = l.adapter AND m.id = l.id
  WHERE l.adapter = $1 AND l.till = $2 AND l.day = $3 AND l.state = 'recorded' AND m.shortfall IS NOT NULL
  ORDER BY l.at, l.number, sku`;

const PROBLEMS = `
  SELECT number, state, problem FROM channels.till_line
  WHERE adapter = $1 AND till = $2 AND day = $3 AND state <> 'recorded' ORDER BY number`;

/** A document has the id of its return; the orders that it names say what went beyond them. */
const BEYOND_SALES = `
  SELECT l.number, o.order_id AS "orderId", p AS problem
  FROM channels.till_line l
  JOIN read.return_status r ON r.return_id = l.id
  JOIN read.order_status o ON o.order_id IN (SELECT line->'original'->>'orderId' FROM jsonb_array_elements(r.lines) line)
  CROSS JOIN jsonb_array_elements(o.problems) p
  WHERE l.adapter = $1 AND l.till = $2 AND l.day = $3 AND l.state = 'recorded' AND p->>'returnId' = l.id
  ORDER BY l.number`;

/** State of a document that Kontor has not refused → the problem to report. */
const UNFINISHED: Readonly<Record<string, LineProblem>> = {
  waiting: { code: 'receipt-unknown', detail: 'The receipt that it names has not been uploaded yet' },
  sent: { code: 'unanswered', detail: 'Upload it again' },
};

/** @returns undefined for a day of which nothing was uploaded */
export const dayReport = async (
  db: DataSource,
  adapter: string,
  { till, day }: { till: string; day: string },
): Promise<DayReport | undefined> => {
  const parameters = [adapter, till, day];
  const [figures] = await db.query<Figures[]>(FIGURES, parameters);
  if (!figures || Object.values(figures.lines).every((count) => count === 0)) return undefined;
  const shortfalls = await db.query<DayReport['shortfalls']>(SHORTFALLS, parameters);
  const open = await db.query<{ number: string; state: string; problem: LineProblem | null }[]>(PROBLEMS, parameters);
  const beyond = await db.query<BeyondSale[]>(BEYOND_SALES, parameters);
  const { moving, moved, revenue, ...others } = figures;
  const unrecorded = open.map(({ number, state, problem }) => ({
    number,
    code: state,
    ...UNFINISHED[state],
    ...problem,
  }));
  const problems = [...unrecorded, ...beyond.map(problemOfSale)];
  return { till, day, ...others, revenue: exactInteger(revenue), stock: { moving, moved }, shortfalls, problems };
};

interface BeyondSale {
  readonly number: string;
  readonly orderId: string;
  readonly problem: {
    readonly code: string;
    readonly lineId?: string;
    readonly quantity?: number;
    readonly amount?: number;
  };
}

const problemOfSale = ({ number, orderId, problem }: BeyondSale) => {
  const { code, lineId, quantity = 0, amount = 0 } = problem;
  const detail =
    lineId === undefined
      ? `It gave back ${amount} minor units more than was left of ${orderId}`
      : `It took back ${quantity} units of line ${lineId} of ${orderId} more than were left`;
  return { number, code, detail };
};
