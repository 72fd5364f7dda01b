import { isDeepStrictEqual } from 'node:util';
import { type Position, toStorableText, type Recorded } from '#event-store';
import { rowId, type Key, type Layout, type StoredRow } from './layout.js';
import { type AnyDerived, type AnyFolded, isAppendOnly, type Projection, type Stamp } from './projection.js';
import { rowCheck } from './row-check.js';
import { type RowCache } from './row-cache.js';

/** The event at which a stream is parked. */
export interface ParkedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly event: string;
  readonly error: string;
}

/** The changes of one or more batches to a table. */
export interface Changes {
  readonly rows: readonly StoredRow[];
  readonly removed: readonly Key[];
  readonly parked: readonly ParkedEvent[];
  readonly announced: readonly (readonly [key: string, value: string])[];
}

/** An event to be folded once the rows that it touches are loaded. */
interface Pending {
  readonly recorded: Recorded;
  readonly keys: readonly Key[];
  readonly ids: readonly string[];
  /** Ids of the rows whose values new rows start with: see `carriesForwardFrom`. By the index of `keys`. */
  readonly predecessorIds?: readonly (string | undefined)[];
  /** Set if the event cannot be folded: the stream is parked at its turn. */
  readonly failure?: unknown;
}

type Change = { readonly row: StoredRow } | { readonly removed: Key };

/** A row of a folded table before and after an event. */
interface Step {
  readonly id: string;
  readonly key: Key;
  readonly before: StoredRow | undefined;
  readonly after: StoredRow | undefined;
}

/**
 * Folds events into the rows of one table, in memory. For each batch, call `gather` with each event, `addLoadedRows` with the
 * rows of `missing`, and `fold`. After one or more batches, `take` returns the changes to write.
 */
export class TableFold {
  private pending: Pending[] = [];
  /** Rows that the batch touches, before or after the fold; null for a row that does not exist. */
  private batchRows = new Map<string, StoredRow | null>();
  private missingKeys = new Map<string, Key>();
  private changed = new Map<string, Change>();
  /** Changes that were taken and may not be visible in the table yet. */
  private writing: ReadonlyMap<string, Change> = new Map();
  private appended: StoredRow[] = [];
  private parkedEvents: ParkedEvent[] = [];
  private announced: (readonly [string, string])[] = [];
  private readonly derived: TableFold[] = [];
  private readonly projection: Projection;
  private readonly check: (row: StoredRow, before?: StoredRow) => void;

  constructor(
    readonly layout: Layout,
    private readonly cache: RowCache<StoredRow>,
    private readonly parkedStreams: Set<string>,
  ) {
    this.projection = layout.projection;
    this.check = rowCheck(layout);
  }

  /** From now on, the rows of the table are computed from those of this one. */
  derive(table: TableFold) {
    this.derived.push(table);
  }

  /** Number of rows to write. */
  get size() {
    return this.changed.size + this.appended.length;
  }

  /** Keys of the rows to load before the fold. */
  get missing(): readonly Key[] {
    return [...this.missingKeys.values()];
  }

  /** @param failure why no read model can fold the event */
  gather(recorded: Recorded, failure?: unknown) {
    if (this.parkedStreams.has(recorded.stream)) return;
    if (failure !== undefined || isAppendOnly(this.projection)) {
      this.pending.push({ recorded, keys: [], ids: [], failure });
      return;
    }
    try {
      this.addPending(recorded, (this.projection as AnyFolded).keysOf(recorded));
    } catch (error) {
      this.pending.push({ recorded, keys: [], ids: [], failure: error });
    }
  }

  private addPending(recorded: Recorded, keys: readonly Key[]) {
    const projection = this.projection as AnyFolded;
    if (keys.length === 0) return;
    const ids = keys.map((key) => this.find(key, projection.creates?.(recorded)));
    if (!projection.carriesForwardFrom) {
      this.pending.push({ recorded, keys, ids });
      return;
    }
    const predecessors = keys.map((key) => projection.carriesForwardFrom?.(recorded, key));
    this.pending.push({ recorded, keys, ids, predecessorIds: predecessors.map((key) => key && this.find(key)) });
  }

  /** Takes the row into the batch, or notes that it has to be loaded. @returns its id */
  private find(key: Key, isNew = false): string {
    const id = rowId(this.layout, key);
    if (this.batchRows.has(id)) return id;
    const known = this.cache.get(id) ?? this.unwrittenRow(id);
    if (known !== undefined) this.batchRows.set(id, known);
    else if (isNew) this.batchRows.set(id, null);
    else this.missingKeys.set(id, key);
    return id;
  }

  private unwrittenRow(id: string) {
    const change = this.changed.get(id) ?? this.writing.get(id);
    return change && ('row' in change ? change.row : null);
  }

  /** @param rows those of `missing` that exist */
  addLoadedRows(rows: readonly StoredRow[]) {
    for (const id of this.missingKeys.keys()) if (!this.batchRows.has(id)) this.batchRows.set(id, null);
    for (const row of rows) this.batchRows.set(rowId(this.layout, row), row);
    this.missingKeys.clear();
  }

  fold() {
    for (const pending of this.pending) {
      if (this.parkedStreams.has(pending.recorded.stream)) continue;
      try {
        this.foldOne(pending);
      } catch (error) {
        this.park(pending.recorded, error);
      }
    }
    for (const [id, row] of this.batchRows) this.cache.set(id, row);
    this.pending = [];
    this.batchRows.clear();
  }

  private foldOne(pending: Pending) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- rethrows what was caught
    if (pending.failure !== undefined) throw pending.failure;
    if (isAppendOnly(this.projection)) this.append(this.projection.rowsOf(pending.recorded), pending.recorded);
    else this.apply(pending);
  }

  private append(rows: readonly object[], recorded: Recorded) {
    this.appended.push(...rows.map((row) => this.stamped(row, recorded)));
  }

  /** Changes all rows of an event, also in derived tables, or, if a projection throws, none. */
  private apply({ recorded, keys, ids, predecessorIds }: Pending) {
    const steps = keys.map((key, index): Step => {
      const id = ids[index] as string;
      const before = this.batchRows.get(id) ?? undefined;
      const from = before ?? this.batchRows.get(predecessorIds?.[index] ?? '') ?? undefined;
      return { id, key, before, after: this.nextRow(recorded, key, from) };
    });
    const derived = this.derived.map((table) => [table, steps.flatMap((step) => table.differences(step))] as const);
    for (const step of steps) this.change(step);
    for (const [table, changes] of derived) for (const [id, change] of changes) table.changed.set(id, change);
  }

  /** The derived rows that differ after a step of the table that they are derived from. @throws UnstorableRow */
  private differences({ before, after }: Step): readonly (readonly [id: string, Change])[] {
    const { reads, deriveRows } = this.projection as AnyDerived;
    if (before && after && reads.every((name) => before[name] === after[name])) return [];
    const rowsOf = (row: StoredRow | undefined): readonly Key[] => (row ? deriveRows(row as never) : []) as Key[];
    const gone = new Map(rowsOf(before).map((row) => [rowId(this.layout, row), row]));
    const changes: [string, Change][] = [];
    for (const row of rowsOf(after)) {
      const id = rowId(this.layout, row);
      const isUnchanged = isDeepStrictEqual(gone.get(id), row);
      gone.delete(id);
      if (!isUnchanged) changes.push([id, { row: this.stamped(row, after as Stamp) }]);
    }
    for (const [id, removed] of gone) changes.push([id, { removed }]);
    return changes;
  }

  private nextRow(recorded: Recorded, key: Key, before: StoredRow | undefined): StoredRow | undefined {
    const projection = this.projection as AnyFolded;
    const row = projection.project(before, recorded, key);
    if (!row) return undefined;
    // The event is older than the row only if a parked stream is folded after others that touch the same row.
    return this.stamped(row, before && before.position > recorded.position ? before : recorded, before);
  }

  /** @throws UnstorableRow */
  private stamped(row: object, { revision, position }: Stamp, before?: StoredRow): StoredRow {
    const stamped: StoredRow = { ...row, revision, position };
    this.check(stamped, before);
    return stamped;
  }

  private change({ id, key, before, after }: Step) {
    if (!before && !after) return;
    this.batchRows.set(id, after ?? null);
    this.changed.set(id, after ? { row: after } : { removed: key });
    const projection = this.projection as AnyFolded;
    const announcement = projection.announce?.(before, after);
    if (announcement) this.announced.push(announcement);
  }

  private park({ stream, revision, position, event }: Recorded, error: unknown) {
    this.parkedStreams.add(stream);
    this.parkedEvents.push({
      stream: toStorableText(stream),
      revision,
      position,
      event: toStorableText(event.type),
      error: toStorableText(String(error)),
    });
  }

  /** Returns the changes to write, which are still used for lookups until `written` is called. */
  take(): Changes {
    const changes = [...this.changed.values()];
    const rows = changes.flatMap((change) => ('row' in change ? [change.row] : []));
    const taken: Changes = {
      rows: this.appended.length > 0 ? this.appended : rows,
      removed: changes.flatMap((change) => ('removed' in change ? [change.removed] : [])),
      parked: this.parkedEvents,
      announced: this.announced,
    };
    this.writing = this.changed;
    this.changed = new Map();
    [this.appended, this.parkedEvents, this.announced] = [[], [], []];
    return taken;
  }

  written() {
    this.writing = new Map();
  }
}
