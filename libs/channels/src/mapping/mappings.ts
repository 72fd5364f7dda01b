import { type DataSource, type EntityManager } from 'typeorm';

/** Something that we and the other side call by different names. */
export interface Mapping<Data extends object = object> {
  readonly ours: string;
  readonly theirs: string;
  readonly data: Data;
}

export type MappingToPut = Pick<Mapping, 'ours' | 'theirs'> & Partial<Pick<Mapping, 'data'>>;

/** The tables of names of one adapter: SKUs, statuses, carriers, orders … Each name has one counterpart. */
export class Mappings {
  constructor(
    private readonly db: DataSource,
    private readonly adapter: string,
  ) {}

  ofOurs<Data extends object>(
    kind: string,
    ours: readonly string[],
    db: EntityManager = this.db.manager,
  ): Promise<Mapping<Data>[]> {
    return db.query(
      'SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours = ANY($3)',
      [this.adapter, kind, ours],
    );
  }

  ofTheirs<Data extends object>(
    kind: string,
    theirs: readonly string[],
    db: EntityManager = this.db.manager,
  ): Promise<Mapping<Data>[]> {
    return db.query(
      'SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND theirs = ANY($3)',
      [this.adapter, kind, theirs],
    );
  }

  /** Their name, or ours where there is none. */
  async theirs(kind: string, ours: string, db?: EntityManager): Promise<string> {
    return (await this.ofOurs(kind, [ours], db))[0]?.theirs ?? ours;
  }

  async ours(kind: string, theirs: string, db?: EntityManager): Promise<string | undefined> {
    return (await this.ofTheirs(kind, [theirs], db))[0]?.ours;
  }

  all(kind: string, after: string, limit: number): Promise<Mapping[]> {
    return this.db.query(
      `SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours > $3
       ORDER BY ours LIMIT $4`,
      [this.adapter, kind, after, limit],
    );
  }

  /** What had one of the names before has it no more; `data` takes the place of what was there. */
  async put(kind: string, items: readonly MappingToPut[], db: EntityManager = this.db.manager): Promise<void> {
    const rows = JSON.stringify(items);
    await db.query(
      `DELETE FROM channels.mapping m USING jsonb_to_recordset($3) AS i(ours text, theirs text)
       WHERE m.adapter = $1 AND m.kind = $2 AND m.theirs = i.theirs AND m.ours <> i.ours`,
      [this.adapter, kind, rows],
    );
    await db.query(
      `INSERT INTO channels.mapping (adapter, kind, ours, theirs, data)
       SELECT $1, $2, ours, theirs, coalesce(data, '{}') FROM jsonb_to_recordset($3) AS i(ours text, theirs text, data jsonb)
       ON CONFLICT (adapter, kind, ours) DO UPDATE SET theirs = excluded.theirs, data = excluded.data`,
      [this.adapter, kind, rows],
    );
  }

  /** What is not there yet. */
  async seed(kind: string, names: Readonly<Record<string, string>>): Promise<void> {
    const items = Object.entries(names).map(([ours, theirs]) => ({ ours, theirs }));
    await this.db.query(
      `INSERT INTO channels.mapping (adapter, kind, ours, theirs)
       SELECT $1, $2, ours, theirs FROM jsonb_to_recordset($3) AS i(ours text, theirs text) ON CONFLICT DO NOTHING`,
      [this.adapter, kind, JSON.stringify(items)],
    );
  }

  /** @returns whether it was there */
  async remove(kind: string, ours: string): Promise<boolean> {
    const [, count] = await this.db.query<[unknown, number]>(
      'DELETE FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours = $3',
      [this.adapter, kind, ours],
    );
    return count > 0;
  }

  /** What an adapter itself remembers: one row of a kind of its own. */
  async recall<Data extends object>(kind: string, db: EntityManager = this.db.manager): Promise<Data | undefined> {
    return (await this.ofOurs<Data>(kind, [kind], db))[0]?.data;
  }

  remember(kind: string, data: object, db: EntityManager = this.db.manager): Promise<void> {
    return this.put(kind, [{ ours: kind, theirs: kind, data }], db);
  }
}
