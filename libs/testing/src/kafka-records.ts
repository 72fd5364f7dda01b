import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

/** A record as it lies in Kafka. */
export interface KafkaRead {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** All that is in the topics now; the records of a partition in their order. */
export const readRecords = async (brokers: string, topics: readonly string[]): Promise<readonly KafkaRead[]> => {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  const ends = await endOffsets(brokers, topics);
  const left = new Map([...ends].filter(([, end]) => end > 0));
  const records: KafkaRead[] = [];
  if (left.size === 0) return records;
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
    // Also of batches that only mark the end of a transaction, which nobody gets to see.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
      const name = `${topic}/${partition}`;
      if (Number(lastOffset) >= (left.get(name) ?? Infinity) - 1) left.delete(name);
      if (left.size === 0) resolve();
    });
    const eachBatch = ({ batch: { topic, partition, messages } }: { batch: Batch }) => {
      for (const { key, value, headers, offset } of messages) {
        const at = { topic, partition, offset: Number(offset) };
        records.push({ ...at, key: String(key), value: String(value), headers: textOf(headers) });
      }
      return Promise.resolve();
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  await consumer.disconnect();
  return records;
};

/** Of a topic that is new, nobody is the leader for a moment. */
const patiently = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; tries < 10; tries++) {
    try {
      return await ask();
    } catch {
      await pause(200 * tries);
    }
  }
  return ask();
};

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers?: object;
    readonly offset: string;
  }[];
}

/** `<topic>/<partition>` → offset after its last record. */
export const endOffsets = (brokers: string, topics: readonly string[]): Promise<ReadonlyMap<string, number>> =>
  patiently(() => endsOf(new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }), topics));

const endsOf = async (kafka: Kafka, topics: readonly string[]) => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        ends.set(`${topic}/${partition}`, Number(high));
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
};

const textOf = (headers: object = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
