import { type Position, START } from '#event-store';
import { type DataSource } from 'typeorm';
import { digestSql, layoutOf, type Layout, type StoredRow } from './layout.js';
import { type Projection } from './projection.js';
import { RowCache } from './row-cache.js';
import { Schema, tableName } from './schema.js';
import { openSession, transact, type Session } from './session.js';
import { TableFold } from './table-fold.js';
import { type EventsOfStream, type Table } from './tables.js';

/** What the product's read models are made of. */
export interface ReadModels {
  readonly projections: readonly Projection[];
  readonly events: EventsOfStream;
  /** SQL, safe to repeat, for the views built on `read.<name>` (schema bi). Run whenever those or this text change. */
  readonly views?: readonly string[];
}

export interface Build {
  readonly build: number;
  readonly name: string;
  readonly version: number;
  readonly status: 'building' | 'live' | 'retired';
}

/** How far the live read models are: all of them, always at the same position. */
export interface Checkpoint {
  readonly position: Position;
  /** The last event at or below `position` of those that the projector listens to. */
  readonly lastEvent: Position;
  /** Categories that the projector has listened to. */
  readonly categories: readonly string[];
}

export interface TableDigest {
  readonly rows: number;
  /** Equal for equal rows, wherever they lie. */
  readonly digest: string;
}

export interface BuildStatus extends Build {
  /** Streams that it has stopped folding. */
  readonly parked: number;
  readonly startedAt: Date;
  readonly swappedAt: Date | null;
}

export interface ReadModelStatus {
  /** Of everything live. How far behind that is, the store's head tells. */
  readonly position: Position;
  readonly builds: readonly BuildStatus[];
}

export interface CacheSpec {
  readonly rows: number;
  /** The table holds nothing yet, so what is not in the cache does not exist. */
  readonly empty: boolean;
}

/** The read models of the product and the books that the database keeps about them. */
export class Registry {
  readonly layouts: ReadonlyMap<string, Layout>;
  /** Of all read models together. */
  readonly categories: readonly string[];
  readonly schema: Schema;

  constructor(
    readonly dataSource: DataSource,
    readonly models: ReadModels,
  ) {
    this.layouts = new Map(models.projections.map((projection) => [projection.name, layoutOf(projection)]));
    this.categories = [...new Set(models.projections.flatMap(({ categories }) => categories))].toSorted();
    this.schema = new Schema(models.views ?? []);
  }

  /** Makes what is not there yet. Before the first event is folded, every new read model is live at once. */
  async install(): Promise<void> {
    await this.withSession((session) =>
      transact(session, async () => {
        await this.schema.install(session);
        const { position } = await this.checkpoint(session, true);
        const outdated = await this.outdatedIn(session);
        if (outdated.length === 0) await this.schema.updateViews(session);
        else if (position === START) await this.startEmpty(session, outdated);
      }),
    );
  }

  /** Nothing has been folded yet, so an empty table is up to date. */
  private async startEmpty(session: Session, names: readonly string[]) {
    const builds: { name: string; build: number }[] = [];
    for (const name of names) {
      const build = await this.schema.create(session, this.layout(name));
      await this.schema.createIndices(session, this.layout(name), build);
      builds.push({ name, build });
    }
    await this.schema.publish(session, builds);
    await session.query('UPDATE system.projection_checkpoint SET epoch = epoch + 1');
  }

  async checkpoint(session: Session, lock = false): Promise<Checkpoint> {
    const [row] = await session.query<Checkpoint>(
      `SELECT position::float8, last_event::float8 AS "lastEvent", categories
       FROM system.projection_checkpoint ${lock ? 'FOR UPDATE' : ''}`,
    );
    if (!row) throw new Error('The checkpoint of the read models is gone: system.projection_checkpoint is empty');
    return row;
  }

  builds(session: Session): Promise<readonly Build[]> {
    return session.query<Build>('SELECT build, name, version, status FROM system.projection ORDER BY build');
  }

  /** The live builds that today's code can fold. */
  async current(session: Session): Promise<readonly Build[]> {
    const builds = await this.builds(session);
    const fits = ({ name, version }: Build) => this.layouts.get(name)?.projection.version === version;
    return builds.filter((build) => build.status === 'live' && fits(build));
  }

  /** Read models whose live table is missing or of another version. */
  outdated(): Promise<readonly string[]> {
    return this.withSession((session) => this.outdatedIn(session));
  }

  private async outdatedIn(session: Session) {
    const current = new Set((await this.current(session)).map(({ name }) => name));
    return [...this.layouts.keys()].filter((name) => !current.has(name));
  }

  /** @throws RangeError for a name that no read model has */
  layout(name: string): Layout {
    const layout = this.layouts.get(name);
    if (!layout) throw new RangeError(`There is no read model ${name}: ${[...this.layouts.keys()].join(', ')}`);
    return layout;
  }

  /** A fold for a build. */
  async table(session: Session, { name, build }: Pick<Build, 'name' | 'build'>, cache: CacheSpec): Promise<Table> {
    const sql = 'SELECT stream FROM system.parked WHERE build = $1';
    const parked = await session.query<{ stream: string }>(sql, [build]);
    const rows = new RowCache<StoredRow>(cache.rows, cache.empty);
    const fold = new TableFold(this.layout(name), rows, new Set(parked.map(({ stream }) => stream)));
    return { build, name: tableName(name, build), fold };
  }

  /** @throws RangeError when no build of it is live */
  async live(session: Session, name: string): Promise<Build> {
    const live = (await this.current(session)).find((build) => build.name === this.layout(name).projection.name);
    if (!live) throw new RangeError(`${name} is not live in this version: rebuild it`);
    return live;
  }

  /** Of the live table of a read model, as it is now. */
  async digest(name: string): Promise<TableDigest> {
    return this.withSession(async (session) => this.digestOf(session, await this.live(session, name)));
  }

  async digestOf(session: Session, { name, build }: Pick<Build, 'name' | 'build'>): Promise<TableDigest> {
    const [digest] = await session.query<TableDigest>(digestSql(this.layout(name), tableName(name, build)));
    return digest ?? { rows: 0, digest: '' };
  }

  /** Drops the tables that were replaced. @returns how many */
  async retire(name: string): Promise<number> {
    return this.withSession(async (session) => {
      const builds = await this.builds(session);
      const retired = builds.filter((build) => build.name === name && build.status === 'retired');
      for (const build of retired) await transact(session, () => this.schema.drop(session, build));
      return retired.length;
    });
  }

  async status(): Promise<ReadModelStatus> {
    return this.withSession(async (session) => {
      const { position } = await this.checkpoint(session);
      const builds = await session.query<BuildStatus>(
        `SELECT build, name, version, status, started_at AS "startedAt", swapped_at AS "swappedAt",
           (SELECT count(*)::int FROM system.parked p WHERE p.build = b.build) AS parked
         FROM system.projection b ORDER BY name, build`,
      );
      return { position, builds };
    });
  }

  async withSession<Result>(work: (session: Session) => Promise<Result>, consumer = false): Promise<Result> {
    const session = await openSession(this.dataSource, { consumer });
    try {
      return await work(session);
    } finally {
      await session.release();
    }
  }
}
