import { type DataSource, type EntityManager } from 'typeorm';

/** The names that Kontor (`ours`) and the partner (`theirs`) have for the same thing. */
export interface Mapping<Data extends object = object> {
  readonly ours: string;
  readonly theirs: string;
  /** What the adapter stores with the pair. */
  readonly data: Data;
}

export type MappingInput = Pick<Mapping, 'ours' | 'theirs'> & Partial<Pick<Mapping, 'data'>>;

/**
 * The mapping tables of one adapter, one for each `kind`: SKUs, statuses, carriers, orders, … Within a kind, every name
 * has exactly one counterpart.
 */
export class Mappings {
  constructor(
    private readonly db: DataSource,
    private readonly adapter: string,
  ) {}

  findByOurs<Data extends object>(
    kind: string,
    ours: readonly string[],
    db: EntityManager = this.db.manager,
  ): Promise<Mapping<Data>[]> {
    return db.query(
      'SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours = ANY($3)',
      [this.adapter, kind, ours],
    );
  }

  findByTheirs<Data extends object>(
    kind: string,
    theirs: readonly string[],
    db: EntityManager = this.db.manager,
  ): Promise<Mapping<Data>[]> {
    return db.query(
      'SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND theirs = ANY($3)',
      [this.adapter, kind, theirs],
    );
  }

  /** The partner's name; Kontor's own where there is no mapping. */
  async theirNameOf(kind: string, ours: string, db?: EntityManager): Promise<string> {
    return (await this.findByOurs(kind, [ours], db))[0]?.theirs ?? ours;
  }

  /** Kontor's name; undefined where there is no mapping. */
  async ourNameOf(kind: string, theirs: string, db?: EntityManager): Promise<string | undefined> {
    return (await this.findByTheirs(kind, [theirs], db))[0]?.ours;
  }

  /** One page, sorted by Kontor's name. @param after the last name of the page before; empty for the first page */
  page(kind: string, after: string, limit: number): Promise<Mapping[]> {
    return this.db.query(
      `SELECT ours, theirs, data FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours > $3
       ORDER BY ours LIMIT $4`,
      [this.adapter, kind, after, limit],
    );
  }

  /** Adds mappings, or replaces those that have one of the two names. */
  async put(kind: string, mappings: readonly MappingInput[], db: EntityManager = this.db.manager): Promise<void> {
    const rows = JSON.stringify(mappings);
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

  /** Adds default names, and leaves mappings that exist as they are. @param names ours → theirs */
  async addDefaults(kind: string, names: Readonly<Record<string, string>>): Promise<void> {
    const rows = Object.entries(names).map(([ours, theirs]) => ({ ours, theirs }));
    await this.db.query(
      `INSERT INTO channels.mapping (adapter, kind, ours, theirs)
       SELECT $1, $2, ours, theirs FROM jsonb_to_recordset($3) AS i(ours text, theirs text) ON CONFLICT DO NOTHING`,
      [this.adapter, kind, JSON.stringify(rows)],
    );
  }

  /** @returns whether there was such a mapping */
  async remove(kind: string, ours: string): Promise<boolean> {
    const [, count] = await this.db.query<[unknown, number]>(
      'DELETE FROM channels.mapping WHERE adapter = $1 AND kind = $2 AND ours = $3',
      [this.adapter, kind, ours],
    );
    return count > 0;
  }

  /** Reads what {@link saveState} stored; undefined before the first time. */
  async loadState<Data extends object>(kind: string, db: EntityManager = this.db.manager): Promise<Data | undefined> {
    return (await this.findByOurs<Data>(kind, [kind], db))[0]?.data;
  }

  /** Stores one object of the adapter itself, such as a cursor, as the only row of its own kind. */
  saveState(kind: string, data: object, db: EntityManager = this.db.manager): Promise<void> {
    return this.put(kind, [{ ours: kind, theirs: kind, data }], db);
  }
}
