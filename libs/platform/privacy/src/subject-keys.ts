import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource } from 'typeorm';
import { Batcher, listen, type Listening } from '#database';
import { OutcomeUnknown } from '#event-store';
import { type Kek } from './kek.js';

export interface SubjectKey {
  readonly keyId: string;
  readonly subject: string;
  readonly key: KeyObject;
}

export interface SubjectKeysOptions {
  /** Retention class: data that must be kept longer by law is sealed under a key of another class. Default `account`. */
  readonly keyClass?: string;
  /** How long a key is cached, and so how late an erasure in another process may take effect. Default 30 s. */
  readonly cacheMs?: number;
  /** Maximum number of cached keys. Default 50,000, about 20 MB. */
  readonly capacity?: number;
}

interface Row {
  readonly key_id: string;
  readonly subject: string;
  readonly class: string;
  readonly wrapped: Buffer;
}

const CHANNEL = 'kontor_keys';
const contextOf = (row: Omit<Row, 'wrapped'>) => `${row.key_id}|${row.subject}|${row.class}`;

/** Finds the key of a subject or inserts the given one, in one statement. */
const FIND_OR_INSERT = `
  WITH candidate AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS candidate (key_id, subject, wrapped)
  ), inserted AS (
    INSERT INTO keys.subject_key (key_id, subject, class, wrapped)
    SELECT key_id, subject, $4, wrapped FROM candidate ORDER BY subject
    ON CONFLICT (subject, class) DO NOTHING
    RETURNING key_id, subject, class, wrapped
  )
  SELECT * FROM inserted
  UNION ALL
  SELECT key_id, subject, class, wrapped FROM keys.subject_key WHERE subject = ANY ($2) AND class = $4`;

/** The keys are asked for again, as an event store that does not answer is. */
const unanswered = (error: unknown): never => {
  throw new OutcomeUnknown('the keys of personal data', String(error));
};

/** The keys of subjects: stored wrapped in `keys.subject_key`, and cached unwrapped for a short time. */
export class SubjectKeys {
  /** By key id. */
  private readonly cache: LRUCache<string, SubjectKey & { readonly until: number }>;
  private readonly bySubject = new Map<string, string>();
  private readonly creations = new Batcher<SubjectKey>((subjects) => this.findOrCreate(subjects));
  private readonly lookups = new Batcher<SubjectKey>((keyIds) => this.find(keyIds));
  private readonly keyClass: string;
  private readonly cacheMs: number;
  /** Number of erasures: a key that was read before the last one is not cached after it. */
  private erasures = 0;
  private listening: Listening | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly kek: Kek,
    { keyClass = 'account', cacheMs = 30_000, capacity = 50_000 }: SubjectKeysOptions = {},
  ) {
    this.keyClass = keyClass;
    this.cacheMs = cacheMs;
    this.cache = new LRUCache({
      max: capacity,
      dispose: ({ keyId, subject }) => {
        if (this.bySubject.get(subject) === keyId) this.bySubject.delete(subject);
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

  /** @returns the key of the subject, created at first use and durable before it is returned */
  async ofSubject(subject: string): Promise<SubjectKey> {
    const known = this.cached(this.bySubject.get(subject)) ?? (await this.creations.get(subject));
    if (!known) throw new Error('A key was neither found nor created');
    return known;
  }

  /**
   * @returns undefined if the subject was erased, or the key is lost: see {@link erasedAmong}
   * @throws OutcomeUnknown if the database does not answer
   */
  async withId(keyId: string): Promise<SubjectKey | undefined> {
    return this.cached(keyId) ?? this.lookups.get(keyId).catch(unanswered);
  }

  /** The keys that were erased. A key that is neither stored nor among them is lost. */
  async erasedAmong(keyIds: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'SELECT key_id FROM keys.erased_key WHERE key_id = ANY ($1::uuid[])';
    const rows = await this.dataSource.query<Pick<Row, 'key_id'>[]>(sql, [keyIds]).catch(unanswered);
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

  private async findOrCreate(subjects: readonly string[]) {
    const found = new Map<string, SubjectKey>();
    // A subject is missing from the result only if another process created or erased its key at the same moment.
    for (let missing = subjects; missing.length > 0; missing = missing.filter((subject) => !found.has(subject))) {
      const { erasures } = this;
      const candidates = missing.map((subject) => {
        const identity = { key_id: randomUUID(), subject, class: this.keyClass };
        const key = randomBytes(32);
        return { ...identity, key, wrapped: this.kek.wrap(key, contextOf(identity)) };
      });
      const createdKeys = new Map<string, Buffer>(candidates.map(({ key_id, key }) => [key_id, key]));
      const rows = await this.dataSource.query<Row[]>(FIND_OR_INSERT, [
        candidates.map(({ key_id }) => key_id),
        missing,
        candidates.map(({ wrapped }) => wrapped),
        this.keyClass,
      ]);
      for (const row of rows) found.set(row.subject, this.addToCache(row, erasures, createdKeys.get(row.key_id)));
    }
    return found;
  }

  private async find(keyIds: readonly string[]) {
    const { erasures } = this;
    const sql = 'SELECT key_id, subject, class, wrapped FROM keys.subject_key WHERE key_id = ANY ($1::uuid[])';
    const rows = await this.dataSource.query<Row[]>(sql, [keyIds]);
    return new Map(rows.map((row) => [row.key_id, this.addToCache(row, erasures)]));
  }

  private cached(keyId: string | undefined): SubjectKey | undefined {
    const known = keyId === undefined ? undefined : this.cache.get(keyId);
    if (!known || known.until > performance.now()) return known;
    this.cache.delete(known.keyId);
    return undefined;
  }

  private addToCache(row: Row, erasures: number, key = this.kek.unwrap(row.wrapped, contextOf(row))): SubjectKey {
    const { key_id: keyId, subject } = row;
    const known = { keyId, subject, key: createSecretKey(key) };
    if (erasures !== this.erasures) return known;
    this.cache.set(keyId, { ...known, until: performance.now() + this.cacheMs });
    if (row.class === this.keyClass) this.bySubject.set(subject, keyId);
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
    this.bySubject.clear();
  }
}
