import { type EventStore, type Recorded, type Position, START, PositionGone } from '#event-store';
import { Builder } from './builder.js';
import { quote, type Layout } from './layout.js';
import { LogReader } from './log-reader.js';
import { dropLeftovers, lock } from './rebuild.js';
import { type Build, type Registry, type TableDigest } from './registry.js';
import { tableName } from './schema.js';
import { openSession, transact, type Session } from './session.js';

/** A row that is not what the log says it is; the key's values, in their order. */
export interface Difference {
  readonly key: string;
  readonly live: 'missing' | 'different' | 'unfounded';
  /** Of the last event that touched it, as far as is known. */
  readonly position: Position;
}

/** A live read model beside a fresh fold of the log, both at the same position. */
export interface Audited {
  readonly name: string;
  readonly live: TableDigest;
  readonly fresh: TableDigest;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

export interface AuditOptions {
  /** Sees every event of the log, once, in order. */
  readonly onEvents?: (events: readonly Recorded[]) => void;
  /** Asks the database as it was at the position of the audit, once all events have been seen. */
  readonly onRows?: (query: Session['query']) => Promise<void>;
  readonly onProgress?: (progress: { readonly events: number }) => void;
}

export interface Audit {
  readonly position: Position;
  readonly events: number;
  readonly readModels: readonly Audited[];
}

const MAX_DIFFERENCES = 20;
/** Fewer events than this are folded while the projector waits. */
const FEW = 2_000;

/**
 * Folds the whole log anew, in one pass, into tables beside the live ones, and compares row by row at one position. The
 * live ones stay as they are. The projector waits for a moment only.
 *
 * @throws RebuildRunning while one of them is being rebuilt
 */
export const audit = async (registry: Registry, store: EventStore, options: AuditOptions = {}): Promise<Audit> => {
  const session = await openSession(registry.dataSource);
  try {
    const names = (await registry.current(session)).map(({ name }) => name);
    for (const name of names) await lock(session, name);
    await dropLeftovers(registry, session, names);
    const builder = await Builder.start(registry, names);
    try {
      return await new AuditRun(registry, store, session, options).run(builder);
    } finally {
      await builder.close();
      await dropLeftovers(registry, session, names);
    }
  } finally {
    await session.query('SELECT pg_advisory_unlock_all()').catch(() => []);
    await session.release();
  }
};

class AuditRun {
  private events = 0;

  constructor(
    private readonly registry: Registry,
    private readonly store: EventStore,
    private readonly session: Session,
    private readonly options: AuditOptions,
  ) {}

  async run(builder: Builder): Promise<Audit> {
    const { categories, lastEvent } = await this.registry.checkpoint(this.session);
    const all = [...new Set([...categories, ...this.registry.categories])];
    if (!(await this.store.contains(lastEvent))) throw new PositionGone('the read models', lastEvent);
    const reader = new LogReader(this.store, all, START, 4_000);
    try {
      await this.bulk(reader, builder);
      return await this.registry.withSession((frozen) => this.compare(reader, builder, frozen));
    } finally {
      reader.close();
    }
  }

  /** Until it is so close to the live ones that they can wait for the rest. */
  private async bulk(reader: LogReader, builder: Builder) {
    for (let before = -FEW; this.events - before >= FEW;) {
      before = this.events;
      const { lastEvent } = await this.registry.checkpoint(this.session);
      await this.follow(reader, builder, lastEvent);
      await builder.flush();
    }
  }

  private async follow(reader: LogReader, builder: Builder, target: Position) {
    while (reader.position < target) {
      const events = await reader.next(target);
      this.options.onEvents?.(events);
      await builder.fold(events);
      this.events += events.length;
      this.options.onProgress?.({ events: this.events });
    }
  }

  private async compare(reader: LogReader, builder: Builder, frozen: Session): Promise<Audit> {
    const position = await transact(this.session, async () => {
      const checkpoint = await this.registry.checkpoint(this.session, true);
      await this.follow(reader, builder, checkpoint.lastEvent);
      await builder.flush();
      await frozen.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await frozen.query('SELECT 1 FROM system.projection_checkpoint');
      return checkpoint.position;
    });
    try {
      await this.options.onRows?.((...args) => frozen.query(...args));
      const readModels: Audited[] = [];
      for (const fresh of builder.builds) readModels.push(await this.audited(frozen, fresh));
      return { position, events: this.events, readModels };
    } finally {
      await frozen.query('ROLLBACK');
    }
  }

  private async audited(frozen: Session, fresh: Pick<Build, 'name' | 'build'>): Promise<Audited> {
    const live = await this.registry.live(frozen, fresh.name);
    const digests = {
      live: await this.registry.digestOf(frozen, live),
      fresh: await this.registry.digestOf(frozen, fresh),
    };
    const same = digests.live.digest === digests.fresh.digest && digests.live.rows === digests.fresh.rows;
    const layout = this.registry.layout(fresh.name);
    const sql = differencesSql(layout, tableName(live.name, live.build), tableName(fresh.name, fresh.build));
    return { name: fresh.name, ...digests, differences: same ? [] : await frozen.query<Difference>(sql) };
  }
}

const differencesSql = ({ columns, key }: Layout, live: string, fresh: string) => {
  const each = <Item>(items: readonly Item[], show: (item: Item) => string, separator = ', ') =>
    items.map(show).join(separator);
  const row = (table: string) => `row(${each(columns, ({ name }) => `${table}.${name}`)})`;
  const [first] = key.map(({ name }) => name);
  return `
    SELECT concat_ws(' ', ${each(key, ({ name }) => `coalesce(l.${name}, f.${name})`)}) AS key,
           CASE WHEN l.${first ?? ''} IS NULL THEN 'missing' WHEN f.${first ?? ''} IS NULL THEN 'unfounded'
                ELSE 'different' END AS live,
           coalesce(f.${quote('position')}, l.${quote('position')})::float8 AS position
    FROM ${live} AS l FULL JOIN ${fresh} AS f ON ${each(key, ({ name }) => `l.${name} = f.${name}`, ' AND ')}
    WHERE ${row('l')} IS DISTINCT FROM ${row('f')} ORDER BY 3, 1 LIMIT ${MAX_DIFFERENCES}`;
};
