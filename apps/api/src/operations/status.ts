import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { IncompleteStreams, EventStore, measureLag, type Position, START } from '#event-store';
import { EVERY_PROCESS, processStatus } from '#process-manager';
import { processCategories } from '#processes';
import { parkedStreams, Registry, type BuildStatus } from '#projections';
import { type PublisherStatus, publisherStatus, topicLag } from '#kafka-publisher';
import { Consumers } from './consumers.js';

export interface ConsumerPosition {
  readonly name: string;
  readonly position: Position;
  /** Events that it has not handled yet, counted up to 1,000. */
  readonly lag: number;
  /** Age of the oldest of them. */
  readonly lagSeconds: number;
  /** The number of its parked streams or instances. */
  readonly parked: number;
}

export interface Report {
  /** Position of the newest event of Kontor's own. */
  readonly head: Position;
  readonly consumers: readonly ConsumerPosition[];
  readonly readModels: readonly Pick<BuildStatus, 'name' | 'version' | 'build' | 'status' | 'parked'>[];
  /** Streams that consumers have parked, and instances of processes that failed repeatedly. */
  readonly parked: readonly Parked[];
  /** Streams that were truncated or deleted with the event store's own tools. */
  readonly cut: readonly { stream: string; reason: string }[];
}

interface Parked {
  readonly consumer: string;
  /** The stream; for processes, the instance. */
  readonly stream: string;
  readonly position: Position;
  readonly error: string;
}

/** Reports the state of the consumers. */
@Injectable()
export class Status {
  @Inject() private readonly consumers!: Consumers;
  @Inject() private readonly incompleteStreams!: IncompleteStreams;

  constructor(
    private readonly store: EventStore,
    private readonly database: DataSource,
    private readonly registry: Registry,
  ) {}

  async report(): Promise<Report> {
    const [head, models, parked, processes, relay] = await Promise.all([
      this.store.head([...new Set([...this.registry.categories, ...processCategories])]),
      this.registry.status(),
      this.parked(),
      processStatus(this.database),
      publisherStatus(this.database),
    ]);
    const ofModels = new Set(models.builds.map(({ name }) => name));
    const at = async (
      { name, position }: { name: string; position: Position },
      categories: readonly string[],
      held: number,
    ): Promise<ConsumerPosition> => {
      const { events, seconds } = await measureLag(this.store, position, categories);
      return { name, position, lag: events, lagSeconds: seconds, parked: held };
    };
    const parkedRows = parked.filter(({ consumer }) => ofModels.has(consumer)).length;
    const consumers = [
      at({ name: 'read-models', ...models }, this.registry.categories, parkedRows),
      ...processes.runners.map((runner) => at(runner, processCategories, processes.parked.length)),
      ...(relay.topics.length > 0 ? [this.relayPosition(relay)] : []),
    ];
    return {
      head,
      consumers: await Promise.all(consumers),
      readModels: models.builds.map(({ name, version, build, status, parked: held }) => {
        return { name, version, build, status, parked: held };
      }),
      parked,
      cut: this.incompleteStreams.all.map(({ stream, reason }) => ({ stream, reason })),
    };
  }

  /** The Kafka publisher is as far as the topic that is furthest behind. */
  private async relayPosition({ topics, parked }: PublisherStatus): Promise<ConsumerPosition> {
    const lags = await Promise.all(topics.map((topic) => topicLag(this.store, topic)));
    return {
      name: 'relay',
      position: topics.map(({ position }) => position).reduce((first, one) => (one < first ? one : first)),
      lag: Math.max(...lags.map(({ events }) => events)),
      lagSeconds: Math.max(...lags.map(({ seconds }) => seconds)),
      parked: parked.length,
    };
  }

  /** The parked streams and instances of all consumers. @throws Error if the database does not answer */
  async parked(): Promise<readonly Parked[]> {
    const [models, processes, relays] = await Promise.all([
      parkedStreams(this.registry),
      processStatus(this.database),
      publisherStatus(this.database),
    ]);
    return [
      ...models.map(({ name, stream, position, error }) => ({ consumer: name, stream, position, error })),
      ...processes.parked.map(({ process, instance, position, error }) => {
        return { consumer: process === EVERY_PROCESS ? 'processes' : process, stream: instance, position, error };
      }),
      ...relays.parked.map(({ stream, position, error }) => ({ consumer: 'relay', stream, position, error })),
      ...this.consumers.views.flatMap((view) =>
        view.parked.map(({ stream, message }) => ({ consumer: view.name, stream, position: START, error: message })),
      ),
    ];
  }
}
