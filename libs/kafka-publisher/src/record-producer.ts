import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { RetryBudget } from '#event-store';
import { type KafkaRecord } from './kafka-record.js';
import { partitionOf } from './partition.js';

/** Topic → its number of partitions when it was first written to. */
export type Partitions = ReadonlyMap<string, number>;

/** With another number of partitions, a key would be in another partition than before. */
export class PartitionsChanged extends Error {
  override name = 'PartitionsChanged';

  constructor(topic: string, recorded: number, found: number) {
    super(
      `${topic} has ${found} partitions and was recorded with ${recorded}: keys would move and lose their order. ` +
        `Create it again with ${recorded}, or begin a new version of the topic`,
    );
  }
}

/** A topic that was written to no longer exists. */
export class TopicGone extends Error {
  override name = 'TopicGone';

  constructor(topic: string) {
    super(`${topic} is gone from Kafka. To publish it again: kontor relay replay --topic ${topic} --from 0`);
  }
}

/** A topic as the publisher expects it. */
export interface PublishedTopic {
  readonly name: string;
  /** Whether Kafka keeps only the newest record of each key. */
  readonly compacted: boolean;
  /** Undefined where the topic was never written to. */
  readonly partitions: number | undefined;
  /** Whether the topic was written to. If it does not exist then, its records are lost. */
  readonly begun: boolean;
}

const NEW_TOPIC = { partitions: 6, maxMessageBytes: 5_242_880 };
/** Limit of one request. Larger requests are not faster, and their answer takes longer. */
const MAX_REQUEST_BYTES = 900_000;
const TOPIC_CREATION_TIMEOUT_MS = 10_000;

/** Sends records in order: one request at a time, each acknowledged by all replicas before the next. */
export class RecordProducer {
  private readonly kafka: Kafka;
  private open: { readonly producer: Producer; readonly partitions: Partitions } | undefined;

  constructor(brokers: readonly string[], clientId: string) {
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      logLevel: logLevel.NOTHING, // failures are reported by the errors that are thrown
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
  }

  /**
   * Opens a new producer, creates topics that are missing, and checks those that exist against what is recorded.
   * @throws PartitionsChanged, TopicGone
   */
  async start(topics: readonly PublishedTopic[]): Promise<Partitions> {
    await this.close();
    const partitions = await this.prepareTopics(topics);
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 30_000, // a changed number of partitions is noticed within this time
      createPartitioner: () => (message) => checkedPartition(partitions, message),
    });
    await producer.connect();
    this.open = { producer, partitions };
    return partitions;
  }

  /** Resolves when all replicas have acknowledged all records. */
  async send(records: readonly KafkaRecord[]): Promise<void> {
    if (!this.open) throw new Error('start() comes before send()');
    for (const request of requestsOf(records)) {
      const byTopic = Object.entries(Object.groupBy(request, ({ topic }) => topic));
      const topicMessages = byTopic.map(([topic, ofTopic = []]) => ({
        topic,
        messages: ofTopic.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp })),
      }));
      await this.open.producer.sendBatch({ acks: -1, topicMessages });
    }
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    await open?.producer.disconnect().catch(() => undefined);
  }

  private async prepareTopics(topics: readonly PublishedTopic[]): Promise<Partitions> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await checkedTopics(admin, topics);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const checkedTopics = async (admin: Admin, topics: readonly PublishedTopic[]): Promise<Partitions> => {
  const existing = new Set(await admin.listTopics());
  for (const { name, begun } of topics) if (begun && !existing.has(name)) throw new TopicGone(name);
  const missing = topics.filter(({ name }) => !existing.has(name));
  if (missing.length > 0) await createTopics(admin, missing);
  const found = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  return new Map(
    found.topics.map(({ name, partitions: { length } }) => {
      const recorded = topics.find((topic) => topic.name === name)?.partitions ?? length;
      if (recorded !== length) throw new PartitionsChanged(name, recorded, length);
      return [name, length];
    }),
  );
};

/** Creates topics and waits until the broker knows them as well; at first only the controller does. */
const createTopics = async (admin: Admin, topics: readonly PublishedTopic[]) => {
  await admin.createTopics({ waitForLeaders: false, topics: topics.map(configOf) });
  const names = topics.map(({ name }) => name);
  const haveLeaders = async () => {
    const existing = new Set(await admin.listTopics());
    if (!names.every((name) => existing.has(name))) return false;
    const found = await admin.fetchTopicMetadata({ topics: names });
    return found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  };
  const budget = new RetryBudget(TOPIC_CREATION_TIMEOUT_MS);
  while (!(await haveLeaders().catch(() => false)) && (await budget.waitForNextTry()));
};

const configOf = ({ name, compacted, partitions = NEW_TOPIC.partitions }: PublishedTopic) => ({
  topic: name,
  numPartitions: partitions,
  configEntries: [
    { name: 'max.message.bytes', value: String(NEW_TOPIC.maxMessageBytes) },
    // Events are kept for ever, so that a new consumer can read the whole history, unless an operator configures otherwise.
    ...(compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [{ name: 'retention.ms', value: '-1' }]),
  ],
});

interface MessageToPlace {
  readonly topic: string;
  readonly message: { readonly key?: Buffer | string | null };
  readonly partitionMetadata: readonly unknown[];
}

/** The partition of a message. @throws PartitionsChanged when the broker has another number than was recorded */
export const checkedPartition = (
  partitions: Partitions,
  { topic, message, partitionMetadata: { length } }: MessageToPlace,
): number => {
  const recorded = partitions.get(topic) ?? 0;
  if (recorded !== length) throw new PartitionsChanged(topic, recorded, length);
  return partitionOf(String(message.key), recorded);
};

/** Splits records into requests of limited size, in their order. */
const requestsOf = (records: readonly KafkaRecord[]): readonly KafkaRecord[][] => {
  const requests: KafkaRecord[][] = [];
  let size = Infinity;
  for (const record of records) {
    const bytes = record.value.length * 2 + 700; // an estimate, headers included; brokers take five times the limit
    if (size + bytes > MAX_REQUEST_BYTES) {
      requests.push([]);
      size = 0;
    }
    size += bytes;
    requests.at(-1)?.push(record);
  }
  return requests;
};
