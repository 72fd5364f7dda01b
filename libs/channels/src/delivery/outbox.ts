import { type DataSource, type EntityManager } from 'typeorm';
import { type Position } from '#event-store';

/** One receiver of messages, of one adapter. */
export interface EndpointRef {
  readonly adapter: string;
  readonly endpoint: string;
}

/** A message to an endpoint. */
export interface OutboxMessage extends EndpointRef {
  /** Identifies the message to the receiver; repeats and replays carry the same id. */
  readonly messageId: string;
  /** Messages with the same key are sent in the order in which they were added, one at a time. */
  readonly key: string;
  readonly type: string;
  readonly body: object;
  /** Position of the event that the message is about; replays select messages by it. */
  readonly position: Position;
}

/** Both ends are included. */
export interface PositionRange {
  readonly from: Position;
  /** Undefined: up to the newest. */
  readonly to: Position | undefined;
}

/** A message in the outbox and what has become of it. */
export interface Delivery extends OutboxMessage {
  readonly id: number;
  readonly state: 'pending' | 'delivered' | 'dead';
  /** Attempts that the endpoint answered. Attempts while it was unavailable are not counted. */
  readonly attempts: number;
  readonly nextAt: Date;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  readonly lastError: string | null;
}

export interface EndpointStatus extends EndpointRef {
  /** When the endpoint was first configured: it receives what was recorded from then on. */
  readonly since: Date;
  readonly failingSince: Date | null;
  readonly lastError: string | null;
  /** Since when nothing is sent, until an operator enables the endpoint. */
  readonly disabledAt: Date | null;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPending: Date | null;
}

/** The columns of a {@link Delivery}, for SELECT and RETURNING. */
export const DELIVERY_COLUMNS = `id::float8, adapter, endpoint, message_id AS "messageId", key, type, body, position::float8,
  state, attempts, next_at AS "nextAt", created_at AS "createdAt", delivered_at AS "deliveredAt", last_error AS "lastError"`;

/**
 * Adds messages, to be sent once the transaction is committed. A message whose id the endpoint has had before is ignored.
 * @param now milliseconds since 1970
 */
export const addMessages = async (
  tx: EntityManager,
  messages: readonly OutboxMessage[],
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

/** Deletes messages that were delivered before a time in milliseconds since 1970; they can no longer be replayed. */
export const deleteDelivered = async (
  db: DataSource,
  { adapter, endpoint }: EndpointRef,
  before: number,
): Promise<void> => {
  await db.query(
    `DELETE FROM channels.delivery WHERE adapter = $1 AND endpoint = $2 AND state = 'delivered' AND delivered_at < $3`,
    [adapter, endpoint, new Date(before)],
  );
};

/** Registers endpoints, and lets operators inspect, replay and enable them. */
export class Outbox {
  constructor(private readonly db: DataSource) {}

  /**
   * Makes endpoints known. Endpoints that are known already stay as they are.
   * @param now milliseconds since 1970
   * @returns `<adapter>/<endpoint>` → when the endpoint was first registered, for all endpoints of all adapters
   */
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

  /** The newest messages to an endpoint in one state, the newest first. */
  deliveries({ adapter, endpoint }: EndpointRef, state: string, limit: number): Promise<Delivery[]> {
    return this.db.query(
      `SELECT ${DELIVERY_COLUMNS} FROM channels.delivery WHERE adapter = $1 AND endpoint = $2 AND state = $3
       ORDER BY id DESC LIMIT $4`,
      [adapter, endpoint, state, limit],
    );
  }

  /**
   * Sends delivered messages and dead letters again, under the same ids and in their original order.
   * @param now milliseconds since 1970
   * @returns the number of messages
   */
  async replay({ adapter, endpoint }: EndpointRef, { from, to }: PositionRange, now: number): Promise<number> {
    const [, count] = await this.db.query<[unknown, number]>(
      `UPDATE channels.delivery SET state = 'pending', attempts = 0, next_at = $5, delivered_at = NULL
       WHERE adapter = $1 AND endpoint = $2 AND position >= $3 AND position <= coalesce($4, position) AND state <> 'pending'`,
      [adapter, endpoint, from, to ?? null, new Date(now)],
    );
    return count;
  }

  /** Resumes sending to a disabled endpoint. @returns whether there is such an endpoint */
  async enable({ adapter, endpoint }: EndpointRef): Promise<boolean> {
    const [, count] = await this.db.query<[unknown, number]>(
      `UPDATE channels.endpoint SET disabled_at = NULL, failing_since = NULL, last_error = NULL
       WHERE adapter = $1 AND endpoint = $2`,
      [adapter, endpoint],
    );
    return count > 0;
  }
}
