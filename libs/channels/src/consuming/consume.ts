import { type DataSource } from 'typeorm';
import { type EventStore } from '#event-store';
import { Inbox } from './inbox.js';
import { KafkaConsumption } from './kafka-consumption.js';
import { LogConsumption } from './log-consumption.js';
import { type Consumption, type PublishedConsumer } from './published-consumer.js';

interface Source {
  readonly db: DataSource;
  readonly store: EventStore;
  /** Of Kafka; none: straight from the log. */
  readonly brokers: readonly string[];
}

/** The same handler and the same inbox, whichever way the events come; the way may change from one start to the next. */
export const consume = (consumer: PublishedConsumer, { db, store, brokers }: Source): Consumption => {
  const inbox = new Inbox(db, consumer);
  return brokers.length > 0
    ? new KafkaConsumption(brokers, inbox, consumer)
    : new LogConsumption(store, inbox, consumer);
};
