import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const PAGE_EVENTS = 512;
const PAGE_BYTES = 128 * 1024;

/** `frame` is the frame for clients, see {@link encodeFrame}. */
export interface StoredEvent {
  position: number;
  revision: number;
  frame: Buffer;
}

/** `end`: there are no more events after these. */
export interface Page {
  rows: StoredEvent[];
  end: boolean;
}

/** The stream id of records that take a position without an event. */
const PLACEHOLDERS = Number.MIN_SAFE_INTEGER;

/**
 * The events in SQLite. A stream's id is the position of its first event, negative for the streams that `$all` hides.
 * One connection with an exclusive lock: a second process cannot open the same data, and a killed one leaves no lock.
 */
export class Storage {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #streamId: StatementSync;
  readonly #last: StatementSync;
  readonly #record: StatementSync;
  readonly #recordBefore: StatementSync;
  readonly #newest: StatementSync;
  readonly #allForwards: StatementSync;
  readonly #allBackwards: StatementSync;
  readonly #streamForwards: StatementSync;
  readonly #streamBackwards: StatementSync;

  /**
   * @param folder is created if missing; without it, everything stays in memory.
   * @throws if another process has the data open.
   */
  constructor(folder?: string) {
    if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'events.db'), { timeout: 0 });
    this.#open(folder ?? 'memory');
    const prepare = (sql: string): StatementSync => {
      const statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#begin = prepare('BEGIN IMMEDIATE');
    this.#commit = prepare('COMMIT');
    this.#insertEvent = prepare('INSERT INTO events VALUES (?, ?, ?, 0, ?)');
    this.#insertStream = prepare('INSERT INTO streams VALUES (?, ?)');
    this.#streamId = prepare('SELECT id FROM streams WHERE name = ?');
    this.#last = prepare('SELECT revision, position FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1');
    this.#record = prepare('SELECT 1 FROM events WHERE position = ?');
    this.#recordBefore = prepare('SELECT coalesce(max(position), 0) FROM events WHERE position < ?');
    this.#newest = prepare('SELECT position, length(frame) FROM events ORDER BY position DESC LIMIT 1');
    const select = (where: string): StatementSync =>
      prepare(`SELECT position, revision, frame FROM events WHERE ${where} LIMIT ?`);
    this.#allForwards = select('position >= ? AND stream > 0 ORDER BY position');
    this.#allBackwards = select('position < ? AND stream > 0 ORDER BY position DESC');
    this.#streamForwards = select('stream = ? AND revision >= ? ORDER BY revision');
    this.#streamBackwards = select('stream = ? AND revision <= ? ORDER BY revision DESC');
  }

  #open(name: string): void {
    try {
      this.#db.exec(`
        PRAGMA page_size = 4096;
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA cache_size = -65536;
        BEGIN EXCLUSIVE;
        CREATE TABLE IF NOT EXISTS events (
          position INTEGER PRIMARY KEY,
          stream INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          id_hash INTEGER NOT NULL,
          frame BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
        DROP INDEX IF EXISTS events_by_id; -- of an older version, as is the column
        CREATE TABLE IF NOT EXISTS streams (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        COMMIT;`);
    } catch (error) {
      this.#db.close();
      if ((error as { errcode?: number }).errcode === 5) {
        throw new Error(`The data in ${name} is in use by another event store process.`, { cause: error });
      }
      throw error;
    }
  }

  begin(): void {
    this.#begin.run();
  }

  /** Returns once the transaction is on disk. */
  commit(): void {
    this.#commit.run();
  }

  rollback(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }

  insertStream(name: string, id: number): void {
    this.#insertStream.run(name, id);
  }

  insertEvent(streamId: number, { position, revision, frame }: StoredEvent): void {
    this.#insertEvent.run(position, streamId, revision, frame);
  }

  /** Takes a position without an event. */
  insertPlaceholder(position: number): void {
    this.#insertEvent.run(position, PLACEHOLDERS, position, new Uint8Array());
  }

  /** Whether there is a record at exactly this position. */
  hasRecord(position: number): boolean {
    return this.#record.get(position) !== undefined;
  }

  /** The position of the record before a position; 0 if there is none. */
  recordBefore(position: number): number {
    return (this.#recordBefore.get(position) as unknown as [number])[0];
  }

  /** The last record; position 0 if there is none. */
  newest(): { position: number; size: number } {
    const [position, size] = (this.#newest.get() as unknown as [number, number] | undefined) ?? [0, 0];
    return { position, size };
  }

  streamId(name: string): number | undefined {
    return (this.#streamId.get(name) as unknown as [number] | undefined)?.[0];
  }

  /** The revision and position of a stream's last event. */
  last(streamId: number): [revision: number, position: number] {
    return this.#last.get(streamId) as unknown as [number, number];
  }

  /** Reads a page from this position on. A large page ends early. */
  allForwards(from: number, limit = PAGE_EVENTS): Page {
    return page(this.#allForwards, [from], limit);
  }

  allBackwards(before: number, limit = PAGE_EVENTS): Page {
    return page(this.#allBackwards, [before], limit);
  }

  streamForwards(streamId: number, from: number, limit = PAGE_EVENTS): Page {
    return page(this.#streamForwards, [streamId, from], limit);
  }

  streamBackwards(streamId: number, from: number, limit = PAGE_EVENTS): Page {
    return page(this.#streamBackwards, [streamId, from], limit);
  }

  eventAt(streamId: number, revision: number): StoredEvent | undefined {
    const [row] = this.streamForwards(streamId, revision, 1).rows;
    return row?.revision === revision ? row : undefined;
  }

  close(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#db.close();
  }
}

type EventColumns = [position: number, revision: number, frame: Uint8Array];

function storedEvent([position, revision, blob]: EventColumns): StoredEvent {
  return { position, revision, frame: Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength) };
}

function page(statement: StatementSync, from: number[], limit: number): Page {
  const most = Math.min(limit, PAGE_EVENTS);
  const rows: StoredEvent[] = [];
  let bytes = 0;
  for (const row of statement.iterate(...from, most) as Iterable<unknown>) {
    rows.push(storedEvent(row as EventColumns));
    bytes += (row as EventColumns)[2].length;
    if (bytes >= PAGE_BYTES) return { rows, end: false };
  }
  return { rows, end: rows.length < most };
}
