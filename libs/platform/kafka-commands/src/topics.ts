import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';

/** Topic of commands. The sender chooses the key; commands with the same key keep their order. */
export const COMMANDS_TOPIC = 'kontor.commands.v1';
/** Topic of answers. The key is the id of the command. */
export const RESULTS_TOPIC = 'kontor.command-results.v1';
/** Topic of records that are no commands, or that no code could carry out. The key is `<partition>:<offset>` of the record. */
export const PARKED_TOPIC = 'kontor.commands.parked.v1';
/** The consumer group in which all APIs share the partitions of the topic of commands. */
export const CONSUMER_GROUP = 'kontor-commands';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const configEntries = (entries: Readonly<Record<string, string | number>>) =>
  Object.entries(entries).map(([name, value]) => ({ name, value: String(value) }));

const TOPICS = [
  {
    topic: COMMANDS_TOPIC,
    numPartitions: 6,
    configEntries: configEntries({
      'retention.ms': 7 * DAY_MS,
      'max.message.bytes': 2 * MIB,
      // The broker unpacks batches of senders, so that a codec which kafkajs does not know cannot block a partition.
      'compression.type': 'uncompressed',
    }),
  },
  {
    topic: RESULTS_TOPIC,
    numPartitions: 6,
    configEntries: configEntries({ 'retention.ms': 7 * DAY_MS, 'max.message.bytes': 5 * MIB }),
  },
  {
    topic: PARKED_TOPIC,
    numPartitions: 1,
    configEntries: configEntries({
      'cleanup.policy': 'compact,delete',
      'retention.ms': 30 * DAY_MS,
      'max.message.bytes': 3 * MIB,
    }),
  },
];

export const kafkaClient = (brokers: readonly string[], clientId: string): Kafka =>
  new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.NOTHING, // failures are reported by the errors that are thrown
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  });

/** Connects an admin client for one piece of work. */
export const withAdmin = async <Result>(kafka: Kafka, work: (admin: Admin) => Promise<Result>): Promise<Result> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

const MAX_CHECKS = 50;
const CHECK_EVERY_MS = 100;

/** Creates the topics that are missing, and waits until every partition has a leader. */
export const createMissingTopics = (kafka: Kafka): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    const names = TOPICS.map(({ topic }) => topic);
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.filter(({ topic }) => !existing.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({ topics: missing, waitForLeaders: false });
    const haveLeaders = async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
    };
    for (let checks = 0; checks < MAX_CHECKS && !(await haveLeaders().catch(() => false)); checks++)
      await sleep(CHECK_EVERY_MS);
  });
