import { categoryOf, type Recorded } from '#event-store';
import { upcast, type EventDefinition } from '#kernel';
import { deleteSql, loadSql, upsertSql, type StoredRow } from './layout.js';
import { type Session } from './session.js';
import { type Changes, type TableFold } from './table-fold.js';

/** All event types of the product, by name. */
export type EventCatalogue = Readonly<Record<string, EventDefinition>>;

/** A table of `read` and the fold that fills it. */
export interface Table {
  readonly build: number;
  /** With its schema, quoted. */
  readonly name: string;
  readonly fold: TableFold;
}

/** Rows of one batch looked up, or written, by one statement: a round trip costs more than the rows. */
export class Tables {
  private readonly byCategory = new Map<string, Table[]>();

  constructor(
    readonly all: readonly Table[],
    private readonly catalogue: EventCatalogue,
  ) {
    for (const table of all) {
      for (const category of table.fold.layout.projection.categories) {
        this.byCategory.set(category, [...(this.byCategory.get(category) ?? []), table]);
      }
    }
  }

  /** Folds the events in memory, with the rows that it needs from the database. */
  async fold(session: Session, events: readonly Recorded[]) {
    for (const recorded of events) this.gather(recorded);
    const missing = this.all.filter(({ fold }) => fold.missing.length > 0);
    if (missing.length > 0) await load(session, missing);
    for (const { fold } of this.all) fold.fold();
  }

  private gather(recorded: Recorded) {
    const interested = this.byCategory.get(categoryOf(recorded.stream));
    if (!interested) return;
    let current = recorded;
    let failure: unknown;
    try {
      const event = upcast(this.catalogue, recorded.event, Number(recorded.envelope.schema));
      if (event !== recorded.event) current = { ...recorded, event };
    } catch (error) {
      failure = error;
    }
    for (const { fold } of interested) fold.gather(current, failure);
  }
}

const nameOf = (kind: string, tables: readonly Table[]) => `${kind} ${tables.map(({ build }) => build).join()}`;

const load = async (session: Session, tables: readonly Table[]) => {
  const selects = tables.map(({ fold, name }, index) => `(${loadSql(fold.layout, name, index + 1)}) AS r${index}`);
  const keys = tables.map(({ fold }) => JSON.stringify(fold.missing));
  const [found] = await session.query<Record<string, readonly StoredRow[] | null>>(
    `SELECT ${selects.join(', ')}`,
    keys,
    nameOf('load', tables),
  );
  for (const [index, { fold }] of tables.entries()) fold.remember(found?.[`r${index}`] ?? []);
};

export interface Statement {
  /** `name AS (…)` */
  readonly ctes: string[];
  readonly values: unknown[];
  /** Tells statements of the same shape. */
  name: string;
}

/** Adds to a statement what writes the changes of one table. */
export const addChanges = ({ name: table, build, fold: { layout } }: Table, changes: Changes, to: Statement) => {
  const add = (kind: string, values: readonly unknown[], sql: (parameter: number) => string) => {
    if (values.length === 0) return;
    to.values.push(JSON.stringify(values));
    to.ctes.push(`${kind}${build} AS (${sql(to.values.length)})`);
    to.name += `${kind}${build}`;
  };
  add('u', changes.rows, (parameter) => upsertSql(layout, table, parameter));
  add('d', changes.removed, (parameter) => deleteSql(layout, table, parameter));
  add('p', changes.parked, (parameter) => parkSql(build, parameter));
};

const parkSql = (build: number, parameter: number) =>
  `INSERT INTO system.parked (build, stream, revision, position, event, error)
   SELECT ${build}, stream, revision, position, event, left(error, 4000) FROM json_to_recordset($${parameter}::json)
   AS p(stream text, revision integer, position bigint, event text, error text)
   ON CONFLICT (build, stream) DO NOTHING`;

/** Writes changes on their own, without the checkpoint: into tables that nobody reads yet, or under its lock. */
export const writeChanges = async (session: Session, changes: readonly (readonly [Table, Changes])[]) => {
  const statement: Statement = { ctes: [], values: [], name: 'w' };
  for (const [table, change] of changes) addChanges(table, change, statement);
  if (statement.ctes.length === 0) return;
  await session.query(`WITH ${statement.ctes.join(', ')} SELECT 1`, statement.values, statement.name);
};
