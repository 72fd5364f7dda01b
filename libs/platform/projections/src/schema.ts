import { createIndicesSql, createTableSql, GRANTS, INSTALL, type Roles } from './ddl.js';
import { quote, type Layout } from './layout.js';
import { type Session } from './session.js';

export const tableName = (name: string, build: number) => `read.${quote(`${name}__${build}`)}`;

/** SQLSTATE of a view that cannot be replaced because its columns have changed. */
const OTHER_COLUMNS = '42P16';

/** Tables and views of read models. Methods must run in a transaction. */
export class DatabaseSchema {
  private roles: Roles = { app: false, bi: false };

  constructor(private readonly views: readonly string[]) {}

  async install(session: Session) {
    await session.query(INSTALL);
    const roles = await session.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
    const has = (role: string) => roles.some(({ name }) => name === role);
    this.roles = { app: has('kontor_app'), bi: has('kontor_bi') };
    if (this.roles.app) await session.query(GRANTS);
  }

  /** Creates a table without secondary indices. @returns its build */
  async create(session: Session, layout: Layout): Promise<number> {
    const { name, version } = layout.projection;
    const [created] = await session.query<{ build: number }>(
      `INSERT INTO system.projection (name, version, status) VALUES ($1, $2, 'building') RETURNING build`,
      [name, version],
    );
    if (!created) throw new Error(`No build number for ${name}`);
    for (const sql of createTableSql(layout, tableName(name, created.build), this.roles)) await session.query(sql);
    return created.build;
  }

  async createIndices(session: Session, layout: Layout, build: number) {
    for (const sql of createIndicesSql(layout, tableName(layout.projection.name, build))) await session.query(sql);
  }

  /** Makes builds live: once the transaction is committed, the views show them. */
  async publish(session: Session, builds: readonly { readonly name: string; readonly build: number }[]) {
    let viewsMissing = false;
    for (const { name, build } of builds) {
      await session.query(`UPDATE system.projection SET status = 'retired' WHERE name = $1 AND status = 'live'`, [
        name,
      ]);
      await session.query(`UPDATE system.projection SET status = 'live', swapped_at = now() WHERE build = $1`, [build]);
      viewsMissing = (await this.switchView(session, name, build)) || viewsMissing;
    }
    if (viewsMissing) await this.createViews(session);
  }

  /** @returns whether dependent views must be created, because the view is new or was dropped together with them */
  private async switchView(session: Session, name: string, build: number): Promise<boolean> {
    const view = `read.${quote(name)}`;
    const select = `VIEW ${view} WITH (security_invoker = true) AS SELECT * FROM ${tableName(name, build)}`;
    const [found] = await session.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [view]);
    await session.query('SAVEPOINT view');
    const replaced = await this.replace(session, select);
    if (!replaced) {
      await session.query(`ROLLBACK TO view; DROP VIEW ${view} CASCADE`);
      await session.query(`CREATE ${select}`);
    }
    if (this.roles.app) await session.query(`GRANT SELECT ON ${view} TO kontor_app`);
    return !found?.exists || !replaced;
  }

  private async replace(session: Session, select: string): Promise<boolean> {
    try {
      await session.query(`CREATE OR REPLACE ${select}`);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === OTHER_COLUMNS) return false;
      throw error;
    }
  }

  /** Replaces the views if their SQL has changed. Waits for transactions that read them. */
  async updateViews(session: Session) {
    const changed = await session.query(
      'SELECT 1 FROM system.projection_checkpoint WHERE views IS DISTINCT FROM md5($1)',
      [this.views.join('\n')],
    );
    if (changed.length > 0) await this.createViews(session);
  }

  private async createViews(session: Session) {
    for (const sql of this.views) await session.query(sql);
    await session.query('UPDATE system.projection_checkpoint SET views = md5($1)', [this.views.join('\n')]);
  }

  /** Drops the table and the record of a build that is not live. */
  async drop(session: Session, { name, build }: { readonly name: string; readonly build: number }) {
    await session.query(`DROP TABLE IF EXISTS ${tableName(name, build)}`);
    await session.query('DELETE FROM system.projection WHERE build = $1', [build]);
  }
}
