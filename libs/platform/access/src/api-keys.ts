import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '#kernel';
import { formatKey, hashOf, newKey, parseKey, signingKeyOf } from './key-format.js';
import { type Principal } from './principal.js';
import { isScope, STAFF_SCOPES, type ApiScope } from './scopes.js';

export interface NewApiKey {
  /** Channel id; `*` for staff, who may act for any channel. */
  readonly channel: string;
  /** For people: who or what uses it. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly expiresAt?: Date | undefined;
}

export interface ApiKey extends NewApiKey {
  readonly keyId: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt?: Date | undefined;
  readonly revokedAt?: Date | undefined;
}

/** The only time that the secret is seen. */
export interface CreatedApiKey extends ApiKey {
  readonly secret: string;
}

export interface ApiKeysOptions {
  /** Part of every key, so that one for tests is not mistaken for one that works. Default `live`. */
  readonly environment?: string;
  /** How long a key is believed before it is looked up again; a revocation is noticed within it. Default 5 s, at most 10 s. */
  readonly cacheMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Known {
  readonly key: ApiKey & { readonly hash: Buffer };
  readonly principal: Principal;
  usedAt: number;
}

interface Cached {
  readonly until: number;
  readonly known: Promise<Known | undefined>;
}

const COLUMNS = `key_id AS "keyId", channel, name, scopes, created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;
const CHANNEL = /^(\*|[a-z0-9][a-z0-9._-]{0,63})$/;
/** What staff act for unless they say otherwise. */
const SYSTEM = 'system';
const MAX_CACHED_KEYS = 10_000;
const MINUTE = 60_000;

/** The keys with which channels and staff authenticate: table `access.api_key`. */
export class ApiKeys {
  private readonly cache = new LRUCache<string, Cached>({ max: MAX_CACHED_KEYS });
  private readonly environment: string;
  private readonly cacheMs: number;
  private readonly now: () => number;

  constructor(
    private readonly dataSource: DataSource,
    { environment = 'live', cacheMs = 5000, now = Date.now }: ApiKeysOptions = {},
  ) {
    this.environment = environment;
    this.cacheMs = Math.min(cacheMs, 10_000);
    this.now = now;
  }

  /** @throws DomainError `invalid-key` for an unknown scope, or one that only staff may have */
  create(key: NewApiKey): Promise<CreatedApiKey> {
    return this.insert(this.dataSource.manager, key);
  }

  /** Newest first, revoked and expired ones included. */
  list(): Promise<ApiKey[]> {
    return this.dataSource.query(`SELECT ${COLUMNS} FROM access.api_key ORDER BY created_at DESC, key_id`);
  }

  /** @throws DomainError `unknown-key` */
  async revoke(keyId: string): Promise<void> {
    const sql = 'UPDATE access.api_key SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1 RETURNING key_id';
    const [, count] = await this.dataSource.query<[unknown[], number]>(sql, [keyId]);
    this.cache.delete(keyId);
    if (count === 0) throw unknownKey(keyId);
  }

  /**
   * Makes a second key like the first, which goes on working for the overlap.
   * @throws DomainError `unknown-key` when there is no such key, or it no longer works
   */
  async rotate(keyId: string, overlapSeconds: number): Promise<CreatedApiKey> {
    const created = await this.dataSource.transaction(async (db) => {
      const sql = `UPDATE access.api_key
        SET expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(secs => $2))
        WHERE key_id = $1 AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now()
        RETURNING channel, name, scopes`;
      const [[old]] = await db.query<[NewApiKey[], number]>(sql, [keyId, overlapSeconds]);
      if (!old) throw unknownKey(keyId);
      return this.insert(db, old);
    });
    this.cache.delete(keyId);
    return created;
  }

  /** Who presents this secret; undefined when it is malformed, unknown, expired or revoked. */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const parts = parseKey(secret);
    if (parts?.environment !== this.environment) return undefined;
    return this.proven(parts.keyId, (hash) => timingSafeEqual(hashOf(parts), hash));
  }

  /** Who signed with the {@link signingKeyOf} of this key; undefined when it is unknown, expired or revoked, or did not. */
  signer(keyId: string, isSignedWith: (signingKey: Buffer) => boolean): Promise<Principal | undefined> {
    return this.proven(keyId, (hash) => isSignedWith(signingKeyOf(hash)));
  }

  private async proven(keyId: string, proves: (hash: Buffer) => boolean): Promise<Principal | undefined> {
    const known = await this.known(keyId);
    if (!known || !proves(known.key.hash)) return undefined;
    const now = this.now();
    if (!isLive(known.key, now)) return undefined;
    if (now - known.usedAt >= MINUTE) this.recordUse(known, now);
    return known.principal;
  }

  private async insert(db: EntityManager, key: NewApiKey): Promise<CreatedApiKey> {
    check(key);
    const parts = newKey(this.environment);
    const { channel, name, scopes, expiresAt } = key;
    const [row] = await db.query<[ApiKey]>(
      `INSERT INTO access.api_key (key_id, channel, name, scopes, hash, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
      [parts.keyId, channel, name, scopes, hashOf(parts), expiresAt ?? null],
    );
    return { ...row, secret: formatKey(parts) };
  }

  private known(keyId: string): Promise<Known | undefined> {
    const cached = this.cache.get(keyId);
    if (cached && cached.until > this.now()) return cached.known;
    const known = this.find(keyId);
    this.cache.set(keyId, { until: this.now() + this.cacheMs, known });
    known.catch(() => this.cache.delete(keyId)); // a failure is not remembered
    return known;
  }

  private async find(keyId: string): Promise<Known | undefined> {
    const sql = `SELECT ${COLUMNS}, hash FROM access.api_key WHERE key_id = $1`;
    const [key] = await this.dataSource.query<Known['key'][]>(sql, [keyId]);
    if (!key) return undefined;
    const isStaff = key.channel === '*';
    const principal = {
      keyId,
      channel: isStaff ? SYSTEM : key.channel,
      scopes: new Set(key.scopes),
      isStaff,
    };
    return { key, principal, usedAt: key.lastUsedAt?.getTime() ?? 0 };
  }

  private recordUse(known: Known, now: number) {
    known.usedAt = now;
    const sql = 'UPDATE access.api_key SET last_used_at = $2 WHERE key_id = $1';
    // Only for people to look at: nobody waits for it, and losing one does no harm.
    this.dataSource.query(sql, [known.key.keyId, new Date(now)]).catch(() => undefined);
  }
}

const isLive = ({ revokedAt, expiresAt }: ApiKey, now: number) =>
  !revokedAt && (!expiresAt || expiresAt.getTime() > now);

const unknownKey = (keyId: string) => new DomainError('unknown-key', `There is no such key: ${keyId}`, { keyId });

const check = ({ channel, scopes }: NewApiKey) => {
  const refuse = (message: string) => new DomainError('invalid-key', message);
  // Whoever spoke as `system` would be taken for staff and timers.
  if (!CHANNEL.test(channel) || channel === SYSTEM) throw refuse(`Not a channel: ${channel}`);
  for (const scope of scopes) {
    if (!isScope(scope)) throw refuse(`Unknown scope: ${String(scope)}`);
    if (STAFF_SCOPES.has(scope) && channel !== '*') throw refuse(`Only a key of channel * may have the scope ${scope}`);
  }
};
