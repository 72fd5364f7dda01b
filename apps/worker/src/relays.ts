import { Gauge, type Registry as Metrics } from 'prom-client';
import { type DataSource } from 'typeorm';
import { type ConsumerLoop, type EventStore } from '#event-store';
import { type NetworkDirectory } from '#network';
import { PositionWaiter } from '#projections';
import { AvailabilityRelay, Relay, relayStatus, topicLag } from '#kafka-publisher';
import { Availability, type KitDirectory, StockLevels } from '#stock';
import { log } from './log.js';

interface Opened {
  readonly db: DataSource;
  readonly store: EventStore;
  readonly network: NetworkDirectory;
  readonly kits: KitDirectory;
}

/** What publishes the log in Kafka: nothing without brokers. */
export const openRelays = async (brokers: readonly string[] | undefined, { db, store, network, kits }: Opened) => {
  if (!brokers) return { consumers: [], close: () => Promise.resolve() };
  const positions = await PositionWaiter.open(db);
  const availability = new Availability(new StockLevels(db), network, kits);
  const consumers = [
    new Relay({ db, store, brokers, log }),
    new AvailabilityRelay({ db, store, brokers, network, kits, positions, availability }),
  ];
  return {
    consumers,
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await positions.close();
    },
  };
};

/** Batches of a relay are larger: each is one round trip to Kafka and one to the database. */
export const RELAY_BATCH = 2_000;

interface Watched {
  readonly loops: readonly ConsumerLoop[];
  readonly store: EventStore;
  readonly db: DataSource;
}

/** How far each topic is, where this worker publishes. */
export const relayMetrics = (registers: [Metrics], { loops, store, db }: Watched): void => {
  if (!loops.some((loop) => loop.status().name === 'relay')) return;
  const labelNames = ['topic'];
  new Gauge({
    name: 'kontor_relay_lag',
    help: 'Events that the topic does not have yet, counted up to 1000',
    labelNames,
    registers,
    async collect() {
      for (const topic of (await relayStatus(db)).topics)
        this.set({ topic: topic.topic }, (await topicLag(store, topic)).events);
    },
  });
  new Gauge({
    name: 'kontor_relay_oldest_unsent_seconds',
    help: 'Age of the oldest event that the topic does not have; 0 when it has all',
    labelNames,
    registers,
    async collect() {
      for (const topic of (await relayStatus(db)).topics)
        this.set({ topic: topic.topic }, (await topicLag(store, topic)).seconds);
    },
  });
};
