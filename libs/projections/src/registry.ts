import { type DataSource } from 'typeorm';
import { createTableSql, createIndicesSql, GRANTS, INSTALL, type Roles } from './ddl.js';
import { layoutOf, quote, type Layout, type StoredRow } from './layout.js';
import { type Projection } from './projection.js';
import { RowCache } from './row-cache.js';
import { openSession, transact, type Session } from './session.js';
import { TableFold } from './table-fold.js';
import { type EventCatalogue, type Table } from './tables.js';

/** What the product's read models are made of. */
export interface ReadModels {
  readonly projections: readonly Projection[];
  readonly events: EventCatalogue;
  /**
   * SQL, safe to repeat, that makes the views built on `read.<name>` (schema bi). Run after the views of the read models
   * were made, and again when one of them had to be dropped because its columns changed.
   */
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
  readonly position: number;
  /** The last event at or below `position` of those that the projector listens to. */
  readonly lastEvent: number;
  readonly epoch: number;
  /** Categories that the projector has listened to. */
  readonly categories: readonly string[];
}

const CHECKPOINT = `position::float8, last_event::float8 AS "lastEvent", epoch::float8, categories`;

export const tableName = (name: string, build: number) => `read.${quote(`${name}__${build}`)}`;

/** The database side of the read models: tables, views and the books kept about them. */
export class Registry {
  readonly layouts: ReadonlyMap<string, Layout>;
  /** Of all read models together. */
  readonly categories: readonly string[];
  private roles: Roles = { app: false };

  constructor(
    readonly dataSource: DataSource,
    readonly models: ReadModels,
  ) {
    this.layouts = new Map(models.projections.map((projection) => [projection.name, layoutOf(projection)]));
    this.categories = [...new Set(models.projections.flatMap(({ categories }) => categories))].toSorted();
  }

  /** Makes what is not there yet. With an empty log behind it, every new read model is live at once. */
  async install(): Promise<void> {
    const session = await openSession(this.dataSource);
    try {
      await transact(session, async () => {
        await session.query(INSTALL);
        const roles = await session.query("SELECT 1 FROM pg_roles WHERE rolname = 'kontor_app'");
        this.roles = { app: roles.length > 0 };
        if (this.roles.app) await session.query(GRANTS);
        const { position } = await this.checkpoint(session, true);
        if (position === 0) await this.startEmpty(session);
      });
    } finally {
      await session.release();
    }
  }

  /** Nothing has been folded yet, so an empty table is up to date. */
  private async startEmpty(session: Session) {
    const builds = await this.builds(session);
    const live = new Map(builds.filter(({ status }) => status === 'live').map((build) => [build.name, build]));
    const changed = this.models.projections.filter(({ name, version }) => live.get(name)?.version !== version);
    for (const { name } of changed) {
      const build = await this.create(session, name);
      await this.createIndices(session, name, build);
      await this.publish(session, name, build);
    }
    if (changed.length === 0) return;
    await this.createViews(session);
    await session.query('UPDATE system.projection_checkpoint SET epoch = epoch + 1');
  }

  async checkpoint(session: Session, lock = false): Promise<Checkpoint> {
    const [row] = await session.query<Checkpoint>(
      `SELECT ${CHECKPOINT} FROM system.projection_checkpoint${lock ? ' FOR UPDATE' : ''}`,
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
    return builds.filter(({ name, version, status }) => status === 'live' && this.version(name) === version);
  }

  /** Read models whose live table is missing or of another version. */
  async outdated(): Promise<readonly string[]> {
    const session = await openSession(this.dataSource);
    try {
      const current = new Set((await this.current(session)).map(({ name }) => name));
      return [...this.layouts.keys()].filter((name) => !current.has(name));
    } finally {
      await session.release();
    }
  }

  private version(name: string) {
    return this.layouts.get(name)?.projection.version;
  }

  /** @throws RangeError for a name that no read model has */
  layout(name: string): Layout {
    const layout = this.layouts.get(name);
    if (!layout) throw new RangeError(`There is no read model ${name}: ${[...this.layouts.keys()].join(', ')}`);
    return layout;
  }

  /** A new table, without secondary indices. @returns its build */
  async create(session: Session, name: string): Promise<number> {
    const layout = this.layout(name);
    const [made] = await session.query<{ build: number }>(
      `INSERT INTO system.projection (name, version, status) VALUES ($1, $2, 'building') RETURNING build`,
      [name, layout.projection.version],
    );
    const build = made?.build ?? 0;
    for (const sql of createTableSql(layout, tableName(name, build), this.roles)) await session.query(sql);
    return build;
  }

  async createIndices(session: Session, name: string, build: number) {
    for (const sql of createIndicesSql(this.layout(name), tableName(name, build))) await session.query(sql);
  }

  /** Makes a build the live one: the view shows it from the end of the transaction on. */
  async publish(session: Session, name: string, build: number) {
    await session.query(`UPDATE system.projection SET status = 'retired' WHERE name = $1 AND status = 'live'`, [name]);
    await session.query(`UPDATE system.projection SET status = 'live', swapped_at = now() WHERE build = $1`, [build]);
    await this.switchView(session, name, build);
  }

  /** Views that stand on a view whose columns change are dropped with it, and made again. */
  private async switchView(session: Session, name: string, build: number) {
    const view = `read.${quote(name)}`;
    const select = `VIEW ${view} WITH (security_invoker = true) AS SELECT * FROM ${tableName(name, build)}`;
    await session.query('SAVEPOINT view');
    try {
      await session.query(`CREATE OR REPLACE ${select}`);
    } catch (error) {
      if ((error as { code?: unknown }).code !== '42P16') throw error; // other columns than before
      await session.query('ROLLBACK TO view');
      await session.query(`DROP VIEW ${view} CASCADE`);
      await session.query(`CREATE ${select}`);
      await this.createViews(session);
    }
    if (this.roles.app) await session.query(`GRANT SELECT ON ${view} TO kontor_app`);
  }

  private async createViews(session: Session) {
    for (const sql of this.models.views ?? []) await session.query(sql);
  }

  /** Drops a build that is not live, and all that is known of it. */
  async drop(session: Session, name: string, build: number) {
    await session.query(`DROP TABLE IF EXISTS ${tableName(name, build)}`);
    await session.query('DELETE FROM system.projection WHERE build = $1', [build]);
  }

  /** A fold for a build. `empty`: the table is. */
  async table(session: Session, { name, build }: Pick<Build, 'name' | 'build'>, cache: CacheSpec): Promise<Table> {
    const parked = await session.query<{ stream: string }>('SELECT stream FROM system.parked WHERE build = $1', [
      build,
    ]);
    const rows = new RowCache<StoredRow>(cache.rows, cache.empty);
    const fold = new TableFold(this.layout(name), rows, new Set(parked.map(({ stream }) => stream)));
    return { build, name: tableName(name, build), fold };
  }
}

export interface CacheSpec {
  readonly rows: number;
  /** The table holds nothing yet, so what is not in the cache does not exist. */
  readonly empty: boolean;
}
