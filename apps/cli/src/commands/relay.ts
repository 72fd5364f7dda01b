import { type Command } from 'commander';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { type EventStore } from '#event-store';
import { oldestUnsent, relayStatus, replay } from '#relay';
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
    .requiredOption('--from <position>', '0 for everything')
    .action(({ topic, from }: { topic: string; from: string }) =>
      withStores(options(), async ({ db }) => {
        if (!/^\d{1,15}$/.test(from)) throw new Error(`--from ${from} is not a position`);
        await replay(db, topic, Number(from));
        print(options().json ?? false, { topic, from: Number(from) }, () => [
          `${topic} is published again from ${from}`,
        ]);
      }),
    );
};

const statusOf = async ({ db, store }: Opened) => {
  const [head, { topics, parked }] = await Promise.all([store.head(), relayStatus(db)]);
  const withAge = topics.map(async (topic) => {
    const since = await oldestUnsent(store, topic);
    return {
      ...topic,
      lag: Math.max(0, head - topic.position),
      oldestUnsent: since === undefined ? null : new Date(since).toISOString(),
    };
  });
  return { head, topics: await Promise.all(withAge), parked };
};

const linesOf = ({ head, topics, parked }: Awaited<ReturnType<typeof statusOf>>) => {
  if (topics.length === 0) return ['Nothing was ever published: a worker does it where KAFKA_BROKERS is set'];
  return [
    ...table(
      ['topic', 'partitions', 'position', 'behind', 'oldest unsent'],
      [
        ['(log)', '', String(head), '', ''],
        ...topics.map(({ topic, partitions, position, lag, oldestUnsent }) =>
          [topic, partitions ?? '', position, lag, oldestUnsent ?? ''].map(String),
        ),
      ],
    ),
    ...parked.map(({ stream, revision, error }) => `parked: ${stream} from revision ${revision}: ${error}`),
  ];
};
