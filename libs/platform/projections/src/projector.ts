import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type Consumer, type Position, START } from '#event-store';
import { type Registry } from './registry.js';
import { openSession, type Session } from './session.js';
import { Statement, Tables, type Table } from './tables.js';

export interface ProjectorOptions {
  /** Rows kept in memory for each read model. Default 20,000. */
  readonly cacheRows?: number;
  /** How long another projector must have been silent before one that it replaced takes over again. Default 10 s. */
  readonly silenceMs?: number;
}

/** Another projector has taken over: this one stands by. */
export class Superseded extends Error {
  constructor() {
    super('Another projector is at work');
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
 * Rests for so many times as long as a batch took, but not longer than this: a statement costs its round trip, whatever
 * it writes, so it pays to let events gather when they come quickly. What comes slowly waits for nothing.
 */
const REST = 3;
const MAX_REST_MS = 12;

/** What `system.fence` raises. */
const FENCED = 'KF001';

const isFenced = (error: unknown) => (error as { code?: unknown }).code === FENCED;

/** The statement that moves the checkpoint, if it is still where this projector left it. Its values come first. */
const MOVE = `moved AS (UPDATE system.projection_checkpoint SET position = $2, last_event = $3, touched_at = now()
  WHERE position = $1 AND epoch = $4 RETURNING 1),
  told AS (SELECT pg_notify('kontor', payload) FROM json_array_elements_text($5::json) AS payload)`;

const END = 'SELECT system.fence(EXISTS (SELECT 1 FROM moved)), (SELECT count(*) FROM told)';

/** PostgreSQL takes payloads below 8,000 bytes. */
const MAX_PAYLOAD = 7_500;

/** Notifications of a position and of what was announced, each as long as is allowed. */
export const payloads = (position: Position, announced: readonly (readonly [string, string])[]): readonly string[] => {
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
 * Folds the log into all live read models. Rows, checkpoint and notifications of a batch are one statement, so they
 * are stored together or not at all. An epoch in the checkpoint fences out a projector that was replaced.
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

  /** @throws Superseded while another projector, which came later, is at work */
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
    if (!running) throw new Error('resume() comes before handle()');
    try {
      await this.fold(running, batch);
    } catch (error) {
      await this.close();
      if (!isFenced(error)) throw error;
      // A rebuild has swapped a table: what it did not fold of this batch is folded now.
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

  /** Raises the epoch: whoever was at work before can store nothing any more. */
  private async takeOver(first: boolean): Promise<Running> {
    const onLost = () => this.startOver(new Error('The connection was lost, and what was last written perhaps, too'));
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
    await this.commit(running, batch.position, events.at(-1)?.position ?? running.lastEvent);
    if (batch.caughtUp) running.tables.caughtUp();
    if (batch.caughtUp) await pause(Math.min(MAX_REST_MS, REST * (performance.now() - began)));
  }

  private async commit(running: Running, position: Position, lastEvent: Position) {
    const statement = new Statement('c', [running.position, position, lastEvent, running.epoch, '[]']);
    const announced: (readonly [string, string])[] = [];
    for (const table of running.tables.all) {
      const changes = table.fold.take();
      announced.push(...changes.announced);
      statement.add(table, changes);
    }
    statement.values[4] = JSON.stringify(payloads(position, announced));
    await statement.run(running.session, [MOVE], END);
    for (const { fold } of running.tables.all) fold.written();
    running.position = position;
    running.lastEvent = lastEvent;
  }
}
