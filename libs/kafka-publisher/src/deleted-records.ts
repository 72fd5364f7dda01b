import { type Admin } from 'kafkajs';
import { type DataSource } from 'typeorm';

/** Records of one partition that Kafka deleted before a consumer had read them. */
export interface DeletedRecords {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  /** Offsets of the first and the last of them. */
  readonly first: number;
  readonly last: number;
}

/**
 * Compares the offsets of a group with the oldest records that are left. Call it before the group reads: for a deleted offset
 * Kafka's client continues at the oldest record, and nothing shows it afterwards.
 */
export const findDeletedRecords = async (
  admin: Admin,
  {
    consumer,
    groupId,
    topics,
  }: { readonly consumer: string; readonly groupId: string; readonly topics: readonly string[] },
): Promise<readonly DeletedRecords[]> => {
  const existing = new Set(await admin.listTopics());
  const committed = await committedOffsets(
    admin,
    groupId,
    topics.filter((topic) => existing.has(topic)),
  );
  const found = [...committed].map(async ([topic, next]) => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.flatMap(({ partition, low }) => {
      const [first, last] = [next.get(partition) ?? 0, Number(low) - 1];
      return first <= last ? [{ consumer, topic, partition, first, last }] : [];
    });
  });
  return (await Promise.all(found)).flat();
};

/** Topic → partition → offset of the record that the group reads next. */
export const committedOffsets = async (admin: Admin, groupId: string, topics: readonly string[]) => {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return new Map(
    committed.map(({ topic, partitions }) => [
      topic,
      new Map(partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))])),
    ]),
  );
};

/** Stores them, so that they are reported until the topic is published again. */
export const reportDeletedRecords = async (db: DataSource, deleted: readonly DeletedRecords[]): Promise<void> => {
  for (const { consumer, topic, partition, first, last } of deleted) {
    await db.query(
      `INSERT INTO system.deleted_records (consumer, topic, partition, first, last) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (consumer, topic, partition, first) DO UPDATE SET last = greatest(deleted_records.last, excluded.last)`,
      [consumer, topic, partition, first, last],
    );
  }
};

/** The reported records, each partition as a sentence with the remedy. */
export const deletedRecordsTroubles = async (
  db: DataSource,
  consumers: readonly string[],
): Promise<readonly string[]> => {
  const found = await db.query<DeletedRecords[]>(
    `SELECT consumer, topic, partition, first::float8, last::float8 FROM system.deleted_records
     WHERE consumer = ANY($1) ORDER BY consumer, topic, partition, first`,
    [consumers],
  );
  return found.map(
    ({ consumer, topic, partition, first, last }) =>
      `${consumer}: Kafka deleted the records ${first} to ${last} of ${topic}, partition ${partition}, before they were read. ` +
      `Publish the topic again: kontor relay replay --topic ${topic} --from 0`,
  );
};
