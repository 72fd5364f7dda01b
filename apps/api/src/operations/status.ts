import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventStore } from '#event-store';
import { processStatus } from '#processes';
import { parkedStreams, Registry, type BuildStatus } from '#projections';

export interface ConsumerPosition {
  readonly name: string;
  readonly position: number;
  /** How far behind the head of the log, in positions. */
  readonly lag: number;
  /** Streams or instances that it has stopped working on. */
  readonly parked: number;
}

export interface Report {
  /** Position of the newest event. */
  readonly head: number;
  readonly consumers: readonly ConsumerPosition[];
  readonly readModels: readonly Pick<BuildStatus, 'name' | 'version' | 'build' | 'status' | 'parked'>[];
  readonly parked: readonly { consumer: string; stream: string; position: number; error: string }[];
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
      this.store.head(),
      this.registry.status(),
      parkedStreams(this.registry),
      processStatus(this.database),
    ]);
    const at = (name: string, position: number, held: number): ConsumerPosition => {
      return { name, position, lag: Math.max(0, head - position), parked: held };
    };
    const runners = processes.runners.map(({ name, position }) => at(name, position, processes.parked.length));
    return {
      head,
      consumers: [at('read-models', models.position, parked.length), ...runners],
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
