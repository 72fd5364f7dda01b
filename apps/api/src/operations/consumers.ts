import { setTimeout as pause } from 'node:timers/promises';
import {
  Logger,
  type BeforeApplicationShutdown,
  type FactoryProvider,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  ConsumerLoop,
  type ConsumerStatus,
  IncompleteStreams,
  EventStore,
  type InMemoryView,
  type Position,
  restoreViews,
  ViewStore,
} from '#event-store';
import { inMemoryViews } from '#registry';

/** While the API waits at its start, every fifth second or failure is logged. */
const LOG_EVERY = 5;

/** Runs the consumers of the in-memory views of capabilities, such as locations and channels. */
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('consumers');
  private readonly end = new AbortController();
  private readonly loops: readonly ConsumerLoop[];
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly incompleteStreams: IncompleteStreams,
    private readonly stored: ViewStore,
    readonly views: readonly InMemoryView[],
  ) {
    this.loops = this.views.map((view) => new ConsumerLoop(store, view, { onChange: this.report() }));
    for (const view of this.views) {
      view.onParked = ({ message }) => this.logger.warn({ message: 'stream parked', view: view.name, reason: message });
    }
  }

  /** Earliest last contact of a consumer with the store, in milliseconds since 1970; 0 if one had none yet. */
  get lastContactAt(): number {
    return Math.min(...this.loops.map((loop) => loop.status().lastContactAt ?? 0));
  }

  /** The API takes no request before it has read all channels, policies and kits. */
  async onApplicationBootstrap(): Promise<void> {
    const { signal } = this.end;
    await restoreViews(this.views, this.stored, this.store);
    this.running = Promise.all([this.incompleteStreams.run(signal), ...this.loops.map((loop) => loop.run(signal))]);
    for (const view of this.views) {
      const newestPosition = await this.newestPositionIn(view);
      for (let waited = 1; !(await view.waitUntilReached(newestPosition, 1000)); waited++) {
        if (signal.aborted) return;
        if (waited % LOG_EVERY === 0) this.logger.warn({ message: 'still reading the log', view: view.name });
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** Retries, because the event store may start later than the API. */
  private async newestPositionIn(view: InMemoryView): Promise<Position> {
    for (let failures = 1; ; failures++) {
      try {
        return await view.newestPositionIn(this.store);
      } catch (error) {
        if (this.end.signal.aborted) throw error;
        if (failures % LOG_EVERY === 0)
          this.logger.warn({ message: 'waiting for the event store', reason: String(error) });
        await pause(200);
      }
    }
  }

  /** Logs the beginning of each failure only. */
  private report() {
    let failing = false;
    return ({ name, state, lastError }: ConsumerStatus) => {
      const isFailing = state === 'waiting';
      if (isFailing && !failing)
        this.logger.warn({ message: 'reading failed, trying again', view: name, reason: String(lastError) });
      failing = isFailing || (failing && state !== 'live');
    };
  }
}

export const consumers: FactoryProvider<Consumers> = {
  provide: Consumers,
  inject: [EventStore, IncompleteStreams, ViewStore, ...inMemoryViews],
  useFactory: (store: EventStore, incompleteStreams: IncompleteStreams, stored: ViewStore, ...views: InMemoryView[]) =>
    new Consumers(store, incompleteStreams, stored, views),
};
