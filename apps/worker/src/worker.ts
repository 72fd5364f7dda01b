import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { inMemoryViews, readModels, sealedStreams, streamTypes } from '#registry';
import { migrate, openDatabase, PgSnapshotStore, PgViewStore } from '#database';
import { ConsumerLoop, type Consumer, IncompleteStreams, DeciderRunner, restoreViews, StoredView } from '#event-store';
import { checkAtStart, EsdbEventStore } from '#event-store-esdb';
import { createHttpHost, createLog, listenAt, type LogFunction, type Logger, NestLog } from '#host/service';
import { NetworkDirectory } from '#network';
import { paymentProviderAt } from '#payments';
import { EncryptedPersonalData, KeyCheck, loadKek, SubjectKeys } from '#privacy';
import { BusDispatcher, DueTimer, PgProcessStore, ProcessRunner } from '#process-manager';
import { processes, ReadModelDeadlines, routes } from '#processes';
import { checkLogAtStart, Projector, rebuild, Registry, watchLog } from '#projections';
import { type ConsumerKind, type WorkerSettings } from '#settings';
import { KitDirectory } from '#stock';
import { healthOf } from './health.js';
import { openRelays, RELAY_BATCH } from './relays.js';
import { workerModule } from './worker.module.js';

/** Shutting down waits for running batches this long at most. */
const SHUTDOWN_TIMEOUT_MS = 10_000;
const REBUILD_AGAIN_MS = 10_000;

/**
 * Opens everything, brings the read models up to date, and runs the consumers until it is closed.
 * @throws LogMismatch if the log is older than the database
 */
export const startWorker = async (settings: WorkerSettings) => {
  const logger = createLog('worker', settings.logLevel);
  const log: LogFunction = (message, details = {}) => logger.warn(details, message);
  const db = await openDatabase({ url: settings.databaseUrl, role: 'owner' });
  await migrate(db);
  const store = EsdbEventStore.connect(settings.eventStoreUrl);
  await checkAtStart(store, log);
  const personalData = new EncryptedPersonalData(new SubjectKeys(db, loadKek(settings.dataDir, settings)));
  const incompleteStreams = new IncompleteStreams(
    store,
    streamTypes.map(({ category }) => category),
  );
  const limits = { keepsNewStreams: true, incompleteStreams, cacheBytes: settings.streamCacheBytes };
  const deciders = new DeciderRunner(store, personalData, new PgSnapshotStore(db), limits);
  const provider = paymentProviderAt(settings.paymentProviderUrl, settings.paymentProviderSecret);
  const module = workerModule({ store, deciders, personalData, db, provider });
  const app = await NestFactory.createApplicationContext(module, {
    logger: new NestLog(logger),
    abortOnError: false,
  });
  const dispatcher = new BusDispatcher(app.get(CommandBus), routes);
  const registry = new Registry(db, readModels);
  await registry.install();
  await checkLogAtStart(db, store);

  const stop = new AbortController();
  const runs = (kind: ConsumerKind) => settings.consumers.has(kind);
  const runner = new ProcessRunner(processes(settings), new PgProcessStore(db, 'processes'), {
    deciders,
    dispatcher,
    store,
    streamTypes,
    log,
  });
  const timer = new DueTimer(new ReadModelDeadlines(db), dispatcher);
  const [network, kits] = [app.get(NetworkDirectory), app.get(KitDirectory)];
  const views = inMemoryViews.map((view) => app.get(view));
  for (const view of views) view.onParked = ({ message }) => log('stream parked', { view: view.name, reason: message });
  const viewStore = new PgViewStore(db);
  await restoreViews(views, viewStore, store);
  const consumers: Consumer[] = views.map((view) => new StoredView(view, viewStore));
  if (runs('projections')) consumers.push(new Projector(registry), new KeyCheck(db, store, sealedStreams));
  if (runs('processes')) consumers.push(runner);
  const loops = consumers.map((consumer) => new ConsumerLoop(store, consumer, { onChange: reportTo(logger) }));
  const relays = await openRelays(runs('relay') ? settings.kafkaBrokers : undefined, { db, store, network, kits, log });
  for (const relay of relays.consumers)
    loops.push(new ConsumerLoop(store, relay, { onChange: reportTo(logger), batchSize: RELAY_BATCH }));
  const running = [incompleteStreams.run(stop.signal), ...loops.map((loop) => loop.run(stop.signal))];
  if (runs('processes')) running.push(timer.run(stop.signal));
  if (runs('projections')) running.push(bringUpToDate(registry, store, { logger, signal: stop.signal }));
  const server = createHttpHost(healthOf({ loops, timer, store, db, views, incompleteStreams }));
  const url = await listenAt(server, settings.host, settings.port);

  return {
    url,
    failure: watchLog(db, store, stop.signal),
    close: async () => {
      logger.info('stopping');
      stop.abort();
      const ended = Promise.allSettled(running).then(() => runner.idle());
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS))]);
      await runner.save(); // work that is not saved is repeated under the same command ids
      await relays.close();
      await server.close();
      await app.close();
      await store.close();
      await db.destroy();
    },
  };
};

interface UpdateOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Rebuilds read models whose version differs from the code's, while the live ones stay readable. A failure is
 * retried and does not stop anything else.
 */
const bringUpToDate = async (registry: Registry, store: EsdbEventStore, { logger, signal }: UpdateOptions) => {
  while (!signal.aborted) {
    try {
      await rebuildOutdated(registry, store, logger);
      return;
    } catch (error) {
      logger.warn({ error: String(error) }, 'rebuilding outdated read models failed, trying again');
      await pause(REBUILD_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};

const rebuildOutdated = async (registry: Registry, store: EsdbEventStore, logger: Logger) => {
  const outdated = await registry.outdated();
  if (outdated.length === 0) return;
  logger.info({ outdated }, 'rebuilding outdated read models');
  await rebuild(registry, store, { names: outdated });
  logger.info({ outdated }, 'read models rebuilt');
};

/** Logs each failure of a consumer once, and its recovery. */
const reportTo = (logger: Logger) => {
  let failing = false;
  return ({ name, state, lastError }: { name: string; state: string; lastError: unknown }) => {
    if (state === 'waiting' && !failing)
      logger.warn({ consumer: name, error: String(lastError) }, 'consumer failed, trying again');
    if (state === 'live' && failing) logger.info({ consumer: name }, 'consumer has recovered');
    failing = state === 'waiting' || (failing && state !== 'live');
  };
};
