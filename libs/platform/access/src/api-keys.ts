import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '#kernel';
import { formatKey, hashOf, newKey, parseKey, signingKeyOf } from './key-format.js';
import { assertLocation, type Principal } from './principal.js';
import { isScope, STAFF_SCOPES, type ApiScope } from './scopes.js';

export interface NewApiKey {
  /** Id of a channel, or `*` for staff, who may act for any channel. */
  readonly channel: string;
  /** Tells people who or what uses the key. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly expiresAt?: Date | undefined;
  /** Binds the key to these locations. */
  readonly locations?: readonly string[] | null | undefined;
}

export interface ApiKey extends NewApiKey {
  readonly keyId: string;
  readonly createdAt: Date;
  /** Accurate to a minute. */
  readonly lastUsedAt?: Date | undefined;
  readonly revokedAt?: Date | undefined;
}

/** The secret is not stored, so it cannot be shown again. */
export interface CreatedApiKey extends ApiKey {
  readonly secret: string;
}

export interface ApiKeysOptions {
  /** Part of every key, so that a test key cannot be taken for a live one. Default `live`. */
  readonly environment?: string;
  /** How long a key is cached, and so how late a revocation may take effect. Default 5 s, at most 10 s. */
  readonly cacheMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface LoadedKey {
  readonly key: ApiKey & { readonly hash: Buffer };
  readonly principal: Principal;
  usedAt: number;
}

interface Cached {
  readonly until: number;
  readonly loaded: Promise<LoadedKey | undefined>;
}

const COLUMNS = `key_id AS "keyId", channel, name, scopes, created_at AS "createdAt", expires_at AS "expiresAt", locations,
  last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;
const CHANNEL = /^(\*|[a-z0-9][a-z0-9._-]{0,63})$/;
/** The channel of staff that select none. */
const SYSTEM_CHANNEL = 'system';
const MAX_CACHED_KEYS = 10_000;
const MINUTE_MS = 60_000;

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

  /**
   * @param creator gives only rights that it has itself; undefined when Kontor creates the key
   * @throws DomainError `invalid-key` for an unknown scope, or one that only staff may have; `forbidden`
   */
  async create(key: NewApiKey, creator?: Principal): Promise<CreatedApiKey> {
    checkNewKey(key);
    if (creator) checkRights(creator, key);
    return this.insert(this.dataSource.manager, key);
  }

  /** @returns all keys, newest first, including revoked and expired ones */
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
   * Creates a second key like the first, which stays valid during the overlap.
   *
   * @throws DomainError `unknown-key` if there is no such key, or it is not valid any more; `forbidden` if it has rights that
   *   the creator lacks
   */
  async rotate(keyId: string, overlapSeconds: number, creator?: Principal): Promise<CreatedApiKey> {
    const created = await this.dataSource.transaction(async (db) => {
      const sql = `UPDATE access.api_key
        SET expires_at = least(coalesce(expires_at, 'infinity'), now() + make_interval(secs => $2))
        WHERE key_id = $1 AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now()
        RETURNING channel, name, scopes, locations`;
      const [[old]] = await db.query<[NewApiKey[], number]>(sql, [keyId, overlapSeconds]);
      if (!old) throw unknownKey(keyId);
      if (creator) checkRights(creator, old);
      return this.insert(db, old);
    });
    this.cache.delete(keyId);
    return created;
  }

  /** @returns the holder of the secret, or undefined if it is malformed, unknown, expired or revoked */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const parts = parseKey(secret);
    if (parts?.environment !== this.environment) return undefined;
    return this.authenticateKey(parts.keyId, (hash) => timingSafeEqual(hashOf(parts), hash));
  }

  /** @returns the holder of the key, or undefined if the signature is wrong or the key is unknown, expired or revoked */
  authenticateSigner(keyId: string, isSignedWith: (signingKey: Buffer) => boolean): Promise<Principal | undefined> {
    return this.authenticateKey(keyId, (hash) => isSignedWith(signingKeyOf(hash)));
  }

  /** @returns those of the keys that are unknown, revoked or expired, as the database has it now */
  async ended(keyIds: readonly string[]): Promise<readonly string[]> {
    const sql = `SELECT id AS "keyId" FROM unnest($1::text[]) AS id WHERE NOT EXISTS (SELECT FROM access.api_key
      WHERE key_id = id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now())`;
    const rows = await this.dataSource.query<{ keyId: string }[]>(sql, [keyIds]);
    for (const { keyId } of rows) this.cache.delete(keyId);
    return rows.map(({ keyId }) => keyId);
  }

  private async authenticateKey(keyId: string, matches: (hash: Buffer) => boolean): Promise<Principal | undefined> {
    const loaded = await this.load(keyId);
    if (!loaded || !matches(loaded.key.hash)) return undefined;
    const now = this.now();
    if (!isValid(loaded.key, now)) return undefined;
    if (now - loaded.usedAt >= MINUTE_MS) this.recordUse(loaded, now);
    return loaded.principal;
  }

  private async insert(db: EntityManager, key: NewApiKey): Promise<CreatedApiKey> {
    const parts = newKey(this.environment);
    const { channel, name, scopes, expiresAt, locations } = key;
    const [row] = await db.query<[ApiKey]>(
      `INSERT INTO access.api_key (key_id, channel, name, scopes, hash, expires_at, locations)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [parts.keyId, channel, name, scopes, hashOf(parts), expiresAt ?? null, locations ?? null],
    );
    return { ...row, secret: formatKey(parts) };
  }

  private load(keyId: string): Promise<LoadedKey | undefined> {
    const cached = this.cache.get(keyId);
    if (cached && cached.until > this.now()) return cached.loaded;
    const loaded = this.readKey(keyId);
    this.cache.set(keyId, { until: this.now() + this.cacheMs, loaded });
    loaded.catch(() => this.cache.delete(keyId));
    return loaded;
  }

  private async readKey(keyId: string): Promise<LoadedKey | undefined> {
    const sql = `SELECT ${COLUMNS}, hash FROM access.api_key WHERE key_id = $1`;
    const [key] = await this.dataSource.query<LoadedKey['key'][]>(sql, [keyId]);
    if (!key) return undefined;
    const isStaff = key.channel === '*';
    const principal = {
      keyId,
      channel: isStaff ? SYSTEM_CHANNEL : key.channel,
      scopes: new Set(key.scopes),
      isStaff,
      ...(key.locations && { locations: new Set(key.locations) }),
    };
    return { key, principal, usedAt: key.lastUsedAt?.getTime() ?? 0 };
  }

  private recordUse(loaded: LoadedKey, now: number) {
    loaded.usedAt = now;
    const sql = 'UPDATE access.api_key SET last_used_at = $2 WHERE key_id = $1';
    // The time is only shown to people, so a failed update does no harm.
    this.dataSource.query(sql, [loaded.key.keyId, new Date(now)]).catch(() => undefined);
  }
}

const isValid = ({ revokedAt, expiresAt }: ApiKey, now: number) =>
  !revokedAt && (!expiresAt || expiresAt.getTime() > now);

const unknownKey = (keyId: string) => new DomainError('unknown-key', `There is no such key: ${keyId}`, { keyId });

const checkNewKey = ({ channel, scopes }: NewApiKey) => {
  const invalidKey = (message: string) => new DomainError('invalid-key', message);
  // `system` is the channel of staff and timers.
  if (!CHANNEL.test(channel) || channel === SYSTEM_CHANNEL) throw invalidKey(`Not the id of a channel: ${channel}`);
  for (const scope of scopes) {
    if (!isScope(scope)) throw invalidKey(`Unknown scope: ${String(scope)}`);
    if (STAFF_SCOPES.has(scope) && channel !== '*')
      throw invalidKey(`Only a key of channel * may have the scope ${scope}`);
  }
};

/** @throws DomainError `forbidden`, with the missing scopes separated by blanks, or the location */
const checkRights = (creator: Principal, { scopes, locations }: NewApiKey) => {
  if (creator.locations && !locations) {
    throw new DomainError('forbidden', 'A key that is bound to locations can give only keys that are bound, too');
  }
  for (const locationId of locations ?? []) assertLocation(creator, locationId);
  const { scopes: own } = creator;
  const missing = scopes.filter((scope) => !own.has(scope));
  if (missing.length === 0) return;
  const message = `A key can give only scopes that it has itself; this one lacks ${missing.join(', ')}`;
  throw new DomainError('forbidden', message, { scope: missing.join(' ') });
};
