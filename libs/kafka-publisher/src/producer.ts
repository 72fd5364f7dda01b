import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { RetryBudget } from '#event-store';
import { partitionOf } from './partition.js';
import { type KafkaRecord } from './record.js';

/** How many partitions a topic had when it was first written to. */
export type Partitions = ReadonlyMap<string, number>;

/** A key would be found in another partition than before. */
export class PartitionsChanged extends Error {
  override name = 'PartitionsChanged';

  constructor(topic: string, recorded: number, found: number) {
    super(
      `${topic} has ${found} partitions and was recorded with ${recorded}: keys would move and lose their order. ` +
        `Make it anew with ${recorded}, or begin a new version of the topic`,
    );
  }
}

export class TopicGone extends Error {
  override name = 'TopicGone';

  constructor(topic: string) {
    super(`${topic} is gone from Kafka. To publish it anew: kontor relay replay --topic ${topic} --from 0`);
  }
}

const NEW_TOPIC = { partitions: 6, maxMessageBytes: 5_242_880 };
/** Of one request. Larger ones gain nothing, and wait longer for their answer. */
const REQUEST_BYTES = 900_000;

export interface Topic {
  readonly name: string;
  /** Only the newest record of a key is kept. */
  readonly compacted: boolean;
  /** Undefined: never written to yet. */
  readonly partitions: number | undefined;
  /** It was written to; if it is not there, what it held is lost. */
  readonly begun: boolean;
}

/** Sends records in order, one request after the other; each is acknowledged by all replicas before the next. */
export class RelayProducer {
  private readonly kafka: Kafka;
  private open: { readonly producer: Producer; readonly partitions: Partitions } | undefined;

  constructor(brokers: readonly string[], clientId: string) {
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      logLevel: logLevel.NOTHING, // what matters comes back as an error
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
  }

  /**
   * A new producer on topics that are as they were recorded; makes those that are new.
   * @throws PartitionsChanged, TopicGone
   */
  async start(topics: readonly Topic[]): Promise<Partitions> {
    await this.close();
    const partitions = await this.check(topics);
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 30_000, // a changed count is noticed within this
      createPartitioner: () => (message) => choose(partitions, message),
    });
    await producer.connect();
    this.open = { producer, partitions };
    return partitions;
  }

  async send(records: readonly KafkaRecord[]): Promise<void> {
    if (!this.open) throw new Error('start() comes before send()');
    for (const request of requestsOf(records)) {
      const topicMessages = Object.entries(Object.groupBy(request, ({ topic }) => topic)).map(
        ([topic, messages = []]) => ({
          topic,
          messages: messages.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp })),
        }),
      );
      await this.open.producer.sendBatch({ acks: -1, topicMessages });
    }
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    await open?.producer.disconnect().catch(() => undefined);
  }

  private async check(topics: readonly Topic[]): Promise<Partitions> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await checkTopics(admin, topics);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const checkTopics = async (admin: Admin, topics: readonly Topic[]): Promise<Partitions> => {
  const there = new Set(await admin.listTopics());
  for (const { name, begun } of topics) if (begun && !there.has(name)) throw new TopicGone(name);
  const missing = topics.filter(({ name }) => !there.has(name));
  if (missing.length > 0) await create(admin, missing);
  const found = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  return new Map(
    found.topics.map(({ name, partitions: { length } }) => {
      const recorded = topics.find((topic) => topic.name === name)?.partitions ?? length;
      if (recorded !== length) throw new PartitionsChanged(name, recorded, length);
      return [name, length];
    }),
  );
};

/** Waits until the broker knows them too: only its controller answers the wish for a topic. */
const create = async (admin: Admin, topics: readonly Topic[]) => {
  await admin.createTopics({ waitForLeaders: false, topics: topics.map(configOf) });
  const patience = new RetryBudget(10_000);
  const names = topics.map(({ name }) => name);
  const led = async () => {
    const there = new Set(await admin.listTopics());
    if (!names.every((name) => there.has(name))) return false;
    const found = await admin.fetchTopicMetadata({ topics: names });
    return found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  };
  while (!(await led().catch(() => false)) && (await patience.waitForNextTry()));
};

const configOf = ({ name, compacted, partitions = NEW_TOPIC.partitions }: Topic) => ({
  topic: name,
  numPartitions: partitions,
  configEntries: [
    { name: 'max.message.bytes', value: String(NEW_TOPIC.maxMessageBytes) },
    // The log is the record: a copy of all of it stays readable from the beginning, unless the operator says otherwise.
    ...(compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [{ name: 'retention.ms', value: '-1' }]),
  ],
});

interface ToPlace {
  readonly topic: string;
  readonly message: { readonly key?: Buffer | string | null };
  readonly partitionMetadata: readonly unknown[];
}

/** @throws PartitionsChanged */
export const choose = (partitions: Partitions, { topic, message, partitionMetadata: { length } }: ToPlace): number => {
  const recorded = partitions.get(topic) ?? 0;
  if (recorded !== length) throw new PartitionsChanged(topic, recorded, length);
  return partitionOf(String(message.key), recorded);
};

const requestsOf = (records: readonly KafkaRecord[]): readonly KafkaRecord[][] => {
  const requests: KafkaRecord[][] = [];
  let size = Infinity;
  for (const record of records) {
    const bytes = record.value.length * 2 + 700; // at most, with its headers
    if (size + bytes > REQUEST_BYTES) {
      requests.push([]);
      size = 0;
    }
    size += bytes;
    requests.at(-1)?.push(record);
  }
  return requests;
};
