import { type DataSource } from 'typeorm';
import { clockSkewMs } from '#database';
import { type ConsumerLoop, type IncompleteStreams, type InMemoryView } from '#event-store';
import { type EsdbEventStore } from '#event-store-esdb';
import { type Health, MetricsRegistry, type Readiness } from '#host/service';
import { countParkedPublications } from '#kafka-publisher';
import { lostKeys } from '#privacy';
import { countParkedInstances, type TimerStatus } from '#process-manager';
import { countParkedStreams } from '#projections';
import { addRelayMetrics } from './relays.js';

interface Watched {
  readonly loops: readonly ConsumerLoop[];
  readonly timer: TimerStatus;
  readonly store: EsdbEventStore;
  readonly db: DataSource;
  readonly views: readonly InMemoryView[];
  readonly incompleteStreams: IncompleteStreams;
}

/** The store sends something at least every 15 s; twice that without anything is a fault. */
const MAX_SILENCE_MS = 30_000;

export const healthOf = (watched: Watched): Health => ({
  metrics: metricsOf(watched),
  checkReadiness: () => checkReadiness(watched),
});

const checkReadiness = async ({ loops, timer, store, incompleteStreams }: Watched): Promise<Readiness> => {
  const ofStore = await store.check().then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
  const ofLoops = loops.flatMap((loop) => {
    const { name, lastContactAt = 0, lastError } = loop.status();
    if (lastError instanceof Error) return [`${name}: ${lastError.message}`];
    return Date.now() - lastContactAt > MAX_SILENCE_MS
      ? [`${name}: the event store has sent nothing for ${MAX_SILENCE_MS / 1_000} s`]
      : [];
  });
  const ofTimer = timer.lastError === undefined ? [] : [`deadlines: ${timer.lastError}`];
  const cut = incompleteStreams.all.map(({ stream, reason }) => ({ stream, reason }));
  return { troubles: [...ofStore, ...ofLoops, ...ofTimer], details: { cut } };
};

const metricsOf = ({ loops, timer, store, db, views, incompleteStreams }: Watched): MetricsRegistry => {
  const metrics = new MetricsRegistry();
  const ofConsumers = (valueOf: (loop: ConsumerLoop) => number | undefined) => () =>
    loops.map((loop) => [{ consumer: loop.status().name }, valueOf(loop) ?? 0] as const);
  metrics.addGauge(
    { name: 'kontor_consumer_events_total', help: 'Events handled since the start', labels: ['consumer'] },
    ofConsumers((loop) => loop.status().handledEvents),
  );
  metrics.addGauge(
    { name: 'kontor_consumer_restarts_total', help: 'Restarts of the consumer after a failure', labels: ['consumer'] },
    ofConsumers((loop) => loop.status().restarts),
  );
  addRelayMetrics(metrics, { loops, store, db });
  metrics.addCounter(
    {
      name: 'kontor_subscription_drops_total',
      help: 'Subscriptions that the event store has ended and that were resumed',
    },
    () => store.resubscriptions,
  );
  metrics.addGauge(
    {
      name: 'kontor_clock_skew_seconds',
      help: 'How far the clock of this machine is ahead of that of the database; negative if it is behind',
    },
    async () => [[{}, (await clockSkewMs(db)) / 1000]],
  );
  metrics.addGauge(
    { name: 'kontor_lost_keys', help: 'Keys of personal data that the log needs and that are not stored' },
    async () => [[{}, (await lostKeys(db)).length]],
  );
  metrics.addGauge({ name: 'kontor_deadlines_fired_total', help: 'Commands that were sent at a deadline' }, () => [
    [{}, timer.fired],
  ]);
  metrics.addGauge(
    { name: 'kontor_parked', help: 'Streams and process instances that an operator has to repair', labels: ['of'] },
    async () => [
      [{ of: 'projections' }, await countParkedStreams(db)],
      [{ of: 'processes' }, await countParkedInstances(db)],
      [{ of: 'relay' }, await countParkedPublications(db)],
      ...views.map((view) => [{ of: view.name }, view.parked.length] as const),
      [{ of: 'cut' }, incompleteStreams.all.length],
    ],
  );
  return metrics;
};
