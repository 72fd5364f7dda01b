import { type Admin, Kafka, logLevel } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';

/** Commands in: the key is for the sender to choose; what has the same key keeps its order. */
export const COMMANDS_TOPIC = 'kontor.commands.v1';
/** Answers out: the key is the id of the command. */
export const RESULTS_TOPIC = 'kontor.command-results.v1';
/** Records that are no commands, or that no code could carry out, each with the reason; the key is where it lay. */
export const PARKED_TOPIC = 'kontor.commands.parked.v1';
/** The consumer group in which every API takes its share of the partitions. */
export const GROUP = 'kontor-commands';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const config = (entries: Readonly<Record<string, string | number>>) =>
  Object.entries(entries).map(([name, value]) => ({ name, value: String(value) }));

const TOPICS = [
  {
    topic: COMMANDS_TOPIC,
    numPartitions: 6,
    configEntries: config({
      'retention.ms': 7 * DAY_MS,
      'max.message.bytes': 2 * MIB,
      // The broker unpacks what senders have packed, with whatever codec: there is none that could block a partition.
      'compression.type': 'uncompressed',
    }),
  },
  {
    topic: RESULTS_TOPIC,
    numPartitions: 6,
    configEntries: config({ 'retention.ms': 7 * DAY_MS, 'max.message.bytes': 5 * MIB }),
  },
  {
    topic: PARKED_TOPIC,
    numPartitions: 1,
    configEntries: config({
      'cleanup.policy': 'compact,delete',
      'retention.ms': 30 * DAY_MS,
      'max.message.bytes': 3 * MIB,
    }),
  },
];

export const kafkaOf = (brokers: readonly string[], clientId: string): Kafka =>
  new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.NOTHING, // what matters comes back as an error
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  });

export const withAdmin = async <Result>(kafka: Kafka, work: (admin: Admin) => Promise<Result>): Promise<Result> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

const TRIES = 50;

/** Makes those that are missing, and waits until somebody leads them. */
export const ensureTopics = (kafka: Kafka): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    const names = TOPICS.map(({ topic }) => topic);
    const there = new Set(await admin.listTopics());
    const missing = TOPICS.filter(({ topic }) => !there.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({ topics: missing, waitForLeaders: false });
    const led = async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
    };
    for (let tries = 0; tries < TRIES && !(await led().catch(() => false)); tries++) await pause(100);
  });
