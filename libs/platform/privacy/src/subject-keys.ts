import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource } from 'typeorm';
import { Batcher, listen, type Listening } from '#database';
import { type Kek } from './kek.js';

/** The key of one subject's personal data. */
export interface SubjectKey {
  readonly keyId: string;
  readonly subject: string;
  readonly key: KeyObject;
}

export interface SubjectKeysOptions {
  /** Retention class. What the law makes one keep longer is sealed under a key of another class. Default `account`. */
  readonly keyClass?: string;
  /** How long a key is remembered: the longest that an erasure elsewhere can go unnoticed. Default 30 s. */
  readonly cacheMs?: number;
  /** Most keys in memory. Default 50,000, about 20 MB. */
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

/** One statement for both cases, the new subject and the known one. */
const INSERT = `
  WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS wanted (key_id, subject, wrapped)
  ), made AS (
    INSERT INTO keys.subject_key (key_id, subject, class, wrapped)
    SELECT key_id, subject, $4, wrapped FROM wanted ORDER BY subject
    ON CONFLICT (subject, class) DO NOTHING
    RETURNING key_id, subject, class, wrapped
  )
  SELECT * FROM made
  UNION ALL
  SELECT key_id, subject, class, wrapped FROM keys.subject_key WHERE subject = ANY ($2) AND class = $4`;

/** The keys of subjects: wrapped in `keys.subject_key`, unwrapped in memory for a short while. */
export class SubjectKeys {
  /** By key id. */
  private readonly cache: LRUCache<string, SubjectKey & { readonly until: number }>;
  private readonly bySubject = new Map<string, string>();
  private readonly making = new Batcher<SubjectKey>((subjects) => this.findOrMake(subjects));
  private readonly finding = new Batcher<SubjectKey>((keyIds) => this.find(keyIds));
  private readonly keyClass: string;
  private readonly cacheMs: number;
  /** Grows with every erasure: what was read before one is not remembered after it. */
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

  /** Hears of erasures in other processes at once, instead of when its memory of the key ends. */
  async listen(): Promise<void> {
    this.listening = await listen(this.dataSource, CHANNEL, {
      message: (subject) => this.forget(subject),
      gap: () => this.forgetAll(),
    });
  }

  async close(): Promise<void> {
    await this.listening?.close();
    this.forgetAll();
  }

  /** The subject's key, made on first use; it is durable before it is returned. */
  async ofSubject(subject: string): Promise<SubjectKey> {
    const known = this.recall(this.bySubject.get(subject)) ?? (await this.making.get(subject));
    if (!known) throw new Error('A key was neither found nor made'); // findOrMake answers for every subject
    return known;
  }

  /** The key with this id; undefined once its subject was erased. */
  async withId(keyId: string): Promise<SubjectKey | undefined> {
    return this.recall(keyId) ?? this.finding.get(keyId);
  }

  /** Deletes all keys of a subject, of every class, for good. @returns how many there were */
  async erase(subject: string): Promise<number> {
    const sql = `WITH gone AS (DELETE FROM keys.subject_key WHERE subject = $1 RETURNING 1)
      SELECT count(*)::int AS count, pg_notify('${CHANNEL}', $1) FROM gone`;
    const [row] = await this.dataSource.query<[{ count: number }]>(sql, [subject]);
    this.forget(subject);
    return row.count;
  }

  private async findOrMake(subjects: readonly string[]) {
    const found = new Map<string, SubjectKey>();
    // A subject is missing from the answer only if another process made or erased its key at this very moment.
    for (let missing = subjects; missing.length > 0; missing = missing.filter((subject) => !found.has(subject))) {
      const { erasures } = this;
      const fresh = missing.map((subject) => {
        const identity = { key_id: randomUUID(), subject, class: this.keyClass };
        const key = randomBytes(32);
        return { ...identity, key, wrapped: this.kek.wrap(key, contextOf(identity)) };
      });
      const made = new Map<string, Buffer>(fresh.map(({ key_id, key }) => [key_id, key]));
      const rows = await this.dataSource.query<Row[]>(INSERT, [
        fresh.map(({ key_id }) => key_id),
        missing,
        fresh.map(({ wrapped }) => wrapped),
        this.keyClass,
      ]);
      for (const row of rows) found.set(row.subject, this.remember(row, erasures, made.get(row.key_id)));
    }
    return found;
  }

  private async find(keyIds: readonly string[]) {
    const { erasures } = this;
    const sql = 'SELECT key_id, subject, class, wrapped FROM keys.subject_key WHERE key_id = ANY ($1::uuid[])';
    const rows = await this.dataSource.query<Row[]>(sql, [keyIds]);
    return new Map(rows.map((row) => [row.key_id, this.remember(row, erasures)]));
  }

  private recall(keyId: string | undefined): SubjectKey | undefined {
    const known = keyId === undefined ? undefined : this.cache.get(keyId);
    if (!known || known.until > performance.now()) return known;
    this.cache.delete(known.keyId);
    return undefined;
  }

  private remember(row: Row, erasures: number, key = this.kek.unwrap(row.wrapped, contextOf(row))): SubjectKey {
    const { key_id: keyId, subject } = row;
    const known = { keyId, subject, key: createSecretKey(key) };
    if (erasures !== this.erasures) return known;
    this.cache.set(keyId, { ...known, until: performance.now() + this.cacheMs });
    if (row.class === this.keyClass) this.bySubject.set(subject, keyId);
    return known;
  }

  private forget(subject: string) {
    this.erasures++;
    const found = [...this.cache.values()].filter((known) => known.subject === subject);
    for (const { keyId } of found) this.cache.delete(keyId);
  }

  private forgetAll() {
    this.erasures++;
    this.cache.clear();
    this.bySubject.clear();
  }
}
