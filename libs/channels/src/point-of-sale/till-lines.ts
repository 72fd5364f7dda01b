import { type Position } from '#event-store';
import { type DataSource, type EntityManager } from 'typeorm';
import { type CommandLine } from '../kontor-api.js';

type LineState = 'sent' | 'waiting' | 'recorded' | 'refused';

/** Why Kontor does not take a line as it is. */
export interface LineProblem {
  readonly code: string;
  readonly detail?: string;
  readonly errors?: unknown;
}

/** A line that a till has uploaded, by the digest of what it says. */
export interface TillLine {
  readonly digest: string;
  readonly id: string;
  readonly number: string;
  readonly kind: string | null;
  readonly at: string | null;
  readonly state: LineState;
  readonly sold: number;
  readonly returned: number;
  /** Minor units, signed. */
  readonly amount: number;
  readonly moving: number;
  readonly problem: LineProblem | null;
  readonly waitsFor: readonly string[];
  /** While it waits. */
  readonly commands: readonly CommandLine[] | null;
}

export interface Settled {
  readonly digest: string;
  readonly state: LineState;
  readonly problem?: LineProblem | undefined;
  readonly position?: Position | undefined;
}

export interface Rows {
  readonly rows: readonly TillLine[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Waiting {
  readonly till: string;
  readonly digest: string;
  readonly commands: readonly CommandLine[];
}

/** What this adapter knows of what tills have uploaded. The log alone says what happened: this is how far an upload got. */
export class TillLines {
  constructor(
    private readonly db: DataSource,
    private readonly adapter: string,
  ) {}

  /** Those of the lines that were uploaded before, and what came of them. */
  async known(till: string, digests: readonly string[]): Promise<ReadonlyMap<string, Settled>> {
    const rows = await this.db.query<Settled[]>(
      'SELECT digest, state, problem FROM channels.till_line WHERE adapter = $1 AND till = $2 AND digest = ANY($3)',
      [this.adapter, till, digests],
    );
    return new Map(rows.map((row) => [row.digest, row]));
  }

  /** Before anything is sent: whoever reads events finds the line. What is recorded stays as it is. */
  async keep(till: string, day: string, { rows, now }: Rows): Promise<void> {
    await this.alone(till, async (tx) => {
      await tx.query(
        `INSERT INTO channels.till_line AS t (adapter, till, day, first_at, digest, id, number, kind, at, state, sold, returned,
         amount, moving, problem, waits_for, commands)
       SELECT $1, $2, $3, $4, l.digest, l.id, l.number, l.kind, l.at, l.state, l.sold, l.returned, l.amount, l.moving,
         l.problem, ARRAY(SELECT jsonb_array_elements_text(l."waitsFor")), l.commands
       FROM jsonb_to_recordset($5) AS l(digest text, id text, number text, kind text, at timestamptz, state text,
         sold int, returned int, amount bigint, moving int, problem jsonb, "waitsFor" jsonb, commands jsonb)
       ON CONFLICT (adapter, till, digest) DO UPDATE SET state = excluded.state, problem = excluded.problem,
         commands = excluded.commands WHERE t.state <> 'recorded'`,
        [this.adapter, till, day, new Date(now), JSON.stringify(rows)],
      );
    });
  }

  /** A line that is recorded puts right those of its number that were refused, but for what was another receipt. */
  async settle(till: string, settled: readonly Settled[]): Promise<void> {
    await this.alone(till, async (tx) => {
      await tx.query(
        `UPDATE channels.till_line t SET state = s.state, problem = s.problem, position = s.position,
         commands = CASE WHEN s.state = 'waiting' THEN t.commands END
       FROM jsonb_to_recordset($3) AS s(digest text, state text, problem jsonb, position bigint)
       WHERE t.adapter = $1 AND t.till = $2 AND t.digest = s.digest AND t.state <> 'recorded'`,
        [this.adapter, till, JSON.stringify(settled)],
      );
      await tx.query(
        `DELETE FROM channels.till_line r USING channels.till_line t
       WHERE t.adapter = $1 AND t.till = $2 AND t.digest = ANY($3) AND t.state = 'recorded' AND r.adapter = $1
         AND r.id = t.id AND r.state = 'refused' AND r.problem->>'code' <> '${NUMBER_REUSED}'`,
        [this.adapter, till, settled.map(({ digest }) => digest)],
      );
    });
  }

  /** Lines whose receipts are all recorded, or that have waited since before `overdue`. */
  waiting(overdue: number, limit = 500): Promise<Waiting[]> {
    return this.db.query(
      `SELECT w.till, w.digest, w.commands FROM channels.till_line w
       WHERE w.adapter = $1 AND w.state = 'waiting' AND (w.first_at < $2 OR NOT EXISTS (
         SELECT FROM unnest(w.waits_for) AS o(id) WHERE NOT EXISTS (
           SELECT FROM channels.till_line r WHERE r.adapter = $1 AND r.id = o.id AND r.state = 'recorded')))
       ORDER BY w.at LIMIT $3`,
      [this.adapter, new Date(overdue), limit],
    );
  }

  /** Where in the log a receipt is at the latest; undefined for one that is not recorded. */
  async positionOf(id: string): Promise<Position | undefined> {
    const [row] = await this.db.query<{ position: Position | null }[]>(
      `SELECT position::float8 FROM channels.till_line WHERE adapter = $1 AND id = $2 AND state = 'recorded'`,
      [this.adapter, id],
    );
    return row?.position ?? undefined;
  }

  /** What an event did to the stock of a line: goods that left or came, or what was missing. */
  async moved(tx: EntityManager, { event, id, units, shortfall }: Movement): Promise<void> {
    await tx.query('INSERT INTO channels.till_movement VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [
      this.adapter,
      event,
      id,
      units,
      shortfall ? JSON.stringify(shortfall) : null,
    ]);
  }

  /** One after the other for each till: uploads of the same lines at once do not meet. */
  private alone(till: string, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7270008, hashtext($1))', [`${this.adapter}/${till}`]);
      await work(tx);
    });
  }
}

export interface Movement {
  /** Id of the event. */
  readonly event: string;
  /** Of the line. */
  readonly id: string;
  readonly units: number;
  readonly shortfall?: Shortfall;
}

/** Units that were promised, or sold, and are not there. */
export interface Shortfall {
  readonly sku: string;
  readonly locationId: string;
  readonly short: number;
}

/** A till has used a number twice. */
export const NUMBER_REUSED = 'receipt-number-reused';
