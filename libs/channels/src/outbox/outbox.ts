import { type Position } from '#event-store';
import { type DataSource, type EntityManager } from 'typeorm';

/** One side to talk to, of one adapter. */
export interface EndpointRef {
  readonly adapter: string;
  readonly endpoint: string;
}

/** What is to be told to an endpoint. */
export interface Message extends EndpointRef {
  /** Stable: a repeat has the same, and the other side knows it by it. */
  readonly messageId: string;
  /** Messages of one key arrive in the order in which they were added, one at a time. */
  readonly key: string;
  readonly type: string;
  readonly body: object;
  /** In the log, of what it is about: replays are asked for by it. */
  readonly position: Position;
}

/** Both ends are included. */
export interface PositionRange {
  readonly from: Position;
  /** Without it, up to the newest. */
  readonly to: Position | undefined;
}

export interface Delivery extends Message {
  readonly id: number;
  readonly state: 'pending' | 'delivered' | 'dead';
  /** That say something of the message: an endpoint that does not answer at all is none. */
  readonly attempts: number;
  readonly nextAt: Date;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  readonly lastError: string | null;
}

export interface EndpointStatus extends EndpointRef {
  /** It is told what was recorded since then. */
  readonly since: Date;
  readonly failingSince: Date | null;
  readonly lastError: string | null;
  /** Nothing is sent until somebody enables it. */
  readonly disabledAt: Date | null;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPending: Date | null;
}

const COLUMNS = `id::float8, adapter, endpoint, message_id AS "messageId", key, type, body, position::float8, state, attempts,
  next_at AS "nextAt", created_at AS "createdAt", delivered_at AS "deliveredAt", last_error AS "lastError"`;

/** To be sent once the transaction is committed; a message that was added before is not added again. */
export const addMessages = async (
  tx: EntityManager,
  messages: readonly Message[],
  now: number = Date.now(),
): Promise<void> => {
  if (messages.length === 0) return;
  await tx.query(
    `INSERT INTO channels.delivery (adapter, endpoint, message_id, key, type, body, position, next_at, created_at)
     SELECT m.adapter, m.endpoint, m."messageId", m.key, m.type, m.body, m.position, $2, $2
     FROM jsonb_to_recordset($1) AS m(adapter text, endpoint text, "messageId" text, key text, type text, body jsonb, position bigint)
     ON CONFLICT (adapter, endpoint, message_id) DO NOTHING`,
    [JSON.stringify(messages), new Date(now)],
  );
};

/** What people ask of, and do to, what is to be sent. */
export class Outbox {
  constructor(private readonly db: DataSource) {}

  /** Makes endpoints known. @returns since when each is told what happens */
  async register(endpoints: readonly EndpointRef[], now: number): Promise<ReadonlyMap<string, Date>> {
    for (const { adapter, endpoint } of endpoints) {
      await this.db.query('INSERT INTO channels.endpoint VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        adapter,
        endpoint,
        new Date(now),
      ]);
    }
    const known = await this.endpoints();
    return new Map(known.map(({ adapter, endpoint, since }) => [`${adapter}/${endpoint}`, since]));
  }

  endpoints(): Promise<EndpointStatus[]> {
    return this.db.query(
      `SELECT e.adapter, e.endpoint, e.since, e.failing_since AS "failingSince", e.last_error AS "lastError",
         e.disabled_at AS "disabledAt", count(d.id) FILTER (WHERE state = 'pending')::float8 AS pending,
         count(d.id) FILTER (WHERE state = 'dead')::float8 AS dead,
         min(d.created_at) FILTER (WHERE state = 'pending') AS "oldestPending"
       FROM channels.endpoint e
       LEFT JOIN channels.delivery d ON d.adapter = e.adapter AND d.endpoint = e.endpoint AND d.state <> 'delivered'
       GROUP BY e.adapter, e.endpoint ORDER BY e.adapter, e.endpoint`,
    );
  }

  /** Newest first. */
  deliveries({ adapter, endpoint }: EndpointRef, state: string, limit: number): Promise<Delivery[]> {
    return this.db.query(
      `SELECT ${COLUMNS} FROM channels.delivery WHERE adapter = $1 AND endpoint = $2 AND state = $3
       ORDER BY id DESC LIMIT $4`,
      [adapter, endpoint, state, limit],
    );
  }

  /**
   * Sends again what was delivered or given up between two positions, in the order of then, under the same ids.
   * @returns how many
   */
  async replay({ adapter, endpoint }: EndpointRef, { from, to }: PositionRange, now: number): Promise<number> {
    const [, count] = await this.db.query<[unknown, number]>(
      `UPDATE channels.delivery SET state = 'pending', attempts = 0, next_at = $5, delivered_at = NULL
       WHERE adapter = $1 AND endpoint = $2 AND position >= $3 AND position <= coalesce($4, position) AND state <> 'pending'`,
      [adapter, endpoint, from, to ?? null, new Date(now)],
    );
    return count;
  }

  /** @returns whether there is such an endpoint */
  async enable({ adapter, endpoint }: EndpointRef): Promise<boolean> {
    const [, count] = await this.db.query<[unknown, number]>(
      `UPDATE channels.endpoint SET disabled_at = NULL, failing_since = NULL, last_error = NULL
       WHERE adapter = $1 AND endpoint = $2`,
      [adapter, endpoint],
    );
    return count > 0;
  }
}

/** Forgets what was delivered before: it can no longer be replayed. */
export const prune = async (db: DataSource, { adapter, endpoint }: EndpointRef, before: number): Promise<void> => {
  await db.query(
    `DELETE FROM channels.delivery WHERE adapter = $1 AND endpoint = $2 AND state = 'delivered' AND delivered_at < $3`,
    [adapter, endpoint, new Date(before)],
  );
};

export { COLUMNS as DELIVERY_COLUMNS };
