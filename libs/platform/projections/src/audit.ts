import { type EventStore, type Recorded, type Position, START, LogMismatch } from '#event-store';
import { Builder } from './builder.js';
import { quote, type Layout } from './layout.js';
import { LogReader } from './log-reader.js';
import { dropUnfinishedBuilds, lockReadModel } from './rebuild.js';
import { type Build, type Registry, type TableDigest } from './registry.js';
import { tableName } from './schema.js';
import { openSession, transact, type Session } from './session.js';

/** A row that differs from a fresh fold of the log. */
export interface Difference {
  /** The values of the primary key, separated by spaces. */
  readonly key: string;
  /** `unfounded`: the live row does not follow from the log. */
  readonly live: 'missing' | 'different' | 'unfounded';
  /** Position of the last known event that touched the row. */
  readonly position: Position;
}

/** A live read model compared with a fresh fold of the log, both at the same position. */
export interface AuditedReadModel {
  readonly name: string;
  readonly live: TableDigest;
  readonly fresh: TableDigest;
  /** At most {@link MAX_DIFFERENCES}. */
  readonly differences: readonly Difference[];
}

export interface AuditOptions {
  /** Called with every event of the log once, in order. */
  readonly onEvents?: (events: readonly Recorded[]) => void;
  /** Called after all events. `query` reads the database as of the position of the audit. */
  readonly onRows?: (query: Session['query']) => Promise<void>;
  readonly onProgress?: (progress: { readonly events: number }) => void;
}

export interface Audit {
  readonly position: Position;
  readonly events: number;
  readonly readModels: readonly AuditedReadModel[];
}

const MAX_DIFFERENCES = 20;
/** The projector waits while at most this many events are folded. */
const MAX_EVENTS_WHILE_LOCKED = 2_000;

/**
 * Folds the whole log in one pass into temporary tables and compares them row by row with the live ones at one position. The
 * live tables are not changed, and the projector waits only for a moment.
 *
 * @throws RebuildRunning while a read model is being rebuilt
 */
export const audit = async (registry: Registry, store: EventStore, options: AuditOptions = {}): Promise<Audit> => {
  const session = await openSession(registry.dataSource);
  try {
    const names = (await registry.current(session)).map(({ name }) => name);
    for (const name of names) await lockReadModel(session, name);
    await dropUnfinishedBuilds(registry, session, names);
    const builder = await Builder.start(registry, names);
    try {
      return await new AuditRun(registry, store, session, options).run(builder);
    } finally {
      await builder.close();
      await dropUnfinishedBuilds(registry, session, names);
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
    if (!(await this.store.contains(lastEvent))) throw new LogMismatch('the read models', lastEvent);
    const reader = new LogReader(this.store, all, START, 4_000);
    try {
      await this.catchUp(reader, builder);
      return await this.registry.withSession((snapshot) => this.compare(reader, builder, snapshot));
    } finally {
      reader.close();
    }
  }

  /** Folds until the live tables are at most {@link MAX_EVENTS_WHILE_LOCKED} events ahead. */
  private async catchUp(reader: LogReader, builder: Builder) {
    for (let before = -MAX_EVENTS_WHILE_LOCKED; this.events - before >= MAX_EVENTS_WHILE_LOCKED;) {
      before = this.events;
      const { lastEvent } = await this.registry.checkpoint(this.session);
      await this.foldUpTo(reader, builder, lastEvent);
      await builder.flush();
    }
  }

  private async foldUpTo(reader: LogReader, builder: Builder, target: Position) {
    while (reader.position < target) {
      const events = await reader.next(target);
      this.options.onEvents?.(events);
      await builder.fold(events);
      this.events += events.length;
      this.options.onProgress?.({ events: this.events });
    }
  }

  private async compare(reader: LogReader, builder: Builder, snapshot: Session): Promise<Audit> {
    const position = await transact(this.session, async () => {
      const checkpoint = await this.registry.checkpoint(this.session, true);
      await this.foldUpTo(reader, builder, checkpoint.lastEvent);
      await builder.flush();
      await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await snapshot.query('SELECT 1 FROM system.projection_checkpoint');
      return checkpoint.position;
    });
    try {
      await this.options.onRows?.((...args) => snapshot.query(...args));
      const readModels: AuditedReadModel[] = [];
      for (const fresh of builder.builds) readModels.push(await this.compareTable(snapshot, fresh));
      return { position, events: this.events, readModels };
    } finally {
      await snapshot.query('ROLLBACK');
    }
  }

  private async compareTable(snapshot: Session, fresh: Pick<Build, 'name' | 'build'>): Promise<AuditedReadModel> {
    const live = await this.registry.live(snapshot, fresh.name);
    const digests = {
      live: await this.registry.digestOf(snapshot, live),
      fresh: await this.registry.digestOf(snapshot, fresh),
    };
    const same = digests.live.digest === digests.fresh.digest && digests.live.rows === digests.fresh.rows;
    const layout = this.registry.layout(fresh.name);
    const sql = differencesSql(layout, tableName(live.name, live.build), tableName(fresh.name, fresh.build));
    return { name: fresh.name, ...digests, differences: same ? [] : await snapshot.query<Difference>(sql) };
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
