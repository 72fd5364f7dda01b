import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { readModels, streamTypes } from '#registry';
import { migrate, openDatabase, PgSnapshotStore } from '#database';
import { ConsumerLoop, type Consumer, CutStreams, DeciderRunner } from '#event-store';
import { checkAtStart, EsdbEventStore } from '#event-store-esdb';
import { NetworkDirectory } from '#network';
import { paymentProviderAt } from '#payments';
import { EncryptedPersonalData, loadKek, SubjectKeys } from '#privacy';
import { Dispatcher, DueTimer, PgProcessStore, processes, ProcessRunner, ReadModelDeadlines, routes } from '#processes';
import { Projector, rebuild, Registry } from '#projections';
import { type ConsumerKind, type WorkerSettings } from '#settings';
import { SourcingPolicies } from '#sourcing';
import { KitDirectory } from '#stock';
import { serveHealth } from './health.js';
import { log } from './log.js';
import { openRelays, RELAY_BATCH } from './relays.js';
import { workerModule } from './worker.module.js';

/** Longest that shutting down waits for batches in hand. */
const PATIENCE_MS = 10_000;
const REBUILD_AGAIN_MS = 10_000;

/** Opens everything, brings the read models up to date, and runs the consumers until it is closed. */
export const startWorker = async (settings: WorkerSettings) => {
  const db = await openDatabase({ url: settings.databaseUrl, role: 'owner' });
  await migrate(db);
  const store = EsdbEventStore.connect(settings.eventStoreUrl);
  await checkAtStart(store, log);
  const personalData = new EncryptedPersonalData(new SubjectKeys(db, loadKek(settings.dataDir, settings)));
  const cutStreams = new CutStreams(
    store,
    streamTypes.map(({ category }) => category),
  );
  const limits = { keepsNew: true, cutStreams };
  const deciders = new DeciderRunner(store, personalData, new PgSnapshotStore(db), limits);
  const provider = paymentProviderAt(settings.paymentProviderUrl, settings.paymentProviderSecret);
  const module = workerModule({ store, deciders, personalData, db, provider });
  const app = await NestFactory.createApplicationContext(module, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const dispatcher = new Dispatcher(app.get(CommandBus), routes);
  const registry = new Registry(db, readModels);
  await registry.install();

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
  const views = [network, app.get(SourcingPolicies), kits];
  for (const view of views) view.onParked = ({ message }) => log('stream parked', { view: view.name, reason: message });
  const consumers: Consumer[] = [...views];
  if (runs('projections')) consumers.push(new Projector(registry));
  if (runs('processes')) consumers.push(runner);
  const loops = consumers.map((consumer) => new ConsumerLoop(store, consumer, { onChange: report() }));
  const relays = await openRelays(runs('relay') ? settings.kafkaBrokers : undefined, { db, store, network, kits });
  for (const relay of relays.consumers)
    loops.push(new ConsumerLoop(store, relay, { onChange: report(), batchSize: RELAY_BATCH }));
  const running = [cutStreams.run(stop.signal), ...loops.map((loop) => loop.run(stop.signal))];
  if (runs('processes')) running.push(timer.run(stop.signal));
  if (runs('projections')) running.push(bringUpToDate(registry, store, stop.signal));
  const health = await serveHealth(settings, { loops, timer, store, db, views, cutStreams });

  return {
    url: health.url,
    close: async () => {
      log('stopping');
      stop.abort();
      const ended = Promise.allSettled(running).then(() => runner.idle());
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      await runner.save(); // what is not kept is done again, harmlessly
      await relays.close();
      await health.close();
      await app.close();
      await store.close();
      await db.destroy();
    },
  };
};

/**
 * Read models of another version than the code are built anew beside the live ones, which stay readable meanwhile. A
 * failure is tried again: the live ones and everything else must not stop for it.
 */
const bringUpToDate = async (registry: Registry, store: EsdbEventStore, signal: AbortSignal) => {
  while (!signal.aborted) {
    try {
      await rebuildOutdated(registry, store);
      return;
    } catch (error) {
      log('outdated read models are not rebuilt, trying again', { error: String(error) });
      await pause(REBUILD_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};

const rebuildOutdated = async (registry: Registry, store: EsdbEventStore) => {
  const outdated = await registry.outdated();
  if (outdated.length === 0) return;
  log('rebuilding outdated read models', { outdated });
  await rebuild(registry, store, { names: outdated });
  log('read models rebuilt', { outdated });
};

/** Tells of failures and recoveries, once each. */
const report = () => {
  let failing = false;
  return ({ name, state, lastError }: { name: string; state: string; lastError: unknown }) => {
    if (state === 'waiting' && !failing)
      log('consumer failed, trying again', { consumer: name, error: String(lastError) });
    if (state === 'live' && failing) log('consumer has recovered', { consumer: name });
    failing = state === 'waiting' || (failing && state !== 'live');
  };
};
