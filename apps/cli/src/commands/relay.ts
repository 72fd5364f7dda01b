import { type Configure } from '../commands.js';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { type EventStore, parsePosition } from '#event-store';
import { publisherStatus, replayTopic, topicLag } from '#kafka-publisher';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
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

export const relay: Configure = (command, program) => {
  const options = () => program.opts<GlobalOptions>();

  const status = command
    .command('status')
    .description('how far each topic is, and parked streams')
    .action(() =>
      withStores(options(), async (opened) => {
        const found = await statusOf(opened);
        print(options().json ?? false, found, () => linesOf(found));
      }),
    );

  addExamples(status, 'kontor relay status');

  const again = command
    .command('replay')
    .description('publish the events after a position in a topic again; the worker notices within 15 s')
    .requiredOption('--topic <name>', 'for example kontor.orders.v1')
    .requiredOption('--from <position>', 'a position from Kontor-Position, ce_position or the feed; 0 for all events')
    .action(({ topic, from }: { topic: string; from: string }) =>
      withStores(options(), async ({ db, store }) => {
        const position = await positionOf(from, store);
        await replayTopic(db, topic, position);
        print(options().json ?? false, { topic, from: position }, () => [
          `${topic} will be published again from ${from}`,
        ]);
      }),
    );
  addExamples(again, 'kontor relay replay --topic kontor.orders.v1 --from 0');
};

/** @throws Error where no event has this position */
const positionOf = async (text: string, store: EventStore) => {
  const position = parsePosition(text);
  if (position !== undefined && (await store.contains(position))) return position;
  throw new Error(
    `--from ${text}: no event has this position. Give 0, or a position from Kontor-Position or ce_position`,
  );
};

const statusOf = async ({ db, store }: Opened) => {
  const { topics, parked } = await publisherStatus(db);
  const withLag = topics.map(async (topic) => ({ ...topic, ...(await topicLag(store, topic)) }));
  return { topics: await Promise.all(withLag), parked };
};

const linesOf = ({ topics, parked }: Awaited<ReturnType<typeof statusOf>>) => {
  if (topics.length === 0) return ['Nothing has been published: the worker publishes when KAFKA_BROKERS is set'];
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
