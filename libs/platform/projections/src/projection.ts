import { type EntitySchema } from 'typeorm';
import { type Message } from '#kernel';
import { type Recorded, type Position } from '#event-store';

/** The last event that touched a row. Every row has these columns. */
export interface Stamp {
  /** Revision of the event in its stream: the ETag of a row that depends on one stream. */
  readonly revision: number;
  /** Position of the event in the log. */
  readonly position: Position;
}

/** An event as projections get it: upcast to the current version, with personal fields still sealed. */
export interface RecordedAs<Event extends Message> extends Recorded {
  readonly event: Event;
}

interface ReadModel<Row extends object> {
  /** Name of the read model and of its view `read.<name>`. Lower case, digits and underscores. */
  readonly name: string;
  /** Increase it when the fold or the columns change: the new version is then built while the live one stays in use, and swapped. */
  readonly version: number;
  /** Categories of the streams that it folds. */
  readonly categories: readonly string[];
  /** Created by {@link readTable}. */
  readonly table: EntitySchema<Row & Stamp>;
  /**
   * The column with the channel, or channels (text[]), that may read the row. Row-level security compares it with the setting
   * `app.channel` of the reader's transaction, where `*` sees all rows. By default, every reader sees all rows.
   */
  readonly channelColumn?: keyof Row & string;
  /** The column with the subject who may read the row on any channel; compared with the setting `app.subject`. */
  readonly subjectColumn?: keyof Row & string;
  /** Alternative to both: the row is visible to readers who see the row of `readModel` with the same value in `column`. */
  readonly visibleWith?: { readonly readModel: string; readonly column: keyof Row & string };
  /** Why every reader sees all rows, although they name a channel or a customer. Give it if none of the three above is set. */
  readonly allRowsReason?: string;
}

/** Computes rows as a fold over the events that touch them. All functions are pure. */
export interface FoldedProjection<
  Row extends object,
  Key extends keyof Row = keyof Row,
  Event extends Message = Message,
> extends ReadModel<Row> {
  /** Primary keys of the rows that the event touches. */
  keysOf(recorded: RecordedAs<Event>): readonly Pick<Row, Key>[];
  /**
   * Returns the row after the event, or undefined if there is none. Must not change `row` in place. A touched row gets the
   * event's revision and position even if `row` itself is returned.
   */
  project(row: Row | undefined, recorded: RecordedAs<Event>, key: Pick<Row, Key>): Row | undefined;
  /** For speed: true if the rows that the event touches cannot exist yet, so that they need not be loaded. */
  creates?(recorded: RecordedAs<Event>): boolean;
  /** The key of the row whose values a new row starts with: `project` gets that row while the row itself does not exist. */
  carriesForwardFrom?(recorded: RecordedAs<Event>, key: Pick<Row, Key>): Pick<Row, Key> | undefined;
  /** A short notification for waiters once the change is visible, for example `[orderId, 'confirmed']`. */
  announce?(before: Row | undefined, after: Row | undefined): readonly [key: string, value: string] | undefined;
}

/** Adds rows that never change, such as entries of a timeline. Nothing is loaded, and a repeated event changes nothing. */
export interface AppendOnlyProjection<Row extends object, Event extends Message = Message> extends ReadModel<Row> {
  rowsOf(recorded: RecordedAs<Event>): readonly Row[];
}

/**
 * Computes rows from each row of another read model, such as the lines of an order, so that SQL can use indices on them. A row is
 * written when it differs from before, and gets the revision and position of the event that changed it.
 */
export interface DerivedProjection<Row extends object, Source extends object> extends ReadModel<Row> {
  readonly derivedFrom: FoldedProjection<Source, never, never>;
  /** None of its own: it is folded, rebuilt and swapped together with the read model that it is derived from. */
  readonly categories: readonly [];
  /** The properties of the source row that matter: if each is the same object as before, the derived rows are not computed again. */
  readonly reads: readonly (keyof Source & string)[];
  /** The rows that follow from a source row, with different primary keys. Pure. */
  deriveRows(row: Source): readonly Row[];
}

/** A read model of any row type. */
type Erased<Kind extends ReadModel<object>> = Omit<
  Kind,
  'table' | 'channelColumn' | 'subjectColumn' | 'visibleWith'
> & {
  readonly table: EntitySchema;
  readonly channelColumn?: string;
  readonly subjectColumn?: string;
  readonly visibleWith?: { readonly readModel: string; readonly column: string };
};

export type AnyFolded = Erased<FoldedProjection<object, never>>;
export type AnyAppendOnly = Erased<AppendOnlyProjection<object>>;
export type AnyDerived = Omit<Erased<DerivedProjection<object, never>>, 'derivedFrom' | 'reads'> & {
  readonly derivedFrom: AnyFolded;
  readonly reads: readonly string[];
};
export type Projection = AnyFolded | AnyAppendOnly | AnyDerived;

export const isAppendOnly = (projection: Projection): projection is AnyAppendOnly => 'rowsOf' in projection;
export const isDerived = (projection: Projection): projection is AnyDerived => 'deriveRows' in projection;
