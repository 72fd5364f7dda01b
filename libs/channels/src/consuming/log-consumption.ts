import {
  type Batch,
  type Consumer,
  ConsumerLoop,
  type EventStore,
  type Recorded,
  type Position,
  START,
  lagOf,
} from '#event-store';
import { recordOf } from '#relay';
import { type Inbox } from './inbox.js';
import { type Consumption, type ConsumptionStatus, type PublishedConsumer } from './published-consumer.js';
import { eventOf, type PublishedEvent } from './published-event.js';

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
    const lag = state === 'live' ? 0 : (await lagOf(this.store, position, this.categories)).events;
    return { name: this.name, state, lag, newestAt: this.newestAt, lastError };
  }

  resume(): Promise<Position> {
    return this.inbox.position();
  }

  async handle({ events, position }: Batch): Promise<void> {
    await this.inbox.take(events.flatMap(publishedOf), position);
    this.newestAt = events.at(-1)?.recordedAt ?? this.newestAt;
  }
}

/** What cannot be published is missing here as it is missing in Kafka: whatever follows in its stream finds the gap. */
const publishedOf = (recorded: Recorded): readonly PublishedEvent[] => {
  try {
    return [eventOf(recordOf(recorded))];
  } catch {
    return [];
  }
};
