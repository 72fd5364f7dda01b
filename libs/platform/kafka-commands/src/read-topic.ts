import { randomUUID } from 'node:crypto';
import { type Kafka, type KafkaMessage } from 'kafkajs';
import { withAdmin } from './topics.js';

const SILENCE_TIMEOUT_MS = 10_000;

/**
 * Reads everything that is in a topic now. The records of each partition are in their order.
 * @throws Error when the broker delivers nothing for 10 s
 */
export const readTopic = async (kafka: Kafka, topic: string): Promise<readonly KafkaMessage[]> => {
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  /** Partition → offset after its last record, for the partitions that are not read to their end yet. */
  const unread = new Map(
    ends.filter(({ high, low }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]),
  );
  const found: KafkaMessage[] = [];
  if (unread.size === 0) return found;
  const groupId = `kontor-reader-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const { END_BATCH_PROCESS, CRASH } = consumer.events;
  const done = Promise.withResolvers<undefined>();
  const silence = setTimeout(() => done.reject(new Error(`${topic} cannot be read to its end`)), SILENCE_TIMEOUT_MS);
  // The event also comes for batches that only mark the end of a transaction, which eachBatch does not get.
  consumer.on(END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    silence.refresh();
    if (Number(lastOffset) >= (unread.get(partition) ?? Infinity) - 1) unread.delete(partition);
    if (unread.size === 0) done.resolve(undefined);
  });
  consumer.on(CRASH, ({ payload: { error, restart } }) => restart || done.reject(error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const eachBatch = ({ batch: { messages } }: { batch: { messages: KafkaMessage[] } }) => {
      found.push(...messages);
      return Promise.resolve();
    };
    await consumer.run({ autoCommit: false, eachBatch });
    await done.promise;
    return found;
  } finally {
    clearTimeout(silence);
    await consumer.disconnect();
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
};
