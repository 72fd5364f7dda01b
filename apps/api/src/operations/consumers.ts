import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ConsumerLoop, EventStore, type InMemoryView, type Position } from '#event-store';
import { NetworkDirectory } from '#network';
import { SourcingPolicies } from '#sourcing';
import { KitDirectory } from '#stock';

/** Follows the log for what this process keeps in memory: locations and channels, how they are sourced from, and kits. */
@Injectable()
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly end = new AbortController();
  private readonly loops: readonly ConsumerLoop[];
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly network: NetworkDirectory,
    private readonly policies: SourcingPolicies,
    private readonly kits: KitDirectory,
  ) {
    this.loops = [network, policies, kits].map((consumer) => new ConsumerLoop(store, consumer));
  }

  /** Milliseconds since 1970 when every one of them had last heard from the store; 0 before that. */
  get lastContactAt(): number {
    return Math.min(...this.loops.map((loop) => loop.status().lastContactAt ?? 0));
  }

  /** The API takes no request before it knows every channel, policy and kit that there is. */
  async onApplicationBootstrap(): Promise<void> {
    this.running = Promise.all(this.loops.map((loop) => loop.run(this.end.signal)));
    for (const view of [this.network, this.policies, this.kits]) {
      const head = await this.headOf(view);
      while (!(await view.reached(head, 1000))) if (this.end.signal.aborted) return;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** The event store may start later than the API. */
  private async headOf({ categories }: InMemoryView): Promise<Position> {
    for (;;) {
      try {
        return await this.store.head(categories);
      } catch (error) {
        if (this.end.signal.aborted) throw error;
        await pause(200);
      }
    }
  }
}
