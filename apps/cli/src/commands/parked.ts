import { setTimeout as pause } from 'node:timers/promises';
import { type Configure } from '../commands.js';
import { type DataSource } from 'typeorm';
import { readModels, streamTypes } from '#registry';
import { parkedInboxStreams } from '#channels';
import { openDatabase } from '#database';
import { findIncompleteStreams, type EventStore } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { EVERY_PROCESS, processStatus, retryParkedProcesses } from '#process-manager';
import { parkedStreams, Registry, retryParked } from '#projections';
import { publisherStatus, retryParkedPublications } from '#kafka-publisher';
import { KontorClient } from '../client.js';
import { type Connection, type GlobalOptions, needsRun, readAdminKey, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { print, table } from '../terminal.js';

/** A stream that a consumer cannot read, or a failed instance of a process. */
interface Parked {
  /** A directory is an in-memory view of locations, channels, sourcing policies or kits. */
  readonly by: 'read model' | 'process' | 'relay' | 'channel adapter' | 'directory';
  readonly consumer: string;
  readonly stream: string;
  readonly reason: string;
  /** Since when it is parked, or when it was last retried without success; directories do not record it. */
  readonly since?: Date;
}

interface Opened {
  readonly db: DataSource;
  readonly store: EventStore;
  readonly registry: Registry;
  readonly api: KontorClient;
  /** The host of the channel adapters, where there is one. */
  readonly channels: KontorClient | undefined;
}

/** Consumers without new events look for retries every 15 s. */
const RETRIED_WITHIN_MS = 30_000;

const DIRECTORIES_READ_AT_START =
  'Directories are kept in memory, and read their streams again when a process starts: restart the API, the worker and the channel adapters.';

export const parked: Configure = (command, program) => {
  const options = () => program.opts<GlobalOptions>();

  const list = command
    .command('list')
    .description('parked streams by consumer, and streams that somebody has truncated or deleted in the event store')
    .action(() =>
      withStores(options(), async (opened) => {
        const found = { parked: await listParked(opened), cut: await listCut(opened) };
        print(options().json ?? false, found, () => linesOf(found));
      }),
    );

  addExamples(list, 'kontor parked list');

  const again = command
    .command('retry')
    .description('try parked streams and instances again, in every consumer, once the cause is removed')
    .argument('[streams...]', 'streams or instances of processes, as listed')
    .option('--all', 'all parked streams')
    .action((streams: string[], { all = false }: { all?: boolean }) =>
      withStores(options(), async (opened) => {
        if (all === streams.length > 0) throw new Error('Name the streams to try again, or give --all');
        const before = (await listParked(opened)).filter(({ stream }) => all || streams.includes(stream));
        const unknown = streams.find((name) => !before.some(({ stream }) => stream === name));
        if (unknown !== undefined) throw new Error(`${unknown} is not parked: see kontor parked list`);
        const still = await retry(opened, before);
        const goesOn = before.filter((one) => !still.some((other) => isSame(one, other)));
        print(options().json ?? false, { goesOn, still }, () => [
          ...(before.length === 0 ? ['Nothing is parked'] : []),
          ...goesOn.map(({ stream, consumer }) => `${stream} is read again by ${consumer}`),
          ...still.map(({ stream, consumer, reason }) => `${stream} is still parked in ${consumer}: ${reason}`),
          ...(still.some(({ by }) => by === 'directory') ? [DIRECTORIES_READ_AT_START] : []),
        ]);
        if (still.length > 0) process.exitCode = 2;
      }),
    );
  addExamples(again, 'kontor parked retry --all');
};

const withStores = <Result>(options: GlobalOptions, work: (opened: Opened) => Promise<Result>): Promise<Result> =>
  withKontor(options, async (connection) => {
    const { databaseUrl, eventStoreUrl } = needsRun(connection);
    const db = await openDatabase({ url: databaseUrl, role: 'owner' });
    const store = EsdbEventStore.connect(eventStoreUrl);
    try {
      const registry = new Registry(db, readModels);
      return await work({ db, store, registry, api: connection.client, channels: channelsOf(connection, options) });
    } finally {
      await store.close();
      await db.destroy();
    }
  });

const channelsOf = (connection: Connection, options: GlobalOptions) => {
  const { channelsUrl } = needsRun(connection);
  return channelsUrl === undefined ? undefined : new KontorClient(channelsUrl, readAdminKey(options.data, options));
};

const listParked = async (opened: Opened): Promise<readonly Parked[]> => {
  const { db, registry } = opened;
  const models = await parkedStreams(registry);
  const { parked: processes } = await processStatus(db);
  const { parked: relays } = await publisherStatus(db);
  const inboxes = await parkedInboxStreams(db);
  return [
    ...models.map(({ name, stream, error, at }): Parked => {
      return { by: 'read model', consumer: name, stream, reason: error, since: at };
    }),
    ...processes.map(({ process, instance, error, at }): Parked => {
      const consumer = process === EVERY_PROCESS ? 'every process' : process;
      return { by: 'process', consumer, stream: instance, reason: error, since: at };
    }),
    ...relays.map(({ stream, error, at }): Parked => {
      return { by: 'relay', consumer: 'relay', stream, reason: error, since: at };
    }),
    ...inboxes.map(({ consumer, stream, reason, since }): Parked => {
      return { by: 'channel adapter', consumer, stream, reason, since };
    }),
    ...(await listParkedInDirectories(opened.api)),
  ];
};

interface Status {
  readonly parked: readonly {
    readonly consumer: string;
    readonly stream: string;
    readonly error: string;
  }[];
}

/** Reads only the API, because every operating-system process with directories parks the same streams. */
const listParkedInDirectories = async (api: KontorClient) => {
  const { parked } = await api.get<Status>('/v1/status');
  return parked
    .filter(({ consumer }) => DIRECTORIES.has(consumer))
    .map(({ consumer, stream, error }): Parked => ({ by: 'directory', consumer, stream, reason: error }));
};

/** The names of their consumers. */
const DIRECTORIES: ReadonlySet<string> = new Set(['network-directory', 'sourcing-policies', 'kit-directory']);

const listCut = async ({ store }: Opened) =>
  (
    await findIncompleteStreams(
      store,
      streamTypes.map(({ category }) => category),
    )
  ).map(({ stream, reason }) => ({ stream, reason }));

const isSame = (one: Parked, other: Parked) => one.consumer === other.consumer && one.stream === other.stream;

/** @returns what is still parked */
const retry = async (opened: Opened, wanted: readonly Parked[]): Promise<readonly Parked[]> => {
  for (const one of wanted) await retryHere(opened, one);
  const elsewhere = wanted.filter(({ by }) => by === 'process' || by === 'relay');
  if (elsewhere.some(({ by }) => by === 'process')) await retryParkedProcesses(opened.db);
  if (elsewhere.some(({ by }) => by === 'relay')) await retryParkedPublications(opened.db);
  const end = performance.now() + RETRIED_WITHIN_MS;
  for (;;) {
    const now = await listParked(opened);
    const waits = elsewhere.some((one) =>
      now.some((other) => isSame(one, other) && one.since?.getTime() === other.since?.getTime()),
    );
    if (!waits || performance.now() > end) return now.filter((one) => wanted.some((other) => isSame(one, other)));
    await pause(200);
  }
};

const retryHere = async ({ registry, store, channels }: Opened, { by, consumer, stream }: Parked) => {
  if (by === 'read model') await retryParked(registry, store, consumer, stream);
  if (by === 'channel adapter') await channels?.post('/v1/channels/retry', { consumer, stream });
};

const linesOf = ({ parked, cut }: { parked: readonly Parked[]; cut: Awaited<ReturnType<typeof listCut>> }) => [
  ...(parked.length === 0
    ? ['Nothing is parked']
    : table(
        ['stream', 'by', 'consumer', 'since', 'reason'],
        parked.map(({ stream, by, consumer, since, reason }) => [
          stream,
          by,
          consumer,
          since?.toISOString() ?? '',
          reason,
        ]),
      )),
  ...cut.map(({ stream, reason }) => `cut: ${stream}: ${reason}`),
];
