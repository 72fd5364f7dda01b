import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { clockSkewMs, clockTrouble } from '#database';
import { EventStore, IncompleteStreams, type Position, LogMismatch, START } from '#event-store';
import { lostKeysWarning, lostServiceKeyWarning } from '#privacy';
import { checkLog, PositionWaiter, Registry, watchLog } from '#projections';
import { Consumers } from './consumers.js';
import { EventStoreHealth } from './event-store-health.js';
import { FreeSpace } from './free-space.js';
import { Status } from './status.js';

/** Read models or consumers that have not advanced for this long are stale. */
const STALE_MS = 30_000;

/** The caller gets an answer within two seconds, even if a part stands still. */
const ANSWER_WITHIN_MS = 1_700;

/** Maximum number of streams in the public answer; `/v1/status` has all. */
const MAX_LISTED_STREAMS = 20;

/** A stream that an operator has to repair, which does not affect other streams. */
export interface UnreadableStream {
  readonly stream: string;
  readonly reason: string;
}

/** Whether the API can serve. */
@Injectable()
export class Readiness {
  @Inject() private readonly status!: Status;
  @Inject() private readonly incompleteStreams!: IncompleteStreams;
  @Inject() private readonly database!: DataSource;
  @Inject() private readonly log!: EventStore;
  @Inject() private readonly freeSpace!: FreeSpace;
  /** The head that the read models must reach next, and the time since which it is known. */
  private goal = { head: START, since: Date.now() };

  constructor(
    private readonly store: EventStoreHealth,
    private readonly registry: Registry,
    private readonly readModel: PositionWaiter,
    private readonly consumers: Consumers,
  ) {}

  /** @throws LogMismatch if the read models were made from another log, or from a longer one */
  checkLog(): Promise<void> {
    return checkLog(this.database, this.log);
  }

  /** Until the signal aborts. @throws LogMismatch as {@link checkLog} */
  watchLog(signal: AbortSignal): Promise<void> {
    return watchLog(this.database, this.log, signal);
  }

  /** Truncated, deleted and parked streams, each once. */
  async unreadableStreams(): Promise<readonly UnreadableStream[]> {
    const parked = await inTime(this.status.parked()).catch(() => []);
    const reasons = new Map(this.incompleteStreams.all.map(({ stream, reason }) => [stream, reason]));
    for (const { stream, error } of parked) reasons.set(stream, reasons.get(stream) ?? error);
    return [...reasons].slice(0, MAX_LISTED_STREAMS).map(([stream, reason]) => ({ stream, reason }));
  }

  /** What an operator has to repair, although the API can serve. */
  async warnings(): Promise<readonly string[]> {
    const troubles = [lostKeysWarning, lostServiceKeyWarning].map((trouble) => inTime(trouble(this.database)));
    const found = await Promise.allSettled(troubles);
    return found.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  }

  /** Part → why it is not ready. Empty if the API is ready. */
  async troubles(): Promise<Readonly<Record<string, string>>> {
    const [log, database, disk, clock] = await Promise.all([
      this.logTrouble(),
      failureOf(
        () => this.registry.status(),
        () => 'does not answer',
      ),
      failureOf(() => this.freeSpace.check(), sentenceOf),
      inTime(clockSkewMs(this.database)).then(clockTrouble, () => undefined),
    ]);
    const behind = this.readModel.position < this.goal.head ? Date.now() - this.goal.since : 0;
    const silent = Date.now() - this.consumers.lastContactAt;
    return {
      ...(log !== undefined && { eventStore: log }),
      ...(database !== undefined && { database }),
      ...(disk !== undefined && { disk }),
      ...(clock !== undefined && { clock }),
      ...(behind > STALE_MS && { readModels: `${Math.round(behind / 1000)} s behind` }),
      ...(silent > STALE_MS && { subscription: `silent for ${Math.round(silent / 1000)} s` }),
    };
  }

  /** An event store that is known to be unavailable is not waited for any longer. */
  private async logTrouble() {
    const gone = inTime(this.checkLog()).then(
      () => undefined,
      (error: unknown) => (error instanceof LogMismatch ? error.message : undefined),
    );
    return (await failureOf(() => this.checkStore(), sentenceOf)) ?? gone;
  }

  private async checkStore() {
    await this.store.check();
    this.follow(await this.store.head(this.registry.categories));
  }

  private follow(head: Position) {
    if (this.readModel.position >= this.goal.head) this.goal = { head, since: Date.now() };
  }
}

const sentenceOf = (error: unknown) => (error as Error).message;

/** @throws Error after {@link ANSWER_WITHIN_MS} */
const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
  const late = new AbortController();
  const deadline = pause(ANSWER_WITHIN_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error('did not answer in time');
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    late.abort();
    deadline.catch(() => undefined);
  }
};

const failureOf = async (
  work: () => Promise<unknown>,
  say: (error: unknown) => string,
): Promise<string | undefined> => {
  try {
    await inTime(work());
    return undefined;
  } catch (error) {
    return say(error);
  }
};
