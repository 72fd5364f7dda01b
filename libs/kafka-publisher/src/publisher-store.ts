import { type DataSource } from 'typeorm';
import { type Position, START } from '#event-store';
import { type Partitions, type PublishedTopic } from './record-producer.js';

/** A stream with an event that cannot be published. Its later events are not published either. */
export interface ParkedStream {
  readonly stream: string;
  /** Of the event that cannot be published. */
  readonly revision: number;
  readonly position: Position;
  readonly error: string;
}

/** What a publisher finds when it starts. */
export interface PublisherStart {
  readonly epoch: number;
  /** Each topic contains every event up to its position, except those of parked streams. */
  readonly topics: readonly (PublishedTopic & { readonly position: Position })[];
  readonly parked: readonly ParkedStream[];
}

/** Changes that are saved together. */
export interface ProgressUpdate {
  readonly epoch: number;
  /** Every event up to here is in Kafka, or its stream is parked. */
  readonly position: Position;
  readonly parked?: readonly ParkedStream[];
  /** Streams that are no longer parked. */
  readonly unparked?: readonly string[];
}

/** Another publisher of the same name has started since, or an operator has asked for a replay. */
export class PublisherTakenOver extends Error {
  override name = 'PublisherTakenOver';
}

/** A publisher saves its progress every 15 s at least, also while the log has nothing new. */
const TAKE_OVER_AFTER = '40 s';

/**
 * The progress of one publisher: the position and the number of partitions of each topic, and the parked streams. The
 * tables call a publisher a relay.
 */
export class PublisherStore {
  private hasStarted = false;

  constructor(
    private readonly db: DataSource,
    private readonly publisher: string,
    private readonly owner: string,
  ) {}

  /**
   * Begins a new epoch. The first time, it takes over from any other publisher; later only if it is the owner, or if no
   * publisher has saved for 40 s.
   * @throws PublisherTakenOver while another publisher, which has started later, is working
   */
  begin(topics: readonly Pick<PublishedTopic, 'name' | 'compacted'>[]): Promise<PublisherStart> {
    return this.db.transaction(async (tx) => {
      const [taken] = await tx.query<{ epoch: string }[]>(
        `INSERT INTO system.relay AS r (name, epoch, owner) VALUES ($1, 1, $2)
         ON CONFLICT (name) DO UPDATE SET epoch = r.epoch + 1, owner = $2, touched_at = now()
         WHERE r.owner = $2 OR $3 OR r.touched_at < now() - interval '${TAKE_OVER_AFTER}' RETURNING epoch`,
        [this.publisher, this.owner, !this.hasStarted],
      );
      if (!taken) throw new PublisherTakenOver(`Another ${this.publisher} is working`);
      await tx.query(
        'INSERT INTO system.relay_topic (topic, relay) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING',
        [this.publisher, topics.map(({ name }) => name)],
      );
      const rows = await tx.query<{ topic: string; partitions: number | null; position: Position }[]>(
        'SELECT topic, partitions, position::float8 FROM system.relay_topic WHERE relay = $1',
        [this.publisher],
      );
      const parked = await tx.query<ParkedStream[]>(
        'SELECT stream, revision::float8, position::float8, error FROM system.relay_parked WHERE relay = $1',
        [this.publisher],
      );
      this.hasStarted = true;
      const byTopic = new Map(rows.map((row) => [row.topic, row]));
      return {
        epoch: Number(taken.epoch),
        parked,
        topics: topics.map(({ name, compacted }) => {
          const { partitions, position } = byTopic.get(name) ?? { partitions: null, position: START };
          return { name, compacted, position, partitions: partitions ?? undefined, begun: position > START };
        }),
      };
    });
  }

  /** Records the number of partitions of topics that have none recorded. */
  async recordPartitions(partitions: Partitions): Promise<void> {
    await this.db.query(
      `UPDATE system.relay_topic t SET partitions = found.partitions
       FROM unnest($1::text[], $2::int[]) AS found(topic, partitions)
       WHERE t.topic = found.topic AND t.partitions IS NULL`,
      [[...partitions.keys()], [...partitions.values()]],
    );
  }

  /** @throws PublisherTakenOver */
  async save({ epoch, position, parked = [], unparked = [] }: ProgressUpdate): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<object[]>(
        `WITH held AS (UPDATE system.relay SET touched_at = now() WHERE name = $1 AND epoch = $2 RETURNING 1),
         moved AS (UPDATE system.relay_topic SET position = greatest(position, $3)
                   WHERE relay = $1 AND EXISTS (SELECT FROM held)) SELECT FROM held`,
        [this.publisher, epoch, position],
      );
      if (rows.length === 0) throw new PublisherTakenOver(`Another ${this.publisher} has taken over`);
      for (const one of parked) {
        await tx.query(
          `INSERT INTO system.relay_parked (relay, stream, revision, position, error) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (relay, stream) DO UPDATE SET error = excluded.error, at = now()`,
          [this.publisher, one.stream, one.revision, one.position, one.error],
        );
      }
      if (unparked.length === 0) return;
      await tx.query('DELETE FROM system.relay_parked WHERE relay = $1 AND stream = ANY($2)', [
        this.publisher,
        unparked,
      ]);
    });
  }
}
