import { type DataSource, type EntityManager } from 'typeorm';
import { type BatchCommand } from '#client';
import { type Position } from '#event-store';

/**
 * `sent`: commands were sent and the answer is not known; `waiting`: for the receipt that the document names;
 * `recorded`: Kontor has taken all commands of the document; `refused`: Kontor has refused one.
 */
type LineState = 'sent' | 'waiting' | 'recorded' | 'refused';

/** Why Kontor does not take a document as it is. */
export interface LineProblem {
  readonly code: string;
  readonly detail?: string;
  readonly errors?: unknown;
}

/** A document that a till has uploaded, identified by the digest of what it says. */
export interface TillLine {
  readonly digest: string;
  /** Id of the order, the return or the count. */
  readonly id: string;
  readonly number: string;
  /** Null where the document is invalid. */
  readonly kind: string | null;
  /** ISO 8601; null where the document is invalid. */
  readonly at: string | null;
  readonly state: LineState;
  readonly sold: number;
  readonly returned: number;
  /** Minor units; below zero where the buyer got money back. */
  readonly amount: number;
  readonly moving: number;
  readonly problem: LineProblem | null;
  readonly waitsFor: readonly string[];
  /** Kept only while the line waits. */
  readonly commands: readonly BatchCommand[] | null;
}

/** What has become of an uploaded document. */
export interface TillLineOutcome {
  readonly digest: string;
  readonly state: LineState;
  readonly problem?: LineProblem | undefined;
  /** Position of its newest event, where it is recorded. */
  readonly position?: Position | undefined;
}

export interface LinesToStore {
  readonly rows: readonly TillLine[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface WaitingLine {
  readonly till: string;
  readonly digest: string;
  readonly commands: readonly BatchCommand[];
}

/** What an event did to the stock of a document. */
export interface StockMovement {
  /** Id of the event. */
  readonly event: string;
  /** Id of the order, the return or the count. */
  readonly id: string;
  readonly units: number;
  readonly shortfall?: Shortfall;
}

/** Units that were promised or sold and that are not there. */
export interface Shortfall {
  readonly sku: string;
  readonly locationId: string;
  readonly short: number;
}

/** The till has used the number for another document before. */
export const NUMBER_REUSED = 'receipt-number-reused';

/**
 * How far the uploads of tills have come: a row for each document. The log alone says what has happened; a row that is
 * lost is made again by uploading the same document.
 */
export class TillLines {
  constructor(
    private readonly db: DataSource,
    private readonly adapter: string,
  ) {}

  /** @returns digest → outcome, for those that were uploaded before */
  async findOutcomes(till: string, digests: readonly string[]): Promise<ReadonlyMap<string, TillLineOutcome>> {
    const rows = await this.db.query<TillLineOutcome[]>(
      'SELECT digest, state, problem FROM channels.till_line WHERE adapter = $1 AND till = $2 AND digest = ANY($3)',
      [this.adapter, till, digests],
    );
    return new Map(rows.map((row) => [row.digest, row]));
  }

  /** Stores documents before their commands are sent, so that the events find them. Recorded ones stay as they are. */
  async store(till: string, day: string, { rows, now }: LinesToStore): Promise<void> {
    await this.inOrder(till, async (tx) => {
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

  /**
   * Stores what has become of documents. A recorded document replaces refused ones of the same number: it is their
   * correction, unless their number belonged to another document. One that an earlier row has recorded already, whose
   * digest is that of another way of writing it, is no second document.
   */
  async storeOutcomes(till: string, outcomes: readonly TillLineOutcome[]): Promise<void> {
    await this.inOrder(till, async (tx) => {
      await tx.query(
        `UPDATE channels.till_line t SET state = s.state, problem = s.problem, position = s.position,
           commands = CASE WHEN s.state = 'waiting' THEN t.commands END
         FROM jsonb_to_recordset($3) AS s(digest text, state text, problem jsonb, position bigint)
         WHERE t.adapter = $1 AND t.till = $2 AND t.digest = s.digest AND t.state <> 'recorded'`,
        [this.adapter, till, JSON.stringify(outcomes)],
      );
      await tx.query(
        `DELETE FROM channels.till_line r USING channels.till_line t
         WHERE t.adapter = $1 AND t.till = $2 AND t.digest = ANY($3) AND t.state = 'recorded' AND r.adapter = $1
           AND r.id = t.id AND r.state = 'refused' AND r.problem->>'code' <> '${NUMBER_REUSED}'`,
        [this.adapter, till, outcomes.map(({ digest }) => digest)],
      );
      await tx.query(
        `DELETE FROM channels.till_line r USING channels.till_line t
         WHERE r.adapter = $1 AND r.till = $2 AND r.digest = ANY($3) AND r.state = 'recorded' AND t.adapter = $1 AND t.till = $2
           AND t.id = r.id AND t.kind = r.kind AND t.state = 'recorded' AND (t.first_at, t.digest) < (r.first_at, r.digest)`,
        [this.adapter, till, outcomes.map(({ digest }) => digest)],
      );
    });
  }

  /**
   * Waiting documents whose receipts are all recorded by now, or that have waited too long.
   * @param overdue milliseconds since 1970; whatever was uploaded before waits no longer
   */
  readyToSend(overdue: number, limit = 500): Promise<WaitingLine[]> {
    return this.db.query(
      `SELECT w.till, w.digest, w.commands FROM channels.till_line w
       WHERE w.adapter = $1 AND w.state = 'waiting' AND (w.first_at < $2 OR NOT EXISTS (
         SELECT FROM unnest(w.waits_for) AS o(id) WHERE NOT EXISTS (
           SELECT FROM channels.till_line r WHERE r.adapter = $1 AND r.id = o.id AND r.state = 'recorded')))
       ORDER BY w.at LIMIT $3`,
      [this.adapter, new Date(overdue), limit],
    );
  }

  /** @returns the position of the newest event of a receipt; undefined where it is not recorded */
  async positionOf(id: string): Promise<Position | undefined> {
    const [row] = await this.db.query<{ position: Position | null }[]>(
      `SELECT position::float8 FROM channels.till_line WHERE adapter = $1 AND id = $2 AND state = 'recorded'`,
      [this.adapter, id],
    );
    return row?.position ?? undefined;
  }

  async storeMovement(tx: EntityManager, { event, id, units, shortfall }: StockMovement): Promise<void> {
    await tx.query('INSERT INTO channels.till_movement VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [
      this.adapter,
      event,
      id,
      units,
      shortfall ? JSON.stringify(shortfall) : null,
    ]);
  }

  /** Changes of one till's rows run one after the other, so that simultaneous uploads of the same document do not deadlock. */
  private inOrder(till: string, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7270008, hashtext($1))', [`${this.adapter}/${till}`]);
      await work(tx);
    });
  }
}
