import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestDatabase, type TestDatabase } from '#testing';
import { ensureAdminKey } from './admin-key.js';
import { ApiKeys, type NewApiKey } from './api-keys.js';
import { newKey, parseKey, formatKey } from './key-format.js';
import { SCOPES } from './scopes.js';

const webShop: NewApiKey = { channel: 'web', name: 'Web shop', scopes: ['stock:read', 'orders:place'] };

let database: TestDatabase;
let clock = Date.now();
const newProcess = () => new ApiKeys(database.app, { environment: 'test', now: () => clock });
let keys: ApiKeys;
beforeAll(async () => {
  database = await startTestDatabase();
  keys = newProcess();
});
afterAll(() => database.stop());

const lastUsed = async (keyId: string) => (await keys.list()).find((key) => key.keyId === keyId)?.lastUsedAt?.getTime();

describe('an API key', () => {
  it('authenticates its channel and scopes', async () => {
    const { secret, keyId } = await keys.create(webShop);
    expect(await keys.authenticate(secret)).toEqual({
      keyId,
      channel: 'web',
      scopes: new Set(webShop.scopes),
      isStaff: false,
    });
  });

  it('is stored nowhere in the database', async () => {
    const { secret } = await keys.create(webShop);
    const random = parseKey(secret)?.random ?? '';
    const rows = await database.owner.query<unknown[]>('SELECT *, encode(hash, $1) FROM access.api_key', ['escape']);
    expect(random).toHaveLength(43);
    expect(JSON.stringify(rows)).not.toContain(random);
    expect(JSON.stringify(await keys.list())).not.toMatch(/hash|secret/);
  });

  it('is refused with a wrong secret or environment', async () => {
    const { secret, keyId } = await keys.create(webShop);
    const forged = formatKey({ ...newKey('test'), keyId });
    expect(await keys.authenticate(forged)).toBeUndefined();
    expect(await keys.authenticate(secret.replace('_test_', '_live_'))).toBeUndefined();
    expect(await keys.authenticate('')).toBeUndefined();
    expect(await keys.authenticate(formatKey(newKey('test')))).toBeUndefined();
  });

  it('expires to the millisecond, cached or not', async () => {
    const expiresAt = new Date(clock + 1000);
    const { secret } = await keys.create({ ...webShop, expiresAt });
    expect(await keys.authenticate(secret)).toBeDefined();
    clock += 1000;
    expect(await keys.authenticate(secret)).toBeUndefined();
  });

  it('is refused at once in the process that revoked it, and within ten seconds elsewhere', async () => {
    const elsewhere = newProcess();
    const { secret, keyId } = await keys.create(webShop);
    await Promise.all([keys.authenticate(secret), elsewhere.authenticate(secret)]);
    await keys.revoke(keyId);
    expect(await keys.authenticate(secret)).toBeUndefined();
    clock += 10_000;
    expect(await elsewhere.authenticate(secret)).toBeUndefined();
    await expect(keys.revoke('0000000000000000')).rejects.toMatchObject({ code: 'unknown-key' });
  });

  it('that is revoked elsewhere, expired or unknown has ended, and is no longer cached', async () => {
    const past = new Date(Date.now() - 1000);
    const [revoked, expired, valid] = [
      await keys.create(webShop),
      await keys.create({ ...webShop, expiresAt: past }),
      await keys.create(webShop),
    ];
    await keys.authenticate(revoked.secret);
    await newProcess().revoke(revoked.keyId);
    const ended = await keys.ended([revoked.keyId, expired.keyId, valid.keyId, 'unknown']);
    expect(ended.toSorted()).toEqual([revoked.keyId, expired.keyId, 'unknown'].toSorted());
    expect(await keys.authenticate(revoked.secret)).toBeUndefined();
  });

  it('is read once while it is cached', async () => {
    const { secret, keyId } = await keys.create(webShop);
    await keys.authenticate(secret);
    await database.owner.query('DELETE FROM access.api_key WHERE key_id = $1', [keyId]);
    expect(await keys.authenticate(secret)).toBeDefined();
  });

  it('is rotated with an overlap in which both keys are valid', async () => {
    const old = await keys.create(webShop);
    const fresh = await keys.rotate(old.keyId, 60);
    expect(fresh).toMatchObject({ channel: 'web', scopes: webShop.scopes });
    clock = Date.now();
    expect(await keys.authenticate(old.secret)).toBeDefined();
    expect(await keys.authenticate(fresh.secret)).toBeDefined();
    clock += 61_000;
    expect(await keys.authenticate(old.secret)).toBeUndefined();
    expect(await keys.authenticate(fresh.secret)).toBeDefined();
    await keys.revoke(fresh.keyId);
    await expect(keys.rotate(fresh.keyId, 60)).rejects.toMatchObject({ code: 'unknown-key' });
  });

  it('records when it was last used, to the minute', async () => {
    const updates: unknown[] = [];
    const watched = Object.create(database.app) as TestDatabase['app'];
    watched.query = <T>(sql: string, parameters?: unknown[]): Promise<T> => {
      if (sql.startsWith('UPDATE')) updates.push(parameters?.[1]);
      return database.app.query<T>(sql, parameters);
    };
    const counted = new ApiKeys(watched, { environment: 'test', now: () => clock });
    const { secret, keyId } = await counted.create(webShop);
    const first = clock;
    for (const seconds of [0, 3, 56, 1]) {
      clock += seconds * 1000;
      await counted.authenticate(secret);
      while ((await lastUsed(keyId)) === undefined) await new Promise(setImmediate);
    }
    while ((await lastUsed(keyId)) !== clock) await new Promise(setImmediate);
    expect(updates).toEqual([new Date(first), new Date(first + 60_000)]);
  });

  it.each([
    ['an unknown scope', { ...webShop, scopes: ['everything' as 'ops:write'] }],
    ['a channel with a scope of staff', { ...webShop, scopes: ['customers:read' as const] }],
    ['a channel that cannot be one', { ...webShop, channel: 'Web Shop' }],
    ['the name that staff and timers go by', { ...webShop, channel: 'system' }],
  ])('is not created for %s', async (_, key) => {
    await expect(keys.create(key)).rejects.toMatchObject({ code: 'invalid-key' });
  });

  it('that is bound to locations stays so, and gives only keys for the same', async () => {
    const bound = {
      channel: '*',
      name: 'Hall 7',
      scopes: ['keys:manage', 'stock:read'] as const,
      locations: ['hall-7'],
    };
    const { secret, keyId } = await keys.create(bound);
    const creator = await keys.authenticate(secret);
    expect(creator?.locations).toEqual(new Set(['hall-7']));
    expect((await keys.rotate(keyId, 60)).locations).toEqual(['hall-7']);
    const forbidden = { code: 'forbidden' };
    await expect(keys.create({ ...bound, locations: undefined }, creator)).rejects.toMatchObject(forbidden);
    await expect(keys.create({ ...bound, locations: ['hall-8'] }, creator)).rejects.toMatchObject(forbidden);
    await expect(keys.create(bound, creator)).resolves.toMatchObject({ locations: ['hall-7'] });
  });

  it('gives other keys only scopes that it has itself, also when it rotates one', async () => {
    const scopes: NewApiKey['scopes'] = ['keys:manage', 'stock:read'];
    const { secret } = await keys.create({ channel: '*', name: 'Key desk', scopes });
    const creator = await keys.authenticate(secret);
    const wanted = { ...webShop, channel: '*', scopes: ['stock:read', 'customers:read', 'ops:write'] as const };
    const refusal = { code: 'forbidden', details: { scope: 'customers:read ops:write' } };
    await expect(keys.create(wanted, creator)).rejects.toMatchObject(refusal);
    const { keyId, secret: old } = await keys.create(wanted);
    await expect(keys.rotate(keyId, 0, creator)).rejects.toMatchObject(refusal);
    expect(await keys.authenticate(old)).toBeDefined();
    await expect(keys.create({ ...webShop, scopes: ['stock:read'] }, creator)).resolves.toBeDefined();
  });
});

describe('the admin key', () => {
  it('is created once, readable by this user only, and created again for another database', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kontor-admin-'));
    const first = await ensureAdminKey(keys, dataDir);
    expect(await ensureAdminKey(keys, dataDir)).toEqual({ ...first, created: false });
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    expect(readFileSync(first.file, 'utf8').trim()).toBe(first.secret);
    const principal = await keys.authenticate(first.secret);
    expect(principal).toMatchObject({ channel: 'system', isStaff: true, scopes: new Set(SCOPES) });
    await keys.revoke(parseKey(first.secret)?.keyId ?? '');
    expect((await ensureAdminKey(keys, dataDir)).created).toBe(true);

    const { secret: narrow } = await keys.create({
      channel: '*',
      name: 'Of an older version',
      scopes: ['keys:manage'],
    });
    writeFileSync(first.file, narrow);
    expect((await ensureAdminKey(keys, dataDir)).created).toBe(true);
    expect(await keys.authenticate(narrow)).toBeDefined();
    rmSync(dataDir, { recursive: true });
  });
});
