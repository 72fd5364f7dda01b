import { type Command } from 'commander';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { type EventStore, parsePosition } from '#event-store';
import { publisherStatus, replayTopic, topicLag } from '#kafka-publisher';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { openEventStore } from '../open-event-store.js';
import { print, table } from '../terminal.js';

interface Opened {
  readonly db: DataSource;
  readonly store: EventStore;
}

const withStores = <Result>(options: GlobalOptions, work: (opened: Opened) => Promise<Result>): Promise<Result> =>
  withKontor(options, async (connection) => {
    const { databaseUrl, eventStoreUrl } = needsRun(connection);
    const db = await openDatabase({ url: databaseUrl, role: 'owner', poolSize: 2 });
    const store = await openEventStore(eventStoreUrl);
    try {
      return await work({ db, store });
    } finally {
      await store.close();
      await db.destroy();
    }
  });

export const relayCommand = (program: Command): void => {
  const relay = program.command('relay').description('what is published in Kafka');
  const options = () => program.opts<GlobalOptions>();

  relay
    .command('status')
    .description('how far each topic is, and the streams that wait for a repair')
    .action(() =>
      withStores(options(), async (opened) => {
        const status = await statusOf(opened);
        print(options().json ?? false, status, () => linesOf(status));
      }),
    );

  relay
    .command('replay')
    .description('publish in a topic again what comes after a position; a relay that is idle notices within 15 s')
    .requiredOption('--topic <name>', 'for example kontor.orders.v1')
    .requiredOption('--from <position>', 'what Kontor-Position, ce_position or a feed said; 0 for everything')
    .action(({ topic, from }: { topic: string; from: string }) =>
      withStores(options(), async ({ db, store }) => {
        const position = await positionOf(from, store);
        await replayTopic(db, topic, position);
        print(options().json ?? false, { topic, from: position }, () => [`${topic} is published again from ${from}`]);
      }),
    );
};

/** @throws Error for what no event's position is */
const positionOf = async (text: string, store: EventStore) => {
  const position = parsePosition(text);
  if (position !== undefined && (await store.contains(position))) return position;
  throw new Error(
    `--from ${text}: no event stands there. Give 0 or a position that Kontor gave out: Kontor-Position, ce_position`,
  );
};

const statusOf = async ({ db, store }: Opened) => {
  const { topics, parked } = await publisherStatus(db);
  const withLag = topics.map(async (topic) => ({ ...topic, ...(await topicLag(store, topic)) }));
  return { topics: await Promise.all(withLag), parked };
};

const linesOf = ({ topics, parked }: Awaited<ReturnType<typeof statusOf>>) => {
  if (topics.length === 0) return ['Nothing was ever published: a worker does it where KAFKA_BROKERS is set'];
  return [
    ...table(
      ['topic', 'partitions', 'position', 'events behind', 'seconds behind'],
      topics.map(({ topic, partitions, position, events, seconds }) =>
        [topic, partitions ?? '', position, events, Math.round(seconds)].map(String),
      ),
    ),
    ...parked.map(({ stream, revision, error }) => `parked: ${stream} from revision ${revision}: ${error}`),
  ];
};
