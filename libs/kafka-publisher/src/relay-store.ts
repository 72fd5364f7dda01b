import { type Position, START } from '#event-store';
import { type DataSource } from 'typeorm';
import { type Partitions, type Topic } from './producer.js';

/** A stream whose event cannot be published: it waits from there on, and the others go on. */
export interface ParkedStream {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly error: string;
}

export interface Begun {
  readonly epoch: number;
  readonly topics: readonly (Topic & { readonly position: Position })[];
  readonly parked: readonly ParkedStream[];
}

/** What moves together. */
export interface Step {
  readonly epoch: number;
  /** Everything up to here is in Kafka, or parked. */
  readonly position: Position;
  readonly parked?: readonly ParkedStream[];
  readonly unparked?: readonly string[];
}

export class RelayTakenOver extends Error {
  override name = 'RelayTakenOver';
}

/** A relay that is at work says so at least every 15 s, when the log has nothing new. */
const SILENCE = '40 s';

/** What a relay remembers: how far each topic is, the partitions it began with, and the streams that wait. */
export class RelayStore {
  private started = false;

  constructor(
    private readonly db: DataSource,
    private readonly relay: string,
    private readonly owner: string,
  ) {}

  /**
   * Takes over at the start, from whoever was here before. Later only what is its own, or what nobody has touched.
   * @throws RelayTakenOver while another relay, which came later, is at work
   */
  begin(topics: readonly Pick<Topic, 'name' | 'compacted'>[]): Promise<Begun> {
    return this.db.transaction(async (tx) => {
      const [taken] = await tx.query<{ epoch: string }[]>(
        `INSERT INTO system.relay AS r (name, epoch, owner) VALUES ($1, 1, $2)
         ON CONFLICT (name) DO UPDATE SET epoch = r.epoch + 1, owner = $2, touched_at = now()
         WHERE r.owner = $2 OR $3 OR r.touched_at < now() - interval '${SILENCE}' RETURNING epoch`,
        [this.relay, this.owner, !this.started],
      );
      if (!taken) throw new RelayTakenOver(`Another ${this.relay} is at work`);
      await tx.query(
        'INSERT INTO system.relay_topic (topic, relay) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING',
        [this.relay, topics.map(({ name }) => name)],
      );
      const rows = await tx.query<{ topic: string; partitions: number | null; position: Position }[]>(
        'SELECT topic, partitions, position::float8 FROM system.relay_topic WHERE relay = $1',
        [this.relay],
      );
      const parked = await tx.query<ParkedStream[]>(
        'SELECT stream, revision::float8, position::float8, error FROM system.relay_parked WHERE relay = $1',
        [this.relay],
      );
      this.started = true;
      const known = new Map(rows.map((row) => [row.topic, row]));
      return {
        epoch: Number(taken.epoch),
        parked,
        topics: topics.map(({ name, compacted }) => {
          const { partitions, position } = known.get(name) ?? { partitions: null, position: START };
          return { name, compacted, position, partitions: partitions ?? undefined, begun: position > START };
        }),
      };
    });
  }

  async record(partitions: Partitions): Promise<void> {
    await this.db.query(
      `UPDATE system.relay_topic t SET partitions = found.partitions
       FROM unnest($1::text[], $2::int[]) AS found(topic, partitions)
       WHERE t.topic = found.topic AND t.partitions IS NULL`,
      [[...partitions.keys()], [...partitions.values()]],
    );
  }

  /** @throws RelayTakenOver */
  async save({ epoch, position, parked = [], unparked = [] }: Step): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<object[]>(
        `WITH held AS (UPDATE system.relay SET touched_at = now() WHERE name = $1 AND epoch = $2 RETURNING 1),
         moved AS (UPDATE system.relay_topic SET position = greatest(position, $3)
                   WHERE relay = $1 AND EXISTS (SELECT FROM held)) SELECT FROM held`,
        [this.relay, epoch, position],
      );
      if (rows.length === 0) throw new RelayTakenOver(`Another ${this.relay} has taken over`);
      for (const one of parked) {
        await tx.query(
          `INSERT INTO system.relay_parked (relay, stream, revision, position, error) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (relay, stream) DO UPDATE SET error = excluded.error, at = now()`,
          [this.relay, one.stream, one.revision, one.position, one.error],
        );
      }
      if (unparked.length > 0)
        await tx.query('DELETE FROM system.relay_parked WHERE relay = $1 AND stream = ANY($2)', [this.relay, unparked]);
    });
  }
}
