import { Inject, Injectable } from '@nestjs/common';
import { CutStreams, EventStore } from '#event-store';
import { PositionWaiter, Registry } from '#projections';
import { Consumers } from './consumers.js';
import { Status } from './status.js';

/** A read model or a follower of the log that has not moved for this long is too old to serve. */
const STALE_MS = 30_000;

/** Most streams that are named to anybody who asks; `/v1/status` has them all. */
const MOST_NAMED = 20;

/** A stream that keeps nothing else from working, but waits for an operator. */
export interface Waiting {
  readonly stream: string;
  readonly reason: string;
}

/** Whether the API can serve. */
@Injectable()
export class Readiness {
  @Inject() private readonly status!: Status;
  @Inject() private readonly cutStreams!: CutStreams;
  /** The head that the read models must reach next, and since when it has been known. */
  private goal = { head: 0, since: Date.now() };

  constructor(
    private readonly store: EventStore,
    private readonly registry: Registry,
    private readonly readModel: PositionWaiter,
    private readonly consumers: Consumers,
  ) {}

  /** The streams that are cut or deleted, and those that are parked, each once. */
  async waiting(): Promise<readonly Waiting[]> {
    const parked = await this.status.parked().catch(() => []);
    const reasons = new Map(this.cutStreams.all.map(({ stream, reason }) => [stream, reason]));
    for (const { stream, error } of parked) reasons.set(stream, reasons.get(stream) ?? error);
    return [...reasons].slice(0, MOST_NAMED).map(([stream, reason]) => ({ stream, reason }));
  }

  /** What keeps the API from serving, by part; empty when nothing does. */
  async troubles(): Promise<Readonly<Record<string, string>>> {
    const [log, database] = await Promise.all([
      failureOf(async () => this.follow(await this.store.head())),
      failureOf(() => this.registry.status()),
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

  private follow(head: number) {
    if (this.readModel.position >= this.goal.head) this.goal = { head, since: Date.now() };
  }
}

const failureOf = async (work: () => Promise<unknown>): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch {
    return 'does not answer';
  }
};
