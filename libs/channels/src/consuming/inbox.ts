import { type Position, START } from '#event-store';
import { type DataSource, type EntityManager } from 'typeorm';
import { toStorableText } from '#event-store';
import { type PublishedConsumer } from './published-consumer.js';
import { type PublishedEvent, type Unreadable, WITHHELD_TYPE } from './published-event.js';
import { isTransient } from './try-again.js';

interface Place {
  readonly stream: string;
  revision: number;
  /** Why the stream stands still. */
  parked: string | null;
}

/**
 * Lets each event have its effect once, in the order of its stream: a row per stream keeps the last revision, in the
 * transaction of the effect. A revision that was had before is passed over. One that comes too early (a gap), or an
 * event that cannot be digested, parks its stream: its events are held until the gap is filled or somebody retries.
 */
export class Inbox {
  constructor(
    private readonly db: DataSource,
    private readonly consumer: Pick<PublishedConsumer, 'name' | 'handle'>,
  ) {}

  /** @param position everything up to here is kept with it, where the log is read. @throws when PostgreSQL is away */
  async take(events: readonly (PublishedEvent | Unreadable)[], position?: Position): Promise<void> {
    const work = (isolated: boolean) =>
      this.db.transaction(async (tx) => {
        await this.apply(tx, events, isolated);
        if (position !== undefined) await this.advance(tx, position);
      });
    try {
      await work(false);
    } catch (error) {
      if (isTransient(error)) throw error;
      await work(true); // one after the other: who is it?
    }
  }

  /** Where to read the log on. */
  async position(): Promise<Position> {
    const [row] = await this.db.query<{ position: Position }[]>(
      'SELECT position::float8 FROM channels.consumer WHERE name = $1',
      [this.consumer.name],
    );
    return row?.position ?? START;
  }

  /**
   * Tries a parked stream again.
   * @param events of the stream, from wherever they can be had, for what is missing
   * @param unreadable why there are no more of them
   * @returns whether it goes on now
   */
  retry(stream: string, events: readonly PublishedEvent[] = [], unreadable?: string): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const places = await this.open(tx, [stream]);
      const place = places.get(stream);
      if (!place || place.parked === null) return true;
      for (const event of events) if (event.revision > place.revision) await this.hold(tx, event);
      await this.drain(tx, place);
      if (unreadable !== undefined) place.parked = `${UNREADABLE}: ${toStorableText(unreadable)}`;
      await this.save(tx, [place]);
      return isOpen(place);
    });
  }

  private async apply(tx: EntityManager, events: readonly (PublishedEvent | Unreadable)[], isolated: boolean) {
    if (events.length === 0) return;
    const places = await this.open(tx, [...new Set(events.map(({ stream }) => stream))]);
    for (const event of events) {
      const place = places.get(event.stream);
      if (!place || event.revision <= place.revision) continue;
      if ('unreadable' in event) place.parked ??= `${UNREADABLE}: ${toStorableText(event.unreadable)}`;
      else await this.meet(tx, event, { place, isolated });
    }
    await this.save(tx, [...places.values()]);
  }

  private async meet(tx: EntityManager, event: PublishedEvent, how: { place: Place; isolated: boolean }) {
    const { place } = how;
    const isNext = event.revision === place.revision + 1;
    const isStopped = place.parked?.startsWith(POISON) || place.parked?.startsWith(UNREADABLE);
    if (isNext && !isStopped) return this.digest(tx, event, how);
    place.parked ??= gap(place.revision + 1, event.revision);
    await this.hold(tx, event);
  }

  /** What comes next in its stream, and, where it was missing, what was waiting for it. */
  private async digest(tx: EntityManager, event: PublishedEvent, how: { place: Place; isolated: boolean }) {
    const { place, isolated } = how;
    const error = await (isolated ? this.attempt(tx, event) : this.handle(tx, event));
    if (error !== undefined) {
      place.parked = `${POISON}: ${error}`;
      await this.hold(tx, event);
    } else {
      place.revision = event.revision;
      if (place.parked !== null) await this.drain(tx, place);
    }
  }

  /** What a parked stream has held, as far as it can be digested. */
  private async drain(tx: EntityManager, place: Place) {
    const { name } = this.consumer;
    place.parked = null;
    const held = await tx.query<{ event: PublishedEvent }[]>(
      'SELECT event FROM channels.inbox_held WHERE consumer = $1 AND stream = $2 AND revision > $3 ORDER BY revision',
      [name, place.stream, place.revision],
    );
    for (const { event } of held) {
      const next = place.revision + 1;
      const error = event.revision === next ? await this.attempt(tx, event) : undefined;
      if (event.revision !== next) place.parked = gap(next, event.revision);
      else if (error !== undefined) place.parked = `${POISON}: ${error}`;
      else place.revision = next;
      if (place.parked !== null) break;
    }
    await tx.query('DELETE FROM channels.inbox_held WHERE consumer = $1 AND stream = $2 AND revision <= $3', [
      name,
      place.stream,
      place.revision,
    ]);
  }

  private async handle(tx: EntityManager, event: PublishedEvent): Promise<string | undefined> {
    if (event.type !== WITHHELD_TYPE) await this.consumer.handle(event, tx);
    return undefined;
  }

  /** @returns why the event cannot be digested. @throws what says nothing of the event */
  private async attempt(tx: EntityManager, event: PublishedEvent): Promise<string | undefined> {
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

  /** One transaction of a consumer at a time: also of one that believes that it still has its partitions. */
  private async open(tx: EntityManager, streams: readonly string[]): Promise<ReadonlyMap<string, Place>> {
    const { name } = this.consumer;
    await tx.query('SELECT pg_advisory_xact_lock(7270006, hashtext($1))', [name]);
    const rows = await tx.query<Place[]>(
      'SELECT stream, revision::float8, parked FROM channels.inbox WHERE consumer = $1 AND stream = ANY($2)',
      [name, streams],
    );
    const known = new Map(rows.map((row) => [row.stream, row]));
    return new Map(streams.map((stream) => [stream, known.get(stream) ?? { stream, revision: -1, parked: null }]));
  }

  private async save(tx: EntityManager, places: readonly Place[]) {
    await tx.query(
      `INSERT INTO channels.inbox AS i (consumer, stream, revision, parked, parked_at)
       SELECT $1, stream, revision, parked, CASE WHEN parked IS NOT NULL THEN now() END
       FROM unnest($2::text[], $3::bigint[], $4::text[]) AS p(stream, revision, parked)
       ON CONFLICT (consumer, stream) DO UPDATE SET revision = excluded.revision, parked = excluded.parked,
         parked_at = CASE WHEN excluded.parked IS NOT NULL THEN coalesce(i.parked_at, now()) END`,
      [
        this.consumer.name,
        places.map(({ stream }) => stream),
        places.map(({ revision }) => revision),
        places.map(({ parked }) => parked),
      ],
    );
  }

  private async advance(tx: EntityManager, position: Position) {
    await tx.query(
      `INSERT INTO channels.consumer AS c VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET position = greatest(c.position, excluded.position)`,
      [this.consumer.name, position],
    );
  }
}

const POISON = 'poison';
const UNREADABLE = 'unreadable';

const isOpen = ({ parked }: Place) => parked === null;

const gap = (missing: number, came: number) => `gap: revision ${came} came before ${missing}`;
