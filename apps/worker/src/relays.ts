import { type DataSource } from 'typeorm';
import { type ConsumerLoop, type EventStore, type Lag } from '#event-store';
import { type LogFunction, type MetricsRegistry } from '#host/service';
import { type NetworkDirectory } from '#network';
import { PositionWaiter } from '#projections';
import { AvailabilityPublisher, EventPublisher, publisherStatus, topicLag } from '#kafka-publisher';
import { Availability, type KitDirectory, StockLevels } from '#stock';

interface Opened {
  readonly db: DataSource;
  readonly store: EventStore;
  readonly network: NetworkDirectory;
  readonly kits: KitDirectory;
  readonly log: LogFunction;
}

/** Opens the publishers of Kafka; there are none without brokers. */
export const openRelays = async (brokers: readonly string[] | undefined, { log, ...opened }: Opened) => {
  if (!brokers) return { consumers: [], close: () => Promise.resolve() };
  const { db, network, kits } = opened;
  const positions = await PositionWaiter.open(db);
  const availability = new Availability(new StockLevels(db), network, kits);
  const consumers = [
    new EventPublisher({ ...opened, brokers, log }),
    new AvailabilityPublisher({ ...opened, brokers, positions, availability }),
  ];
  return {
    consumers,
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await positions.close();
    },
  };
};

/** Batches of a publisher are larger, because each needs a round trip to Kafka and one to the database. */
export const RELAY_BATCH = 2_000;

interface Watched {
  readonly loops: readonly ConsumerLoop[];
  readonly store: EventStore;
  readonly db: DataSource;
}

/** Metrics of the topics, if this worker publishes. */
export const addRelayMetrics = (metrics: MetricsRegistry, { loops, store, db }: Watched): void => {
  if (!loops.some((loop) => loop.status().name === 'relay')) return;
  const ofTopics = (valueOf: (lag: Lag) => number) => async () => {
    const { topics } = await publisherStatus(db);
    return Promise.all(
      topics.map(async (topic) => [{ topic: topic.topic }, valueOf(await topicLag(store, topic))] as const),
    );
  };
  metrics.addGauge(
    {
      name: 'kontor_relay_lag',
      help: 'Events that are not yet in the topic, counted up to 1000',
      labels: ['topic'],
    },
    ofTopics(({ events }) => events),
  );
  metrics.addGauge(
    {
      name: 'kontor_relay_oldest_unsent_seconds',
      help: 'Age of the oldest event that is not in the topic; 0 if it has all',
      labels: ['topic'],
    },
    ofTopics(({ seconds }) => seconds),
  );
};
