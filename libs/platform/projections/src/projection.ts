import { type EntitySchema } from 'typeorm';
import { type Message } from '#kernel';
import { type Recorded, type Position } from '#event-store';

/** What the runtime keeps in every row besides its own columns: the last event that touched it. */
export interface Stamp {
  /** Revision of that event's stream: the row's ETag where one stream alone writes the row. */
  readonly revision: number;
  /** The event's place in the whole log. */
  readonly position: Position;
}

/** An event as a projection sees it: of today's version, personal fields still sealed. */
export interface RecordedAs<Event extends Message> extends Recorded {
  readonly event: Event;
}

interface ReadModel<Row extends object> {
  /** Also the view `read.<name>` that readers use. Lower case, digits and underscores. */
  readonly name: string;
  /** Raise it when the fold or the columns change: the new version is built beside the live one and swapped. */
  readonly version: number;
  /** Stream categories that it listens to. */
  readonly categories: readonly string[];
  /** Made by `readTable`. */
  readonly table: EntitySchema<Row & Stamp>;
  /**
   * The column (text, or text[] when several) with the channel that may read the row. Row-level security compares it
   * with the setting `app.channel` of the reader's transaction; `*` there sees all. Without it, every reader sees all.
   */
  readonly channelColumn?: keyof Row & string;
  /** The column with the customer or guest who may read the row whatever the channel: the setting `app.subject`. */
  readonly subjectColumn?: keyof Row & string;
  /** Instead of the two: who sees the row of another read model with the same value in this column sees these rows. */
  readonly visibleWith?: { readonly readModel: string; readonly column: keyof Row & string };
}

/** Rows as a fold over the events that touch them. Everything in it is pure. */
export interface FoldedProjection<
  Row extends object,
  Key extends keyof Row = keyof Row,
  Event extends Message = Message,
> extends ReadModel<Row> {
  /** Primary keys of the rows that an event touches; none when it concerns no row. */
  keysOf(recorded: RecordedAs<Event>): readonly Pick<Row, Key>[];
  /**
   * The row after the event; undefined deletes it, or leaves it uncreated. Never changes `row` in place. A touched row
   * gets the event's revision and position even when the same `row` is returned.
   */
  project(row: Row | undefined, recorded: RecordedAs<Event>, key: Pick<Row, Key>): Row | undefined;
  /** The rows that this event touches cannot exist before it: they need not be looked up. Only for speed. */
  creates?(recorded: RecordedAs<Event>): boolean;
  /** Something to tell waiters once the change is visible, for example `[orderId, 'confirmed']`. Short: bytes count. */
  announce?(before: Row | undefined, after: Row | undefined): readonly [key: string, value: string] | undefined;
}

/** Rows that are only ever added, such as a timeline: nothing is loaded, a repeat changes nothing. */
export interface AppendOnlyProjection<Row extends object, Event extends Message = Message> extends ReadModel<Row> {
  rowsOf(recorded: RecordedAs<Event>): readonly Row[];
}

/** A read model whose types are forgotten. */
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
/** Any read model, for registries. */
export type Projection = AnyFolded | AnyAppendOnly;

export const isAppendOnly = (projection: Projection): projection is AnyAppendOnly => 'rowsOf' in projection;
