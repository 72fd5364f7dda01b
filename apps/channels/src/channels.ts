import { channelsFrom, consume, Outbox, Promises } from '#channels';
import { ApiKeys } from '#access';
import { migrate, openDatabase } from '#database';
import { ConsumerLoop } from '#event-store';
import { checkAtStart, EsdbEventStore } from '#event-store-esdb';
import { createLog, type LogFunction } from '#host/service';
import { NetworkDirectory } from '#network';
import { PositionWaiter } from '#projections';
import { type ChannelsSettings } from '#settings';
import { Availability, KitDirectory, StockLevels } from '#stock';
import { openAdapters } from './adapters.js';
import { serve } from './server.js';

/** Longest that shutting down waits for what is in hand. */
const PATIENCE_MS = 10_000;
const READ_WITHIN_MS = 60_000;

/** Hosts the adapters of the file of channels until it is closed. @throws Error that says what is wrong in the file */
export const startChannels = async (settings: ChannelsSettings) => {
  const logger = createLog('channels', settings.logLevel);
  const log: LogFunction = (message, details = {}) => logger.warn(details, message);
  const configs = channelsFrom(settings.file, process.env);
  const db = await openDatabase({ url: settings.databaseUrl, role: 'owner', poolSize: 10 + 2 * configs.length });
  await migrate(db);
  const store = EsdbEventStore.connect(settings.eventStoreUrl);
  await checkAtStart(store, log);
  const network = new NetworkDirectory();
  const stop = new AbortController();
  const kits = new KitDirectory();
  const running = [network, kits].map((directory) => new ConsumerLoop(store, directory).run(stop.signal));
  const positions = await PositionWaiter.open(db);
  const availability = new Availability(new StockLevels(db), network, kits);
  const channels = [...new Set(configs.map(({ channel }) => channel))];
  const promises = new Promises(channels, { db, network, kits, positions, availability });
  const api = { url: settings.apiUrl, key: settings.apiKey };
  const adapters = await openAdapters(configs, { db, promises, api, log });
  const seen = await Promise.all(
    [network, kits].map((directory) => directory.waitUntilCaughtUp(store, READ_WITHIN_MS)),
  );
  if (seen.includes(false)) throw new Error('The log of the event store cannot be read');

  const consumers = [promises, ...adapters.flatMap(({ adapter }) => adapter.consumer ?? [])];
  const sources = { db, store, brokers: settings.kafkaBrokers ?? [] };
  const consumptions = consumers.map((consumer) => ({ consumer, consumption: consume(consumer, sources) }));
  for (const { consumption } of consumptions) running.push(consumption.run(stop.signal));
  running.push(promises.run(stop.signal, log));
  for (const { adapter } of adapters) if (adapter.run) running.push(adapter.run(stop.signal));
  const parts = { db, store, keys: new ApiKeys(db), outbox: new Outbox(db), promises, adapters, consumptions };
  const server = await serve(settings, parts);

  return {
    url: server.url,
    close: async () => {
      logger.info('stopping');
      stop.abort();
      await server.close();
      const ended = Promise.allSettled(running);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      await positions.close();
      await store.close();
      await db.destroy();
    },
  };
};
