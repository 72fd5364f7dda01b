import {
  type Batch,
  type Consumer,
  ConsumerLoop,
  type EventStore,
  measureLag,
  type Position,
  type Recorded,
  START,
} from '#event-store';
import { recordOf } from '#kafka-publisher';
import { type Inbox } from './inbox.js';
import {
  type EventSubscription,
  type PublishedEventConsumer,
  type SubscriptionStatus,
} from './published-event-consumer.js';
import { type PublishedEvent, publishedEventOf, storableEventOf, type UnreadableEvent } from './published-event.js';

const BATCH_SIZE = 200;

/** Reads published events straight from the log, where no Kafka is configured. */
export class LogSubscription implements EventSubscription, Consumer {
  readonly name: string;
  readonly categories: readonly string[];
  private readonly loop: ConsumerLoop;
  private newestAt: number | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly inbox: Inbox,
    { name, categories }: PublishedEventConsumer,
  ) {
    this.name = name;
    this.categories = categories;
    this.loop = new ConsumerLoop(store, this, { batchSize: BATCH_SIZE });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.loop.run(signal);
  }

  async status(): Promise<SubscriptionStatus> {
    const { state, position = START, lastError } = this.loop.status();
    const lag = state === 'live' ? 0 : (await measureLag(this.store, position, this.categories)).events;
    return { name: this.name, state, lag, newestAt: this.newestAt, lastError };
  }

  resume(): Promise<Position> {
    return this.inbox.position();
  }

  async handle({ events, position }: Batch): Promise<void> {
    await this.inbox.receive(events.map(publishedForm), position);
    this.newestAt = events.at(-1)?.recordedAt ?? this.newestAt;
  }
}

/** An event that cannot be published parks its stream here, as it does on its way to Kafka. */
const publishedForm = (recorded: Recorded): PublishedEvent | UnreadableEvent => {
  try {
    return storableEventOf(publishedEventOf(recordOf(recorded)));
  } catch (error) {
    const { stream, revision } = recorded;
    return { stream, revision, unreadable: String(error) };
  }
};
