import { categoryOf, recognizeEvent, type KnownEvents, type Recorded, StreamNotReadable } from '#event-store';
import { isDerived } from './projection.js';
import { deleteSql, loadSql, upsertSql, type StoredRow } from './layout.js';
import { type Session } from './session.js';
import { type Changes, type TableFold } from './table-fold.js';

/** Returns the event types of a stream. */
export type EventsOfStream = (stream: string) => KnownEvents;

/** A table of `read` and the fold that fills it. */
export interface Table {
  readonly build: number;
  /** Quoted, with its schema. */
  readonly name: string;
  readonly fold: TableFold;
}

/** Folds batches into several tables. One statement loads the rows of all tables, to save round trips. */
export class Tables {
  private readonly byCategory = new Map<string, Table[]>();
  /** The next revision of each stream, if streams are read from their start. */
  private next: Map<string, number> | undefined;

  /** @param fromStart the tables are empty and get the whole log, so that missing events are detected */
  constructor(
    readonly all: readonly Table[],
    private readonly eventsOf: EventsOfStream,
    fromStart = false,
  ) {
    this.next = fromStart ? new Map() : undefined;
    for (const table of all) {
      for (const category of table.fold.layout.projection.categories) {
        this.byCategory.set(category, [...(this.byCategory.get(category) ?? []), table]);
      }
      this.deriveFromSource(table);
    }
  }

  /** @throws Error for a derived table without the table that it is derived from */
  private deriveFromSource({ fold: { layout }, fold }: Table) {
    const { projection } = layout;
    if (!isDerived(projection)) return;
    const source = this.all.find((table) => table.fold.layout.projection.name === projection.derivedFrom.name);
    if (!source)
      throw new Error(`${projection.name} is derived from ${projection.derivedFrom.name}, which is not here`);
    source.fold.derive(fold);
  }

  /** Folds events in memory, after loading the rows that they touch. */
  async fold(session: Session, events: readonly Recorded[]) {
    for (const recorded of events) this.gather(recorded);
    const missing = this.all.filter(({ fold }) => fold.missing.length > 0);
    if (missing.length > 0) await load(session, missing);
    for (const { fold } of this.all) fold.fold();
  }

  /** Stops the check for missing events: new events cannot have been removed yet. */
  caughtUp() {
    this.next = undefined;
  }

  private gather(recorded: Recorded) {
    const interested = this.byCategory.get(categoryOf(recorded.stream));
    if (!interested) return;
    let current = recorded;
    let failure: unknown;
    try {
      this.checkRevision(recorded);
      current = recognizeEvent(recorded, this.eventsOf(recorded.stream));
    } catch (error) {
      failure = error;
    }
    for (const { fold } of interested) fold.gather(current, failure);
  }

  /** @throws StreamNotReadable */
  private checkRevision({ stream, revision }: Recorded) {
    if (!this.next) return;
    const expected = this.next.get(stream) ?? 0;
    this.next.set(stream, revision + 1);
    if (revision === expected) return;
    const reason = `the events from revision ${expected} to ${revision - 1} are missing`;
    throw new StreamNotReadable({ stream, revision: expected, reason });
  }
}

const load = async (session: Session, tables: readonly Table[]) => {
  const select = ({ fold, name }: Table, index: number) => `(${loadSql(fold.layout, name, index + 1)}) AS r${index}`;
  const [found] = await session.query<Record<string, readonly StoredRow[] | null>>(
    () => `SELECT ${tables.map(select).join(', ')}`,
    tables.map(({ fold }) => JSON.stringify(fold.missing)),
    `load ${tables.map(({ build }) => build).join()}`,
  );
  for (const [index, { fold }] of tables.entries()) fold.addLoadedRows(found?.[`r${index}`] ?? []);
};

/** Combines several writes into one atomic statement, to save round trips. */
export class Statement {
  private readonly ctes: (() => string)[] = [];

  constructor(
    /** Identifies the text of the statement. */
    private shape: string,
    readonly values: unknown[] = [],
  ) {}

  get isEmpty() {
    return this.ctes.length === 0;
  }

  /** Adds the changes of one table. */
  add({ name: table, build, fold: { layout } }: Table, changes: Changes) {
    this.addRows(`u${build}`, changes.rows, (parameter) => upsertSql(layout, table, parameter));
    this.addRows(`d${build}`, changes.removed, (parameter) => deleteSql(layout, table, parameter));
    this.addRows(`p${build}`, changes.parked, (parameter) => parkSql(build, parameter));
  }

  private addRows(name: string, rows: readonly unknown[], sql: (parameter: number) => string) {
    if (rows.length === 0) return;
    const parameter = this.values.push(JSON.stringify(rows));
    this.ctes.push(() => `${name} AS (${sql(parameter)})`);
    this.shape += name;
  }

  /** @param first CTEs before the added ones @param last the final SELECT */
  async run(session: Session, first: readonly string[], last: string) {
    const text = () => `WITH ${[...first, ...this.ctes.map((cte) => cte())].join(', ')} ${last}`;
    await session.query(text, this.values, this.shape);
  }
}

const parkSql = (build: number, parameter: number) =>
  `INSERT INTO system.parked (build, stream, revision, position, event, error)
   SELECT ${build}, stream, revision, position, event, left(error, 4000) FROM json_to_recordset($${parameter}::json)
   AS p(stream text, revision integer, position bigint, event text, error text)
   ON CONFLICT (build, stream) DO NOTHING`;

/** Writes changes without the checkpoint. The tables must not be live, or the caller must hold the lock of the checkpoint. */
export const writeChanges = async (session: Session, changes: readonly (readonly [Table, Changes])[]) => {
  const statement = new Statement('w');
  for (const [table, change] of changes) statement.add(table, change);
  if (!statement.isEmpty) await statement.run(session, [], 'SELECT 1');
};
