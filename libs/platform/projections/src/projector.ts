import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type Consumer, type Position, type Recorded, START } from '#event-store';
import { type Registry } from './registry.js';
import { openSession, type Session } from './session.js';
import { Statement, Tables, type Table } from './tables.js';

export interface ProjectorOptions {
  /** Maximum number of rows in memory for each read model. Default 20,000. */
  readonly cacheRows?: number;
  /** A replaced projector takes over again if its successor has stored nothing for this time. Default 10 s. */
  readonly silenceMs?: number;
}

/** Another projector has taken over. */
export class Superseded extends Error {
  constructor() {
    super('Another projector has taken over');
    this.name = 'Superseded';
  }
}

interface Running {
  readonly session: Session;
  readonly tables: Tables;
  readonly epoch: number;
  position: Position;
  lastEvent: Position;
}

/**
 * After a batch, the projector pauses for this multiple of the time that the batch took, up to a maximum. A statement costs
 * a round trip regardless of its size, so it pays to let events that come quickly gather.
 */
const PAUSE_FACTOR = 3;
const MAX_PAUSE_MS = 12;

/** SQLSTATE that `system.fence` raises. */
const FENCED_SQLSTATE = 'KF001';

const isFenced = (error: unknown) => (error as { code?: unknown }).code === FENCED_SQLSTATE;

/** Moves the checkpoint if no other projector has moved it. Its parameters are the first of the statement. */
const MOVE_CHECKPOINT = `moved AS (UPDATE system.projection_checkpoint SET position = $2, last_event = $3,
    last_event_mark = coalesce($6, last_event_mark), touched_at = now()
  WHERE position = $1 AND epoch = $4 RETURNING 1),
  notified AS (SELECT pg_notify('kontor', payload) FROM json_array_elements_text($5::json) AS payload)`;

const FENCE = 'SELECT system.fence(EXISTS (SELECT 1 FROM moved)), (SELECT count(*) FROM notified)';

/** Bytes; PostgreSQL's limit is 8,000. */
const MAX_PAYLOAD = 7_500;

/** Splits a position and announcements into notifications of at most {@link MAX_PAYLOAD} bytes. */
export const notificationPayloads = (
  position: Position,
  announced: readonly (readonly [string, string])[],
): readonly string[] => {
  const chunks: (readonly [string, string])[][] = [[]];
  let size = 0;
  for (const announcement of announced) {
    const bytes = Buffer.byteLength(JSON.stringify(announcement)) + 1;
    if (size + bytes > MAX_PAYLOAD) {
      chunks.push([]);
      size = 0;
    }
    size += bytes;
    chunks.at(-1)?.push(announcement);
  }
  return chunks.map((chunk) => JSON.stringify({ p: position, ...(chunk.length > 0 && { o: chunk }) }));
};

/**
 * Folds the log into all live read models. Rows, checkpoint and notifications of a batch are one statement, so they are
 * stored together or not at all. The epoch in the checkpoint fences off a projector that was replaced.
 */
export class Projector implements Consumer {
  readonly name = 'projections';
  readonly categories: readonly string[];
  private readonly id = randomUUID();
  private running: Running | undefined;
  private started = false;
  private startOver: (reason: Error) => void = () => undefined;

  constructor(
    private readonly registry: Registry,
    private readonly options: ProjectorOptions = {},
  ) {
    this.categories = registry.categories;
  }

  /** @throws Superseded while a projector that took over later is active */
  async resume(startOver = this.startOver): Promise<Position> {
    await this.close();
    this.startOver = startOver;
    await this.registry.install();
    const { position } = await this.takeOver(!this.started);
    this.started = true;
    return position;
  }

  async handle(batch: Batch): Promise<void> {
    const { running } = this;
    if (!running) throw new Error('Call resume() before handle()');
    try {
      await this.fold(running, batch);
    } catch (error) {
      await this.close();
      if (!isFenced(error)) throw error;
      // A rebuild has swapped a table: fold the part of the batch that the rebuild did not fold.
      const again = await this.takeOver(false);
      if (again.position < running.position) throw error;
      await this.fold(again, batch);
    }
  }

  async close(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.session.release();
  }

  /** Increases the epoch, so that an earlier projector can no longer store anything. */
  private async takeOver(first: boolean): Promise<Running> {
    const onLost = () => this.startOver(new Error('The connection was lost, and perhaps the last writes with it'));
    const session = await openSession(this.registry.dataSource, { consumer: true, onLost });
    try {
      const { silenceMs = 10_000, cacheRows = 20_000 } = this.options;
      const [taken] = await session.query<{ position: Position; lastEvent: Position; epoch: number }>(
        `UPDATE system.projection_checkpoint SET epoch = epoch + 1, holder = $1, touched_at = now(),
           categories = ARRAY(SELECT unnest(categories) UNION SELECT unnest($2::text[]) ORDER BY 1)
         WHERE $3 OR holder = $1 OR touched_at < now() - $4 * interval '1 ms'
         RETURNING position::float8, last_event::float8 AS "lastEvent", epoch::float8`,
        [this.id, this.categories, first, silenceMs],
      );
      if (!taken) throw new Superseded();
      const cache = { rows: cacheRows, empty: taken.position === START };
      const builds = await this.registry.current(session);
      const tables: Table[] = [];
      for (const build of builds) tables.push(await this.registry.table(session, build, cache));
      const { events } = this.registry.models;
      return (this.running = { ...taken, session, tables: new Tables(tables, events, taken.position === START) });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  private async fold(running: Running, batch: Batch) {
    if (batch.position <= running.position) return;
    const events = batch.events.filter(({ position }) => position > running.position);
    const began = performance.now();
    await running.tables.fold(running.session, events);
    await this.commit(running, batch.position, events.at(-1));
    if (batch.caughtUp) running.tables.caughtUp();
    if (batch.caughtUp) await pause(Math.min(MAX_PAUSE_MS, PAUSE_FACTOR * (performance.now() - began)));
  }

  private async commit(running: Running, position: Position, last: Recorded | undefined) {
    const lastEvent = last?.position ?? running.lastEvent;
    const mark = last && JSON.stringify({ stream: last.stream, revision: last.revision, id: last.id });
    const statement = new Statement('c', [running.position, position, lastEvent, running.epoch, '[]', mark]);
    const announced: (readonly [string, string])[] = [];
    for (const table of running.tables.all) {
      const changes = table.fold.take();
      announced.push(...changes.announced);
      statement.add(table, changes);
    }
    statement.values[4] = JSON.stringify(notificationPayloads(position, announced));
    await statement.run(running.session, [MOVE_CHECKPOINT], FENCE);
    for (const { fold } of running.tables.all) fold.written();
    running.position = position;
    running.lastEvent = lastEvent;
  }
}
