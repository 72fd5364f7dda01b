import { ApiKeys } from '#access';
import { ChannelAvailability, openSubscription, Outbox, readChannelsFile } from '#channels';
import { migrate, openDatabase, PgViewStore } from '#database';
import { ConsumerLoop, restoreViews } from '#event-store';
import { checkAtStart, EsdbEventStore } from '#event-store-esdb';
import { createLog, type LogFunction } from '#host/service';
import { NetworkDirectory } from '#network';
import { checkLogAtStart, PositionWaiter, watchLog } from '#projections';
import { type ChannelsSettings } from '#settings';
import { Availability, KitDirectory, StockLevels } from '#stock';
import { openAdapters } from './adapters.js';
import { serve } from './server.js';

/** Shutting down waits for work in progress this long at most. */
const SHUTDOWN_TIMEOUT_MS = 10_000;
const CATCH_UP_TIMEOUT_MS = 60_000;

/**
 * Hosts the adapters of the channels file until it is closed.
 * @throws Error that says what is wrong in the file, or that the log cannot be read; LogMismatch if it is older than the database
 */
export const startChannels = async (settings: ChannelsSettings) => {
  const logger = createLog('channels', settings.logLevel);
  const log: LogFunction = (message, details = {}) => logger.warn(details, message);
  const configs = readChannelsFile(settings.file, process.env);
  const db = await openDatabase({ url: settings.databaseUrl, role: 'owner', poolSize: 10 + 2 * configs.length });
  await migrate(db);
  const store = EsdbEventStore.connect(settings.eventStoreUrl);
  await checkAtStart(store, log);
  await checkLogAtStart(db, store);
  const stop = new AbortController();
  const network = new NetworkDirectory();
  const kits = new KitDirectory();
  const directories = [network, kits];
  await restoreViews(directories, new PgViewStore(db), store);
  const running = directories.map((directory) => new ConsumerLoop(store, directory).run(stop.signal));
  const positions = await PositionWaiter.open(db);
  const levels = new Availability(new StockLevels(db), network, kits);
  const channels = [...new Set(configs.map(({ channel }) => channel))];
  const availability = new ChannelAvailability(channels, { db, network, kits, positions, availability: levels });
  const api = { url: settings.apiUrl, key: settings.apiKey };
  const adapters = await openAdapters(configs, { db, availability, api, log });
  const caughtUp = await Promise.all(
    directories.map((directory) => directory.waitUntilCaughtUp(store, CATCH_UP_TIMEOUT_MS)),
  );
  if (caughtUp.includes(false)) throw new Error('The log of the event store cannot be read');

  const consumers = [availability, ...adapters.flatMap(({ adapter }) => adapter.consumer ?? [])];
  const sources = { db, store, brokers: settings.kafkaBrokers ?? [], log };
  const subscriptions = consumers.map((consumer) => ({ consumer, subscription: openSubscription(consumer, sources) }));
  for (const { subscription } of subscriptions) running.push(subscription.run(stop.signal));
  running.push(availability.run(stop.signal, log));
  for (const { adapter } of adapters) if (adapter.run) running.push(adapter.run(stop.signal));
  const parts = { db, store, keys: new ApiKeys(db), outbox: new Outbox(db), availability, adapters, subscriptions };
  const server = await serve(settings, parts);

  return {
    url: server.url,
    failure: watchLog(db, store, stop.signal),
    close: async () => {
      logger.info('stopping');
      stop.abort();
      await server.close();
      const ended = Promise.allSettled(running);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS))]);
      await positions.close();
      await store.close();
      await db.destroy();
    },
  };
};
