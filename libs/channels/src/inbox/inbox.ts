import { type DataSource, type EntityManager } from 'typeorm';
import { type Position, START, toStorableText } from '#event-store';
import { WITHHELD_TYPE } from '#kafka-publisher';
import { isTransient } from '../transient-error.js';
import { type PublishedEventConsumer } from './published-event-consumer.js';
import { type PublishedEvent, type UnreadableEvent } from './published-event.js';

/** How far a consumer has read one stream. */
interface StreamProgress {
  readonly stream: string;
  /** The last revision that had its effect; -1 before the first. */
  revision: number;
  /** Why the stream is parked; null where it is not. */
  parked: string | null;
}

interface EventInStream {
  readonly event: PublishedEvent;
  readonly progress: StreamProgress;
  /** Whether each event runs in a savepoint of its own, so that a failure can be blamed on one event. */
  readonly isolated: boolean;
}

/** An event that the consumer could not handle. */
const POISON = 'poison';
/** An event that is not Kontor's, or that only newer code knows. */
const UNREADABLE = 'unreadable';

const gapReason = (missing: number, arrived: number) => `gap: revision ${arrived} came before ${missing}`;

/**
 * Lets each event have its effect exactly once, in the order of its stream. A row for each stream holds the last revision
 * that had its effect and is committed in the transaction of the effect; an event at or below it is a repeat and is
 * skipped. An event that comes too early (a gap), that cannot be handled or that cannot be read parks its stream: later
 * events of the stream are held in a table until the gap is filled or an operator retries the stream.
 */
export class Inbox {
  constructor(
    private readonly db: DataSource,
    private readonly consumer: Pick<PublishedEventConsumer, 'name' | 'handle'>,
  ) {}

  /**
   * Handles events in one transaction.
   * @param position up to where the log has been read; committed with the effects. Undefined where Kafka keeps offsets.
   * @throws Error when nothing of it was committed: PostgreSQL is unavailable, or a handler threw a TransientError
   */
  async receive(events: readonly (PublishedEvent | UnreadableEvent)[], position?: Position): Promise<void> {
    const work = (isolated: boolean) =>
      this.db.transaction(async (tx) => {
        await this.apply(tx, events, isolated);
        if (position !== undefined) await this.savePosition(tx, position);
      });
    try {
      await work(false);
    } catch (error) {
      if (isTransient(error)) throw error;
      await work(true); // finds the event that is at fault and parks its stream
    }
  }

  /** Where to continue reading the log. */
  async position(): Promise<Position> {
    const [row] = await this.db.query<{ position: Position }[]>(
      'SELECT position::float8 FROM channels.consumer WHERE name = $1',
      [this.consumer.name],
    );
    return row?.position ?? START;
  }

  /**
   * Tries a parked stream again.
   * @param events of the stream, read again from the log, so that missing ones are found
   * @param unreadable why the stream cannot be read to its end
   * @returns whether the stream is no longer parked
   */
  retry(stream: string, events: readonly PublishedEvent[] = [], unreadable?: string): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const progress = progressOf(await this.lockProgress(tx, [stream]), stream);
      if (!isParked(progress)) return true;
      for (const event of events) if (event.revision > progress.revision) await this.hold(tx, event);
      await this.handleHeld(tx, progress);
      if (unreadable !== undefined) progress.parked = `${UNREADABLE}: ${toStorableText(unreadable)}`;
      await this.saveProgress(tx, [progress]);
      return !isParked(progress);
    });
  }

  private async apply(tx: EntityManager, events: readonly (PublishedEvent | UnreadableEvent)[], isolated: boolean) {
    if (events.length === 0) return;
    const byStream = await this.lockProgress(tx, [...new Set(events.map(({ stream }) => stream))]);
    for (const event of events) {
      const progress = progressOf(byStream, event.stream);
      if (event.revision <= progress.revision) continue;
      if ('unreadable' in event) progress.parked ??= `${UNREADABLE}: ${toStorableText(event.unreadable)}`;
      else await this.handleOrHold(tx, { event, progress, isolated });
    }
    await this.saveProgress(tx, [...byStream.values()]);
  }

  private async handleOrHold(tx: EntityManager, one: EventInStream) {
    const { event, progress } = one;
    const isNext = event.revision === progress.revision + 1;
    const waitsForOperator = progress.parked?.startsWith(POISON) || progress.parked?.startsWith(UNREADABLE);
    if (isNext && !waitsForOperator) return this.handleNext(tx, one);
    progress.parked ??= gapReason(progress.revision + 1, event.revision);
    await this.hold(tx, event);
  }

  /** Handles the next event of its stream and, if it fills a gap, the events that were held behind the gap. */
  private async handleNext(tx: EntityManager, { event, progress, isolated }: EventInStream) {
    const error = await (isolated ? this.tryHandle(tx, event) : this.handle(tx, event));
    if (error !== undefined) {
      progress.parked = `${POISON}: ${error}`;
      await this.hold(tx, event);
      return;
    }
    progress.revision = event.revision;
    if (isParked(progress)) await this.handleHeld(tx, progress);
  }

  /** Handles held events up to the first that is missing or that fails, and leaves the stream parked there. */
  private async handleHeld(tx: EntityManager, progress: StreamProgress) {
    const { name } = this.consumer;
    progress.parked = null;
    const held = await tx.query<{ event: PublishedEvent }[]>(
      'SELECT event FROM channels.inbox_held WHERE consumer = $1 AND stream = $2 AND revision > $3 ORDER BY revision',
      [name, progress.stream, progress.revision],
    );
    for (const { event } of held) {
      const next = progress.revision + 1;
      const error = event.revision === next ? await this.tryHandle(tx, event) : undefined;
      if (event.revision !== next) progress.parked = gapReason(next, event.revision);
      else if (error !== undefined) progress.parked = `${POISON}: ${error}`;
      else progress.revision = next;
      if (isParked(progress)) break;
    }
    await tx.query('DELETE FROM channels.inbox_held WHERE consumer = $1 AND stream = $2 AND revision <= $3', [
      name,
      progress.stream,
      progress.revision,
    ]);
  }

  private async handle(tx: EntityManager, event: PublishedEvent): Promise<undefined> {
    if (event.type !== WITHHELD_TYPE) await this.consumer.handle(event, tx);
    return undefined;
  }

  /** @returns why the event cannot be handled. @throws an error that is transient */
  private async tryHandle(tx: EntityManager, event: PublishedEvent): Promise<string | undefined> {
    await tx.query('SAVEPOINT event');
    try {
      await this.handle(tx, event);
      await tx.query('RELEASE SAVEPOINT event');
      return undefined;
    } catch (error) {
      if (isTransient(error)) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT event');
      return `${event.type} at revision ${event.revision}: ${String(error)}`;
    }
  }

  private async hold(tx: EntityManager, event: PublishedEvent) {
    await tx.query('INSERT INTO channels.inbox_held VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      this.consumer.name,
      event.stream,
      event.revision,
      JSON.stringify(event),
    ]);
  }

  /**
   * The advisory lock admits one transaction of the consumer at a time, because a member of a Kafka group may still believe
   * that it has partitions which another member has taken over.
   */
  private async lockProgress(
    tx: EntityManager,
    streams: readonly string[],
  ): Promise<ReadonlyMap<string, StreamProgress>> {
    const { name } = this.consumer;
    await tx.query('SELECT pg_advisory_xact_lock(7270006, hashtext($1))', [name]);
    const rows = await tx.query<StreamProgress[]>(
      'SELECT stream, revision::float8, parked FROM channels.inbox WHERE consumer = $1 AND stream = ANY($2)',
      [name, streams],
    );
    const known = new Map(rows.map((row) => [row.stream, row]));
    return new Map(streams.map((stream) => [stream, known.get(stream) ?? { stream, revision: -1, parked: null }]));
  }

  private async saveProgress(tx: EntityManager, progress: readonly StreamProgress[]) {
    await tx.query(
      `INSERT INTO channels.inbox AS i (consumer, stream, revision, parked, parked_at)
       SELECT $1, stream, revision, parked, CASE WHEN parked IS NOT NULL THEN now() END
       FROM unnest($2::text[], $3::bigint[], $4::text[]) AS p(stream, revision, parked)
       ON CONFLICT (consumer, stream) DO UPDATE SET revision = excluded.revision, parked = excluded.parked,
         parked_at = CASE WHEN excluded.parked IS NOT NULL THEN coalesce(i.parked_at, now()) END`,
      [
        this.consumer.name,
        progress.map(({ stream }) => stream),
        progress.map(({ revision }) => revision),
        progress.map(({ parked }) => parked),
      ],
    );
  }

  private async savePosition(tx: EntityManager, position: Position) {
    await tx.query(
      `INSERT INTO channels.consumer AS c VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET position = greatest(c.position, excluded.position)`,
      [this.consumer.name, position],
    );
  }
}

const isParked = ({ parked }: StreamProgress) => parked !== null;

const progressOf = (byStream: ReadonlyMap<string, StreamProgress>, stream: string): StreamProgress => {
  const progress = byStream.get(stream);
  if (!progress) throw new Error(`The progress of ${stream} was not read`);
  return progress;
};
