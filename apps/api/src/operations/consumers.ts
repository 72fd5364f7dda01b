import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ConsumerLoop, EventStore, type ConsumerStatus } from '#event-store';
import { NetworkDirectory } from '#network';

/** Follows the log for what this process keeps in memory: the network of locations and channels. */
@Injectable()
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly end = new AbortController();
  private readonly loop: ConsumerLoop;
  private running: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly network: NetworkDirectory,
  ) {
    this.loop = new ConsumerLoop(store, network);
  }

  status(): ConsumerStatus {
    return this.loop.status();
  }

  /** The API takes no request before it knows every channel that there is. */
  async onApplicationBootstrap(): Promise<void> {
    this.running = this.loop.run(this.end.signal);
    const head = await this.head();
    while (!(await this.network.reached(head, 1000))) if (this.end.signal.aborted) return;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** The event store may start later than the API. */
  private async head(): Promise<number> {
    for (;;) {
      try {
        return await this.store.head();
      } catch (error) {
        if (this.end.signal.aborted) throw error;
        await pause(200);
      }
    }
  }
}
