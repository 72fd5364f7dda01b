import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource } from 'typeorm';
import { Batcher, listen, type Listening, queryPrepared } from '#database';
import { OutcomeUnknown } from '#event-store';
import { type RetentionClass } from '#kernel';
import { type Kek } from './kek.js';

export interface SubjectKey {
  readonly keyId: string;
  readonly subject: string;
  readonly key: KeyObject;
}

/** What a key seals. Each class and year of a subject has one key, which can be deleted while the others stay. */
interface KeySlot {
  readonly subject: string;
  readonly class: RetentionClass;
  /** The year in which the data was recorded, for classes that end by year; 0 for others. */
  readonly year: number;
}

export interface SubjectKeysOptions {
  /** How long a key is cached, and so how late an erasure in another process may take effect. Default 30 s. */
  readonly cacheMs?: number;
  /** Default: the clock of the system. */
  readonly now?: () => Date;
  /** Maximum number of cached keys. Default 50,000, about 20 MB; a customer with orders has two or more. */
  readonly capacity?: number;
}

interface Row extends KeySlot {
  readonly key_id: string;
  readonly wrapped: Buffer;
}

const CHANNEL = 'kontor_keys';
/** Keys from before there were years have the year 0 and are tied to their rows without it; see `rotate-kek.ts`. */
const wrappingContextOf = ({ key_id, subject, class: keyClass, year }: Omit<Row, 'wrapped'>) =>
  `${key_id}|${subject}|${keyClass}${year === 0 ? '' : `|${year}`}`;
const slotText = ({ subject, class: keyClass, year }: KeySlot) => `${keyClass}|${year}|${subject}`;

/** @param text as {@link slotText} writes it; a subject may have any characters */
const slotFrom = (text: string): KeySlot => {
  const [, keyClass = '', year = '', subject = ''] = /^([^|]*)\|(\d+)\|(.*)$/s.exec(text) ?? [];
  return { subject, class: keyClass as RetentionClass, year: Number(year) };
};

const COLUMNS = 'key_id, subject, class, year, wrapped';

/** Finds the keys or inserts the given ones, in one statement. */
const FIND_OR_INSERT = {
  name: 'kontor-subject-keys-find-or-insert-1',
  text: `
    WITH candidate AS (
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::bytea[]) AS candidate (${COLUMNS})
    ), inserted AS (
      INSERT INTO keys.subject_key (${COLUMNS}) SELECT * FROM candidate ORDER BY subject, class, year
      ON CONFLICT (subject, class, year) DO NOTHING
      RETURNING ${COLUMNS}
    )
    SELECT * FROM inserted
    UNION ALL
    SELECT s.key_id, subject, class, year, s.wrapped
    FROM keys.subject_key s JOIN candidate USING (subject, class, year)`,
};
const FIND = {
  name: 'kontor-subject-keys-find-1',
  text: `SELECT ${COLUMNS} FROM keys.subject_key WHERE key_id = ANY ($1::uuid[])`,
};

/** The keys are asked for again, as an event store that does not answer is. */
const throwOutcomeUnknown = (error: unknown): never => {
  throw new OutcomeUnknown('the keys of personal data', String(error));
};

/** The keys of subjects: stored wrapped in `keys.subject_key`, and cached unwrapped for a short time. */
export class SubjectKeys {
  /** By key id. */
  private readonly cache: LRUCache<string, SubjectKey & { readonly slot: string; readonly until: number }>;
  /** Key ids by {@link slotText}. */
  private readonly bySlot = new Map<string, string>();
  private readonly creations = new Batcher<SubjectKey>((slots) => this.findOrCreate(slots));
  private readonly lookups = new Batcher<SubjectKey>((keyIds) => this.find(keyIds));
  private readonly cacheMs: number;
  private readonly now: () => Date;
  /** Number of erasures: a key that was read before the last one is not cached after it. */
  private erasures = 0;
  private listening: Listening | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly kek: Kek,
    { cacheMs = 30_000, capacity = 50_000, now = () => new Date() }: SubjectKeysOptions = {},
  ) {
    this.cacheMs = cacheMs;
    this.now = now;
    this.cache = new LRUCache({
      max: capacity,
      dispose: ({ keyId, slot }) => {
        if (this.bySlot.get(slot) === keyId) this.bySlot.delete(slot);
      },
    });
  }

  /** Makes erasures in other processes take effect at once, and not only when the cached key expires. */
  async listen(): Promise<void> {
    this.listening = await listen(this.dataSource, CHANNEL, {
      message: (subject) => this.evict(subject),
      gap: () => this.evictAll(),
    });
  }

  async close(): Promise<void> {
    await this.listening?.close();
    this.evictAll();
  }

  /** @returns the key, created at first use and durable before it is returned */
  async keyFor(subject: string, keyClass: RetentionClass): Promise<SubjectKey> {
    const text = slotText({ subject, class: keyClass, year: this.yearOf(keyClass) });
    const known = this.cached(this.bySlot.get(text)) ?? (await this.creations.get(text));
    if (!known) throw new Error('A key was neither found nor created');
    return known;
  }

  /**
   * @returns undefined if the subject was erased, or the key is lost: see {@link erasedAmong}
   * @throws OutcomeUnknown if the database does not answer
   */
  async withId(keyId: string): Promise<SubjectKey | undefined> {
    return this.cached(keyId) ?? this.lookups.get(keyId).catch(throwOutcomeUnknown);
  }

  /** The keys that were erased. A key that is neither stored nor among them is lost. */
  async erasedAmong(keyIds: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'SELECT key_id FROM keys.erased_key WHERE key_id = ANY ($1::uuid[])';
    const rows = await this.dataSource.query<Pick<Row, 'key_id'>[]>(sql, [keyIds]).catch(throwOutcomeUnknown);
    return new Set(rows.map(({ key_id }) => key_id));
  }

  /** Deletes all keys of a subject, of every class, and registers the erasure. @returns how many there were */
  async erase(subject: string): Promise<number> {
    const sql = `WITH gone AS (DELETE FROM keys.subject_key WHERE subject = $1 RETURNING key_id),
      registered AS (INSERT INTO keys.erased_key (key_id) SELECT key_id FROM gone ON CONFLICT DO NOTHING)
      SELECT count(*)::int AS count, pg_notify('${CHANNEL}', $1) FROM gone`;
    const [row] = await this.dataSource.query<[{ count: number }]>(sql, [subject]);
    this.evict(subject);
    return row.count;
  }

  /** Data of contracts is kept for some years after that in which it was recorded, so each year has a key of its own. */
  private yearOf(keyClass: RetentionClass) {
    return keyClass === 'contract' ? this.now().getUTCFullYear() : 0;
  }

  /** @param slots by {@link slotText} */
  private async findOrCreate(slots: readonly string[]) {
    const found = new Map<string, SubjectKey>();
    // A key is missing from the result only if another process created or erased it at the same moment.
    for (let missing = slots; missing.length > 0; missing = missing.filter((slot) => !found.has(slot))) {
      const { erasures } = this;
      const candidates = missing.map((text) => {
        const identity = { key_id: randomUUID(), ...slotFrom(text) };
        const key = randomBytes(32);
        return { ...identity, key, wrapped: this.kek.wrap(key, wrappingContextOf(identity)) };
      });
      const createdKeys = new Map<string, Buffer>(candidates.map(({ key_id, key }) => [key_id, key]));
      const rows = await queryPrepared<Row>(this.dataSource, FIND_OR_INSERT, [
        candidates.map(({ key_id }) => key_id),
        candidates.map(({ subject }) => subject),
        candidates.map((candidate) => candidate.class),
        candidates.map(({ year }) => year),
        candidates.map(({ wrapped }) => wrapped),
      ]);
      for (const row of rows) found.set(slotText(row), this.addToCache(row, erasures, createdKeys.get(row.key_id)));
    }
    return found;
  }

  private async find(keyIds: readonly string[]) {
    const { erasures } = this;
    const rows = await queryPrepared<Row>(this.dataSource, FIND, [keyIds]);
    return new Map(rows.map((row) => [row.key_id, this.addToCache(row, erasures)]));
  }

  private cached(keyId: string | undefined): SubjectKey | undefined {
    const known = keyId === undefined ? undefined : this.cache.get(keyId);
    if (!known || known.until > performance.now()) return known;
    this.cache.delete(known.keyId);
    return undefined;
  }

  private addToCache(
    row: Row,
    erasures: number,
    key = this.kek.unwrap(row.wrapped, wrappingContextOf(row)),
  ): SubjectKey {
    const { key_id: keyId, subject } = row;
    const known = { keyId, subject, key: createSecretKey(key) };
    if (erasures !== this.erasures) return known;
    const slot = slotText(row);
    this.cache.set(keyId, { ...known, slot, until: performance.now() + this.cacheMs });
    this.bySlot.set(slot, keyId);
    return known;
  }

  private evict(subject: string) {
    this.erasures++;
    const found = [...this.cache.values()].filter((known) => known.subject === subject);
    for (const { keyId } of found) this.cache.delete(keyId);
  }

  private evictAll() {
    this.erasures++;
    this.cache.clear();
    this.bySlot.clear();
  }
}
