import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, type Position, START } from '#event-store';
import { Builder } from './builder.js';
import { LogReader } from './log-reader.js';
import { type Registry } from './registry.js';
import { openSession, type Session } from './session.js';
import { foldUpTo, isLockTimeout, swap, type Rebuilt } from './swap.js';

export interface RebuildProgress {
  readonly phase: 'reading' | 'indexing' | 'swapping';
  readonly events: number;
  readonly eventsPerSecond: number;
}

export interface RebuildOptions {
  /** Default: all. They are rebuilt in one pass over the log, with those that can only be rebuilt together with them. */
  readonly names?: readonly string[];
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Number of events in one batch. Default 4,000. */
  readonly batchSize?: number;
}

/** The read model is being rebuilt or audited by another process. */
export class RebuildRunning extends Error {
  constructor(name: string) {
    super(`${name} is being rebuilt already`);
    this.name = 'RebuildRunning';
  }
}

/** The projector waits while at most this many events are folded. */
const MAX_EVENTS_WHILE_LOCKED = 2_000;

/**
 * Builds read models from the first event while the live ones stay in use, and swaps them at the same position. Old tables stay until
 * {@link Registry.retire}. A rebuild may be killed at any time and started again. It needs four connections.
 *
 * @throws RebuildRunning
 */
export const rebuild = async (
  registry: Registry,
  store: EventStore,
  options: RebuildOptions = {},
): Promise<readonly Rebuilt[]> => {
  const names = registry.rebuildGroup(options.names ?? [...registry.layouts.keys()]);
  await registry.install();
  const session = await openSession(registry.dataSource);
  try {
    for (const name of names) await lockReadModel(session, name);
    await dropUnfinishedBuilds(registry, session, names);
    return await new Rebuild(registry, store, session, options).run(names);
  } finally {
    await session.query('SELECT pg_advisory_unlock_all()').catch(() => []);
    await session.release();
  }
};

/** Ensures one rebuild or audit of a read model at a time. @throws RebuildRunning */
export const lockReadModel = async (session: Session, name: string) => {
  const sql = `SELECT pg_try_advisory_lock(hashtextextended('kontor rebuild ' || $1, 0)) AS locked`;
  const [answer] = await session.query<{ locked: boolean }>(sql, [name]);
  if (!answer?.locked) throw new RebuildRunning(name);
};

/** Drops tables of rebuilds that were killed. */
export const dropUnfinishedBuilds = async (registry: Registry, session: Session, names: readonly string[]) => {
  for (const build of await registry.builds(session)) {
    if (build.status === 'building' && names.includes(build.name)) await registry.schema.drop(session, build);
  }
};

class Rebuild {
  private readonly started = performance.now();

  constructor(
    private readonly registry: Registry,
    private readonly store: EventStore,
    private readonly session: Session,
    private readonly options: RebuildOptions,
  ) {}

  async run(names: readonly string[]): Promise<readonly Rebuilt[]> {
    const builder = await Builder.start(this.registry, names);
    try {
      const position = await this.foldLog(builder);
      await builder.finish();
      return await this.catchUpAndSwap(builder, position);
    } finally {
      await builder.close();
    }
  }

  /** Folds the categories of the tables up to the live tables or the end of the log. @returns the position */
  private async foldLog(builder: Builder): Promise<Position> {
    const folded = builder.builds.map(({ name }) => this.registry.layout(name).projection);
    const categories = [...new Set(folded.flatMap((projection) => projection.categories))];
    const reader = new LogReader(this.store, categories, START, this.options.batchSize ?? 4_000);
    try {
      let target = await this.lastEvent();
      while (reader.position < target && !(reader.caughtUp && !reader.hasMore)) {
        await builder.fold(await reader.next(target));
        this.reportProgress('reading', builder);
        if (reader.position >= target) target = await this.lastEvent();
      }
      this.reportProgress('indexing', builder);
      return reader.position;
    } finally {
      reader.close();
    }
  }

  /** Follows the live tables until at most {@link MAX_EVENTS_WHILE_LOCKED} events are missing, then swaps. */
  private async catchUpAndSwap(builder: Builder, after: Position): Promise<readonly Rebuilt[]> {
    // The categories of the projector, so that the reader also gets the last event that the projector has folded.
    const { categories } = await this.registry.checkpoint(this.session);
    const reader = new LogReader(this.store, categories, after, 500);
    try {
      for (;;) {
        const target = await this.lastEvent();
        const before = builder.events;
        await foldUpTo(reader, builder, target);
        await builder.flush();
        this.reportProgress('swapping', builder);
        if (builder.events - before > MAX_EVENTS_WHILE_LOCKED) continue;
        const swapped = await this.trySwap(builder, reader);
        if (swapped) return swapped;
      }
    } finally {
      reader.close();
    }
  }

  private async trySwap(builder: Builder, reader: LogReader) {
    try {
      return await swap(this.registry, this.session, builder, reader);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await pause(100);
      return undefined;
    }
  }

  private async lastEvent() {
    return (await this.registry.checkpoint(this.session)).lastEvent;
  }

  private reportProgress(phase: RebuildProgress['phase'], { events }: Builder) {
    const eventsPerSecond = Math.round(events / Math.max(0.001, (performance.now() - this.started) / 1000));
    this.options.onProgress?.({ phase, events, eventsPerSecond });
  }
}
