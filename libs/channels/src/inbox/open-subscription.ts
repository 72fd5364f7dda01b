import { type DataSource } from 'typeorm';
import { type EventStore } from '#event-store';
import { Inbox } from './inbox.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { LogSubscription } from './log-subscription.js';
import { type EventSubscription, type PublishedEventConsumer } from './published-event-consumer.js';

interface EventSources {
  readonly db: DataSource;
  readonly store: EventStore;
  /** Kafka brokers as `host:port`. When the list is empty, events are read straight from the log. */
  readonly brokers: readonly string[];
  readonly log: (message: string, details: object) => void;
}

/** The inbox is the same for both sources, so the source may change between two starts without loss or repetition. */
export const openSubscription = (
  consumer: PublishedEventConsumer,
  { db, store, brokers, log }: EventSources,
): EventSubscription => {
  const inbox = new Inbox(db, consumer);
  return brokers.length > 0
    ? new KafkaSubscription({ db, brokers, log }, inbox, consumer)
    : new LogSubscription(store, inbox, consumer);
};
