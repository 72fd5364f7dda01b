import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventStore, lagOf, type Position } from '#event-store';
import { processCategories, processStatus } from '#processes';
import { parkedStreams, Registry, type BuildStatus } from '#projections';

export interface ConsumerPosition {
  readonly name: string;
  readonly position: Position;
  /** Events that it has yet to handle, counted up to 1,000. */
  readonly lag: number;
  /** Age of the oldest of them. */
  readonly lagSeconds: number;
  /** Streams or instances that it has stopped working on. */
  readonly parked: number;
}

export interface Report {
  /** Position of the newest event that is Kontor's own. */
  readonly head: Position;
  readonly consumers: readonly ConsumerPosition[];
  readonly readModels: readonly Pick<BuildStatus, 'name' | 'version' | 'build' | 'status' | 'parked'>[];
  readonly parked: readonly { consumer: string; stream: string; position: Position; error: string }[];
}

/** How each part is doing. */
@Injectable()
export class Status {
  constructor(
    private readonly store: EventStore,
    private readonly database: DataSource,
    private readonly registry: Registry,
  ) {}

  async report(): Promise<Report> {
    const [head, models, parked, processes] = await Promise.all([
      this.store.head([...new Set([...this.registry.categories, ...processCategories])]),
      this.registry.status(),
      parkedStreams(this.registry),
      processStatus(this.database),
    ]);
    const at = async (
      { name, position }: { name: string; position: Position },
      categories: readonly string[],
      held: number,
    ): Promise<ConsumerPosition> => {
      const { events, seconds } = await lagOf(this.store, position, categories);
      return { name, position, lag: events, lagSeconds: seconds, parked: held };
    };
    const consumers = [
      at({ name: 'read-models', ...models }, this.registry.categories, parked.length),
      ...processes.runners.map((runner) => at(runner, processCategories, processes.parked.length)),
    ];
    return {
      head,
      consumers: await Promise.all(consumers),
      readModels: models.builds.map(({ name, version, build, status, parked: held }) => {
        return { name, version, build, status, parked: held };
      }),
      parked: [
        ...parked.map(({ name, stream, position, error }) => ({ consumer: name, stream, position, error })),
        ...processes.parked.map(({ process, instance, position, error }) => {
          return { consumer: process, stream: instance, position, error };
        }),
      ],
    };
  }
}
