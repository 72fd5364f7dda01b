import { Injectable } from '@nestjs/common';
import { PositionWaiter, Registry } from '#projections';
import { Consumers } from './consumers.js';
import { EventStoreHealth } from './event-store-health.js';

/** A read model or a follower of the log that has not moved for this long is too old to serve. */
const STALE_MS = 30_000;

/** Whether the API can serve. */
@Injectable()
export class Readiness {
  /** The head that the read models must reach next, and since when it has been known. */
  private goal = { head: 0, since: Date.now() };

  constructor(
    private readonly store: EventStoreHealth,
    private readonly registry: Registry,
    private readonly readModel: PositionWaiter,
    private readonly consumers: Consumers,
  ) {}

  /** What keeps the API from serving, by part; empty when nothing does. */
  async troubles(): Promise<Readonly<Record<string, string>>> {
    const [log, database] = await Promise.all([
      failureOf(() => this.look(), sentenceOf),
      failureOf(
        () => this.registry.status(),
        () => 'does not answer',
      ),
    ]);
    const behind = Date.now() - this.goal.since;
    const silent = Date.now() - this.consumers.lastContactAt;
    return {
      ...(log !== undefined && { eventStore: log }),
      ...(database !== undefined && { database }),
      ...(behind > STALE_MS && { readModels: `${Math.round(behind / 1000)} s behind` }),
      ...(silent > STALE_MS && { subscription: `silent for ${Math.round(silent / 1000)} s` }),
    };
  }

  private async look() {
    await this.store.check();
    this.follow(await this.store.head());
  }

  private follow(head: number) {
    if (this.readModel.position >= this.goal.head) this.goal = { head, since: Date.now() };
  }
}

const sentenceOf = (error: unknown) => (error as Error).message;

const failureOf = async (
  work: () => Promise<unknown>,
  say: (error: unknown) => string,
): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return say(error);
  }
};
