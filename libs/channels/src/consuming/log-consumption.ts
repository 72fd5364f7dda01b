import {
  type Batch,
  type Consumer,
  ConsumerLoop,
  type EventStore,
  isStorable,
  measureLag,
  type Position,
  type Recorded,
  START,
} from '#event-store';
import { recordOf } from '#kafka-publisher';
import { type Inbox } from './inbox.js';
import { type Consumption, type ConsumptionStatus, type PublishedConsumer } from './published-consumer.js';
import { eventOf, type PublishedEvent, type Unreadable } from './published-event.js';

const BATCH = 200;

/** Reads the published events straight from the log, where no Kafka is configured. */
export class LogConsumption implements Consumption, Consumer {
  readonly name: string;
  readonly categories: readonly string[];
  private newestAt: number | undefined;
  private readonly loop: ConsumerLoop;

  constructor(
    private readonly store: EventStore,
    private readonly inbox: Inbox,
    { name, categories }: PublishedConsumer,
  ) {
    this.name = name;
    this.categories = categories;
    this.loop = new ConsumerLoop(store, this, { batchSize: BATCH });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.loop.run(signal);
  }

  async status(): Promise<ConsumptionStatus> {
    const { state, position = START, lastError } = this.loop.status();
    const lag = state === 'live' ? 0 : (await measureLag(this.store, position, this.categories)).events;
    return { name: this.name, state, lag, newestAt: this.newestAt, lastError };
  }

  resume(): Promise<Position> {
    return this.inbox.position();
  }

  async handle({ events, position }: Batch): Promise<void> {
    await this.inbox.take(events.map(publishedOf), position);
    this.newestAt = events.at(-1)?.recordedAt ?? this.newestAt;
  }
}

/** What cannot be published parks its stream here, as it does on its way to Kafka. */
const publishedOf = (recorded: Recorded): PublishedEvent | Unreadable => {
  try {
    const event = eventOf(recordOf(recorded));
    if (isStorable(event.data)) return event;
    throw new TypeError('Its data hold text that the database cannot hold');
  } catch (error) {
    const { stream, revision } = recorded;
    return { stream, revision, unreadable: String(error) };
  }
};
