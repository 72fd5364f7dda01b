import { Inject, Injectable } from '@nestjs/common';
import { IncompleteStreams, type Position, PositionGone, START } from '#event-store';
import { PositionWaiter, Registry } from '#projections';
import { Consumers } from './consumers.js';
import { EventStoreHealth } from './event-store-health.js';
import { Status } from './status.js';

/** A read model or a follower of the log that has not moved for this long is too old to serve. */
const STALE_MS = 30_000;

/** Most streams that are named to anybody who asks; `/v1/status` has them all. */
const MAX_NAMED = 20;

/** A stream that keeps nothing else from working, but waits for an operator. */
export interface Waiting {
  readonly stream: string;
  readonly reason: string;
}

/** Whether the API can serve. */
@Injectable()
export class Readiness {
  @Inject() private readonly status!: Status;
  @Inject() private readonly incompleteStreams!: IncompleteStreams;
  /** The head that the read models must reach next, and since when it has been known. */
  private goal = { head: START, since: Date.now() };

  constructor(
    private readonly store: EventStoreHealth,
    private readonly registry: Registry,
    private readonly readModel: PositionWaiter,
    private readonly consumers: Consumers,
  ) {}

  /** @throws PositionGone when the read models were made from another log, or from more of it than there is */
  async checkLog(): Promise<void> {
    const { position } = this.readModel;
    if (!(await this.store.contains(position))) throw new PositionGone('the read models', position);
  }

  /** The streams that are cut or deleted, and those that are parked, each once. */
  async waiting(): Promise<readonly Waiting[]> {
    const parked = await this.status.parked().catch(() => []);
    const reasons = new Map(this.incompleteStreams.all.map(({ stream, reason }) => [stream, reason]));
    for (const { stream, error } of parked) reasons.set(stream, reasons.get(stream) ?? error);
    return [...reasons].slice(0, MAX_NAMED).map(([stream, reason]) => ({ stream, reason }));
  }

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
    this.follow(await this.store.head(this.registry.categories));
    await this.checkLog();
  }

  private follow(head: Position) {
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
