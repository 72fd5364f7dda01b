import { type DataSource } from 'typeorm';
import { type EventStore, type Lag, measureLag, type Position } from '#event-store';
import { publishedTopics } from '#registry';
import { AVAILABILITY_TOPIC, availabilityCategories } from './contract/topics.js';
import { type ParkedStream } from './relay-store.js';

export interface TopicStatus {
  readonly topic: string;
  readonly partitions: number | null;
  /** Everything up to here is in the topic. */
  readonly position: Position;
}

export interface RelayStatus {
  readonly topics: readonly TopicStatus[];
  readonly parked: readonly ParkedSince[];
}

/** With the time since when it waits, or was last tried in vain. */
export interface ParkedSince extends ParkedStream {
  readonly at: Date;
}

export const relayStatus = async (db: DataSource): Promise<RelayStatus> => ({
  topics: await db.query('SELECT topic, partitions, position::float8 FROM system.relay_topic ORDER BY topic'),
  parked: await db.query(
    'SELECT stream, revision::float8, position::float8, error, at FROM system.relay_parked ORDER BY at',
  ),
});

export const countParkedByRelays = async (db: DataSource): Promise<number> => {
  const [row] = await db.query<{ count: number }[]>('SELECT count(*)::int FROM system.relay_parked');
  return row?.count ?? 0;
};

/** What a topic does not have yet. */
export const topicLag = (store: EventStore, { topic, position }: TopicStatus): Promise<Lag> =>
  measureLag(store, position, topic === AVAILABILITY_TOPIC ? availabilityCategories : (publishedTopics[topic] ?? []));

/** Has whoever publishes try all parked streams again: at once, or within 15 s while it is idle. */
export const retryParkedRelay = async (db: DataSource): Promise<void> => {
  await db.query('UPDATE system.relay SET epoch = epoch + 1');
};

/**
 * Has everything after a position published in a topic once more: consumers know repeats by their stream and revision.
 * A relay that is at work starts over from there at once. @throws Error for a topic that is never written to
 */
export const replay = async (db: DataSource, topic: string, from: Position): Promise<void> => {
  const rows = await db.query<object[]>(
    `WITH topic AS (UPDATE system.relay_topic SET position = least(position, $2) WHERE topic = $1 RETURNING relay),
     relay AS (UPDATE system.relay r SET epoch = epoch + 1 FROM topic WHERE r.name = topic.relay RETURNING 1)
     SELECT FROM relay`,
    [topic, from],
  );
  const known = [...Object.keys(publishedTopics), AVAILABILITY_TOPIC].join(', ');
  if (rows.length === 0) throw new Error(`Nothing was ever published in ${topic}; there are ${known}`);
};
