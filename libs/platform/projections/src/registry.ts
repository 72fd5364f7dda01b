import { type Position, START } from '#event-store';
import { type DataSource } from 'typeorm';
import { digestSql, layoutOf, type Layout, type StoredRow } from './layout.js';
import { isDerived, type Projection } from './projection.js';
import { RowCache } from './row-cache.js';
import { DatabaseSchema, tableName } from './schema.js';
import { openSession, transact, type Session } from './session.js';
import { TableFold } from './table-fold.js';
import { type EventsOfStream, type Table } from './tables.js';

/** The read models of the product. */
export interface ReadModels {
  readonly projections: readonly Projection[];
  readonly events: EventsOfStream;
  /** Idempotent SQL for the views of schema bi. Run when it or the views `read.<name>` change. */
  readonly views?: readonly string[];
}

export interface Build {
  readonly build: number;
  readonly name: string;
  readonly version: number;
  readonly status: 'building' | 'live' | 'retired';
}

/** The progress of the live read models, which are all at the same position. */
export interface Checkpoint {
  readonly position: Position;
  /** Position of the last event at or below `position` in the projector's categories. */
  readonly lastEvent: Position;
  /** Categories that projectors have subscribed to. */
  readonly categories: readonly string[];
}

export interface TableDigest {
  readonly rows: number;
  /** Equal for equal rows, regardless of their order. */
  readonly digest: string;
}

export interface BuildStatus extends Build {
  /** Number of parked streams. */
  readonly parked: number;
  readonly startedAt: Date;
  readonly swappedAt: Date | null;
}

export interface ReadModelStatus {
  /** The position of the live read models. */
  readonly position: Position;
  readonly builds: readonly BuildStatus[];
}

export interface CacheSpec {
  readonly rows: number;
  /** The table is empty, so rows that are not in the cache do not exist. */
  readonly empty: boolean;
}

/** The read models of the product, with their tables and checkpoint in the database. */
export class Registry {
  readonly layouts: ReadonlyMap<string, Layout>;
  /** Categories of all read models. */
  readonly categories: readonly string[];
  readonly schema: DatabaseSchema;

  constructor(
    readonly dataSource: DataSource,
    readonly models: ReadModels,
  ) {
    this.layouts = new Map(models.projections.map((projection) => [projection.name, layoutOf(projection)]));
    this.categories = [...new Set(models.projections.flatMap(({ categories }) => categories))].toSorted();
    this.schema = new DatabaseSchema(models.views ?? []);
  }

  /** Creates missing tables and views. Before the first event is folded, new read models are live at once. */
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

  /** Empty tables are up to date while nothing has been folded. */
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
    if (!row) throw new Error('The checkpoint of the read models is missing: system.projection_checkpoint is empty');
    return row;
  }

  builds(session: Session): Promise<readonly Build[]> {
    return session.query<Build>('SELECT build, name, version, status FROM system.projection ORDER BY build');
  }

  /** The live builds of the current versions. A derived one counts only if the read model that it is derived from is current too. */
  async current(session: Session): Promise<readonly Build[]> {
    const builds = await this.builds(session);
    const fits = ({ name, version, status }: Build) =>
      status === 'live' && this.layouts.get(name)?.projection.version === version;
    const current = new Set(builds.filter(fits).map(({ name }) => name));
    return builds.filter((build) => fits(build) && current.has(this.rootOf(build.name)));
  }

  /** These read models and all that are rebuilt together with them: a read model and those that are derived from it form a group. */
  rebuildGroup(names: readonly string[]): readonly string[] {
    const roots = new Set(names.map((name) => this.rootOf(name)));
    return [...this.layouts.keys()].filter((name) => roots.has(this.rootOf(name)));
  }

  /** The read model that it is derived from, or else itself. */
  private rootOf(name: string): string {
    const { projection } = this.layout(name);
    return isDerived(projection) ? projection.derivedFrom.name : name;
  }

  /** Read models whose live table is missing or of another version. */
  outdated(): Promise<readonly string[]> {
    return this.withSession((session) => this.outdatedIn(session));
  }

  private async outdatedIn(session: Session) {
    const current = new Set((await this.current(session)).map(({ name }) => name));
    return [...this.layouts.keys()].filter((name) => !current.has(name));
  }

  /** @throws RangeError for an unknown read model */
  layout(name: string): Layout {
    const layout = this.layouts.get(name);
    if (!layout) throw new RangeError(`There is no read model ${name}: ${[...this.layouts.keys()].join(', ')}`);
    return layout;
  }

  /** Opens a build for folding. */
  async table(session: Session, { name, build }: Pick<Build, 'name' | 'build'>, cache: CacheSpec): Promise<Table> {
    const sql = 'SELECT stream FROM system.parked WHERE build = $1';
    const parked = await session.query<{ stream: string }>(sql, [build]);
    const rows = new RowCache<StoredRow>(cache.rows, cache.empty);
    const fold = new TableFold(this.layout(name), rows, new Set(parked.map(({ stream }) => stream)));
    return { build, name: tableName(name, build), fold };
  }

  /** @throws RangeError when no build of the current version is live */
  async live(session: Session, name: string): Promise<Build> {
    const live = (await this.current(session)).find((build) => build.name === this.layout(name).projection.name);
    if (!live) throw new RangeError(`${name} is not live in the current version: rebuild it`);
    return live;
  }

  /** The digest of the live table of a read model. */
  async digest(name: string): Promise<TableDigest> {
    return this.withSession(async (session) => this.digestOf(session, await this.live(session, name)));
  }

  async digestOf(session: Session, { name, build }: Pick<Build, 'name' | 'build'>): Promise<TableDigest> {
    const [digest] = await session.query<TableDigest>(digestSql(this.layout(name), tableName(name, build)));
    return digest ?? { rows: 0, digest: '' };
  }

  /** Drops the tables that were replaced. @returns their number */
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
