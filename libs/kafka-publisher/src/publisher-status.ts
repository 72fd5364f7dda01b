import { type DataSource } from 'typeorm';
import { type EventStore, type Lag, measureLag, type Position } from '#event-store';
import { publishedTopics } from '#registry';
import { AVAILABILITY_TOPIC, availabilityCategories } from './contract/topics.js';
import { type ParkedStream } from './publisher-store.js';

export interface TopicStatus {
  readonly topic: string;
  /** Null before the topic is first written to. */
  readonly partitions: number | null;
  /** The topic contains every event up to here, except those of parked streams. */
  readonly position: Position;
}

export interface PublisherStatus {
  readonly topics: readonly TopicStatus[];
  readonly parked: readonly ParkedSince[];
}

export interface ParkedSince extends ParkedStream {
  /** When the stream was parked, or last retried without success. */
  readonly at: Date;
}

export const publisherStatus = async (db: DataSource): Promise<PublisherStatus> => ({
  topics: await db.query('SELECT topic, partitions, position::float8 FROM system.relay_topic ORDER BY topic'),
  parked: await db.query(
    'SELECT stream, revision::float8, position::float8, error, at FROM system.relay_parked ORDER BY at',
  ),
});

/** The number of parked streams of all publishers. */
export const countParkedPublications = async (db: DataSource): Promise<number> => {
  const [row] = await db.query<{ count: number }[]>('SELECT count(*)::int FROM system.relay_parked');
  return row?.count ?? 0;
};

/** The events that a topic does not contain yet. */
export const topicLag = (store: EventStore, { topic, position }: TopicStatus): Promise<Lag> =>
  measureLag(store, position, topic === AVAILABILITY_TOPIC ? availabilityCategories : (publishedTopics[topic] ?? []));

/** Makes publishers retry all parked streams: at once, or within 15 s while the log has nothing new. */
export const retryParkedPublications = async (db: DataSource): Promise<void> => {
  await db.query('UPDATE system.relay SET epoch = epoch + 1');
};

/**
 * Publishes everything after a position in a topic again. Consumers recognize repeats by stream and revision. A publisher
 * that is working starts over from there at once. From the start, it also ends the reports about records that Kafka had deleted.
 * @throws Error for a topic that was never written to
 */
export const replayTopic = async (db: DataSource, topic: string, from: Position): Promise<void> => {
  const rows = await db.query<object[]>(
    `WITH topic AS (UPDATE system.relay_topic SET position = least(position, $2) WHERE topic = $1 RETURNING relay),
     relay AS (UPDATE system.relay r SET epoch = epoch + 1 FROM topic WHERE r.name = topic.relay RETURNING 1),
     resolved AS (DELETE FROM system.deleted_records d USING topic WHERE d.topic = $1 AND $2 = 0)
     SELECT FROM relay`,
    [topic, from],
  );
  const known = [...Object.keys(publishedTopics), AVAILABILITY_TOPIC].join(', ');
  if (rows.length === 0) throw new Error(`Nothing was ever published in ${topic}; the topics are ${known}`);
};
