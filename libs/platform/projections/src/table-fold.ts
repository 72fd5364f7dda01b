import { type Position, toStorableText, type Recorded } from '#event-store';
import { idOfKey, type Key, type Layout, type StoredRow } from './layout.js';
import { isAppendOnly, type AnyFolded, type Projection } from './projection.js';
import { rowCheck } from './row-check.js';
import { type RowCache } from './row-cache.js';

/** A stream that a projection stops folding, from this event on. */
export interface Parking {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly event: string;
  readonly error: string;
}

/** What one batch, or several, did to a table. */
export interface Changes {
  readonly rows: readonly StoredRow[];
  readonly removed: readonly Key[];
  readonly parked: readonly Parking[];
  readonly announced: readonly (readonly [key: string, value: string])[];
}

/** An event that waits for the rows that it touches. */
interface Pending {
  readonly recorded: Recorded;
  readonly keys: readonly Key[];
  readonly ids: readonly string[];
  /** Known in advance; the stream is parked when its turn has come. */
  readonly failure?: unknown;
}

type Change = { readonly row: StoredRow } | { readonly removed: Key };

/**
 * Folds events into the rows of one table, in memory. A batch goes through `gather` for each event, `remember` with the
 * rows of `missing`, and `fold`; `take` hands out what is to be written, at once or after many batches.
 */
export class TableFold {
  private pending: Pending[] = [];
  /** Rows of this batch. */
  private working = new Map<string, StoredRow | null>();
  private wanted = new Map<string, Key>();
  private changed = new Map<string, Change>();
  /** Handed out and perhaps not yet readable in the table. */
  private writing: ReadonlyMap<string, Change> = new Map();
  private added: StoredRow[] = [];
  private parkings: Parking[] = [];
  private announced: (readonly [string, string])[] = [];
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

  /** Rows to be written so far. */
  get size() {
    return this.changed.size + this.added.length;
  }

  /** Keys of rows that must be loaded before the fold. */
  get missing(): readonly Key[] {
    return [...this.wanted.values()];
  }

  /** `failure`: why nobody can fold the event. */
  gather(recorded: Recorded, failure?: unknown) {
    if (this.parkedStreams.has(recorded.stream)) return;
    if (failure !== undefined || isAppendOnly(this.projection)) {
      this.pending.push({ recorded, keys: [], ids: [], failure });
      return;
    }
    try {
      this.want(recorded, this.projection.keysOf(recorded));
    } catch (error) {
      this.pending.push({ recorded, keys: [], ids: [], failure: error });
    }
  }

  private want(recorded: Recorded, keys: readonly Key[]) {
    const projection = this.projection as AnyFolded;
    if (keys.length === 0) return;
    const ids = keys.map((key) => idOfKey(this.layout, key));
    for (const [index, id] of ids.entries()) {
      if (this.working.has(id)) continue;
      const known = this.cache.get(id) ?? this.unwritten(id);
      if (known !== undefined) this.working.set(id, known);
      else if (projection.creates?.(recorded)) this.working.set(id, null);
      else this.wanted.set(id, keys[index] as Key);
    }
    this.pending.push({ recorded, keys, ids });
  }

  private unwritten(id: string) {
    const change = this.changed.get(id) ?? this.writing.get(id);
    return change && ('row' in change ? change.row : null);
  }

  /** Takes the rows of `missing` that there are; the others do not exist. */
  remember(rows: readonly StoredRow[]) {
    for (const id of this.wanted.keys()) if (!this.working.has(id)) this.working.set(id, null);
    for (const row of rows) this.working.set(idOfKey(this.layout, row), row);
    this.wanted.clear();
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
    for (const [id, row] of this.working) this.cache.set(id, row);
    this.pending = [];
    this.working.clear();
  }

  private foldOne(pending: Pending) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever it was
    if (pending.failure !== undefined) throw pending.failure;
    if (isAppendOnly(this.projection)) this.append(this.projection.rowsOf(pending.recorded), pending.recorded);
    else this.apply(pending);
  }

  private append(rows: readonly object[], { revision, position }: Recorded) {
    const stamped = rows.map((row): StoredRow => ({ ...row, revision, position }));
    for (const row of stamped) this.check(row);
    this.added.push(...stamped);
  }

  /** All rows of an event or, when one throws, none. */
  private apply({ recorded, keys, ids }: Pending) {
    const after = keys.map((key, index) =>
      this.next(recorded, key, this.working.get(ids[index] as string) ?? undefined),
    );
    for (const [index, row] of after.entries()) this.change(ids[index] as string, keys[index] as Key, row);
  }

  private next(recorded: Recorded, key: Key, before: StoredRow | undefined): StoredRow | undefined {
    const projection = this.projection as AnyFolded;
    const row = projection.project(before, recorded, key);
    if (!row) return undefined;
    // Older than the row only when a parked stream is folded after others that touch the same row.
    const { revision, position } = before && before.position > recorded.position ? before : recorded;
    const stamped: StoredRow = { ...row, revision, position };
    this.check(stamped, before);
    return stamped;
  }

  private change(id: string, key: Key, row: StoredRow | undefined) {
    const before = this.working.get(id) ?? undefined;
    if (!before && !row) return;
    this.working.set(id, row ?? null);
    this.changed.set(id, row ? { row } : { removed: key });
    const projection = this.projection as AnyFolded;
    const announcement = projection.announce?.(before, row);
    if (announcement) this.announced.push(announcement);
  }

  private park({ stream, revision, position, event }: Recorded, error: unknown) {
    this.parkedStreams.add(stream);
    const said = {
      stream: toStorableText(stream),
      event: toStorableText(event.type),
      error: toStorableText(String(error)),
    };
    this.parkings.push({ revision, position, ...said });
  }

  /** What is to be written now; it stays known here until `written`. */
  take(): Changes {
    const changes = [...this.changed.values()];
    const rows = changes.flatMap((change) => ('row' in change ? [change.row] : []));
    const taken: Changes = {
      rows: this.added.length > 0 ? this.added : rows,
      removed: changes.flatMap((change) => ('removed' in change ? [change.removed] : [])),
      parked: this.parkings,
      announced: this.announced,
    };
    this.writing = this.changed;
    this.changed = new Map();
    [this.added, this.parkings, this.announced] = [[], [], []];
    return taken;
  }

  written() {
    this.writing = new Map();
  }
}
