import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ERASED, isSealed, LOST, type NewEvent, type Recorded, asPosition } from '#event-store';
import { type EventDefinition } from '#kernel';
import { startTestDatabase, type TestDatabase } from '#testing';
import { BlindIndex } from './blind-index.js';
import { EncryptedPersonalData } from './encrypted-personal-data.js';
import { Kek } from './kek.js';
import { lostServiceKeyWarning, registerLostKeysAsErased } from './key-check.js';
import { rotateKek } from './rotate-kek.js';
import { SubjectDigests } from './subject-digests.js';
import { SubjectKeys } from './subject-keys.js';

const definition: EventDefinition = { version: 1, personal: { account: ['contact', 'address.line', 'note'] } };
const stream = 'customer-1';
const canary = 'Ada-Canary-Lovelace';

const registered = (subject: string, data: object = { contact: { name: canary }, country: 'GB' }): NewEvent => ({
  id: randomUUID(),
  event: { type: 'CustomerRegistered', data },
  envelope: {
    commandId: randomUUID(),
    correlationId: 'c',
    channel: 'web',
    actor: 'key:1',
    occurredAt: '2026-01-01T00:00:00.000Z',
    subject,
    schema: '1',
  },
});
const recorded = (event: NewEvent): Recorded => ({
  ...event,
  stream,
  revision: 0,
  position: asPosition(1),
  recordedAt: 0,
});

let database: TestDatabase;
let kek = new Kek(randomBytes(32));
const opened: SubjectKeys[] = [];

/** What one process of Kontor holds. */
const newProcess = async (withKek = kek) => {
  const keys = new SubjectKeys(database.app, withKek);
  opened.push(keys);
  await keys.listen();
  return { keys, personalData: new EncryptedPersonalData(keys) };
};
/** Until the test times out. */
const eventually = async (read: () => Promise<object>, wanted: object) => {
  while (!isDeepStrictEqual(await read(), wanted)) await new Promise(setImmediate); // so that others have their turn
};
const countKeys = async (subject: string) => {
  const sql = 'SELECT count(*)::int AS count FROM keys.subject_key WHERE subject = $1';
  const [row] = await database.owner.query<[{ count: number }]>(sql, [subject]);
  return row.count;
};

beforeAll(async () => void (database = await startTestDatabase()), 60_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((keys) => keys.close()));
});
afterAll(() => database.stop());

describe('sealing', () => {
  it('uses the key of the owner of the stream where the cause names no subject', async () => {
    const { personalData } = await newProcess();
    const [owner, other] = [randomUUID(), randomUUID()];
    const event = registered(other);
    const anonymous = { ...event, envelope: { ...event.envelope, subject: undefined } } as unknown as NewEvent;
    await personalData.seal(stream, anonymous, definition, owner);
    expect(await countKeys(owner)).toBe(1);
    await personalData.seal(stream, event, definition, owner);
    expect(await countKeys(other)).toBe(1);
  });

  it('encrypts personal values and leaves everything else unchanged', async () => {
    const { personalData } = await newProcess();
    const event = registered(randomUUID(), {
      contact: { name: canary, email: null },
      address: { line: canary, city: 'London' },
      country: 'GB',
    });
    const sealed = await personalData.seal(stream, event, definition);
    expect(JSON.stringify(sealed)).not.toContain('Canary');
    expect(sealed.event.data).toMatchObject({ address: { city: 'London' }, country: 'GB' });
    expect(await personalData.open(recorded(sealed), definition)).toEqual(recorded(event));
  });

  it('stores the key before it returns', async () => {
    const { personalData } = await newProcess();
    const subject = randomUUID();
    await personalData.seal(stream, registered(subject), definition);
    expect(await countKeys(subject)).toBe(1);
  });

  it('fails and seals nothing if the key cannot be stored', async () => {
    const { personalData } = await newProcess();
    await database.owner.query('ALTER TABLE keys.subject_key ADD CONSTRAINT broken CHECK (false) NOT VALID');
    const subject = randomUUID();
    const attempts = [1, 2].map(() => personalData.seal(stream, registered(subject), definition));
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(/broken/);
    await database.owner.query('ALTER TABLE keys.subject_key DROP CONSTRAINT broken');
    await personalData.seal(stream, registered(subject), definition);
    expect(await countKeys(subject)).toBe(1);
  });

  it('refuses personal fields without a subject', async () => {
    const { personalData } = await newProcess();
    const event = registered('');
    await expect(personalData.seal(stream, event, definition)).rejects.toThrow(/names no subject/);
    expect(await personalData.seal(stream, event, { version: 1 })).toBe(event);
  });

  it('creates one key per subject, even if two processes need a thousand at once', async () => {
    const [one, two] = [await newProcess(), await newProcess()];
    const events = Array.from({ length: 1000 }, () => registered(randomUUID()));
    const sealed = await Promise.all(
      events.flatMap((event) => [one, two].map(({ personalData }) => personalData.seal(stream, event, definition))),
    );
    const reader = await newProcess();
    const read = await Promise.all(sealed.map((event) => reader.personalData.open(recorded(event), definition)));
    expect(read).toEqual(events.flatMap((event) => [recorded(event), recorded(event)]));
    const sql = 'SELECT count(*)::int AS count FROM keys.subject_key WHERE subject = ANY ($1)';
    const rows = await database.owner.query<unknown[]>(sql, [events.map(({ envelope }) => envelope.subject)]);
    expect(rows).toEqual([{ count: 1000 }]);
  });
});

describe('erasure', () => {
  const erased = { contact: ERASED, country: 'GB' };

  it('takes effect at once in this and in other processes', async () => {
    const [here, there] = [await newProcess(), await newProcess()];
    const subject = randomUUID();
    const sealed = recorded(await here.personalData.seal(stream, registered(subject), definition));
    expect((await there.personalData.open(sealed, definition)).event.data).toMatchObject({ contact: { name: canary } });
    expect(await here.personalData.eraseSubject(subject)).toEqual({ keys: 1 });
    expect((await here.personalData.open(sealed, definition)).event.data).toEqual(erased);
    await eventually(async () => (await there.personalData.open(sealed, definition)).event.data, erased);
    expect(await countKeys(subject)).toBe(0);
  });

  it('is not undone by a read that started before', async () => {
    const { personalData } = await newProcess();
    const subject = randomUUID();
    const sealed = recorded(await personalData.seal(stream, registered(subject), definition));

    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const { master: pool } = database.app.driver as unknown as { master: { query(query: object): Promise<unknown> } };
    let held = false;
    const query = async (statement: { readonly name: string }) => {
      const answer = await pool.query(statement);
      if (statement.name.includes('find-1')) {
        held = true;
        await released;
      }
      return answer;
    };
    const driver = { value: { master: { query } } };
    const eraser = { value: database.app.query.bind(database.app) };
    const slow = Object.create(database.app, { driver, query: eraser }) as TestDatabase['app'];
    const reader = new EncryptedPersonalData(new SubjectKeys(slow, kek));
    const early = reader.open(sealed, definition);
    await eventually(() => Promise.resolve({ held }), { held: true });
    await reader.eraseSubject(subject);
    release();
    await early;
    expect((await reader.open(sealed, definition)).event.data).toEqual(erased);
  });

  it('takes effect after an interruption of the notifications', async () => {
    const { personalData } = await newProcess();
    const subject = randomUUID();
    const sealed = recorded(await personalData.seal(stream, registered(subject), definition));
    const silently = `WITH gone AS (DELETE FROM keys.subject_key WHERE subject = $1 RETURNING key_id)
      INSERT INTO keys.erased_key (key_id) SELECT key_id FROM gone`;
    await database.owner.query(silently, [subject]);
    expect((await personalData.open(sealed, definition)).event.data).not.toEqual(erased);
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kontor-listen-kontor_keys'`;
    await database.app.query(cut);
    await eventually(async () => (await personalData.open(sealed, definition)).event.data, erased);
  });

  it('takes effect without a notification once the cached key expires', async () => {
    const notListening = new SubjectKeys(database.app, kek, { cacheMs: 0 });
    const { personalData } = await newProcess();
    const subject = randomUUID();
    const sealed = recorded(await personalData.seal(stream, registered(subject), definition));
    const reader = new EncryptedPersonalData(notListening);
    expect((await reader.open(sealed, definition)).event.data).not.toEqual(erased);
    await personalData.eraseSubject(subject);
    expect((await reader.open(sealed, definition)).event.data).toEqual(erased);
  });

  it('does not affect other subjects, nor later data of the same subject', async () => {
    const { personalData } = await newProcess();
    const [gone, other] = [randomUUID(), randomUUID()];
    const ofOther = await personalData.seal(stream, registered(other), definition);
    await personalData.seal(stream, registered(gone), definition);
    await personalData.eraseSubject(gone);
    const again = await personalData.seal(stream, registered(gone), definition);
    for (const event of [ofOther, again]) {
      expect((await personalData.open(recorded(event), definition)).event.data).toMatchObject({
        contact: { name: canary },
      });
    }
  });
});

describe('reading', () => {
  it('leaves plain data unchanged, which was stored before the field was personal', async () => {
    const { personalData } = await newProcess();
    const plain = recorded(registered(randomUUID()));
    expect(await personalData.open(plain, definition)).toBe(plain);
  });

  it('refuses a value from another event', async () => {
    const { personalData } = await newProcess();
    const sealed = await personalData.seal(stream, registered(randomUUID()), definition);
    const moved = recorded({ ...sealed, id: randomUUID() });
    await expect(personalData.open(moved, definition)).rejects.toThrow(/authenticate/);
  });

  it('fails under a wrong KEK instead of reporting erased data', async () => {
    const sealed = await (await newProcess()).personalData.seal(stream, registered(randomUUID()), definition);
    const wrong = await newProcess(new Kek(randomBytes(32)));
    await expect(wrong.personalData.open(recorded(sealed), definition)).rejects.toThrow(/were wrapped by the KEK/);
  });
});

describe('retention classes', () => {
  const order: EventDefinition = { version: 1, personal: { account: ['note'], contract: ['contact'] } };
  const both = (subject: string) => registered(subject, { note: 'N', contact: { name: canary } });
  const rowsOf = (subject: string) =>
    database.owner.query<{ class: string; year: number }[]>(
      'SELECT class, year FROM keys.subject_key WHERE subject = $1 ORDER BY class, year',
      [subject],
    );

  it('have keys of their own, those of contracts one for each year in UTC', async () => {
    const subject = randomUUID();
    let now = new Date('2030-12-31T23:59:59.999Z');
    const personalData = new EncryptedPersonalData(new SubjectKeys(database.app, kek, { now: () => now }));
    const early = recorded(await personalData.seal(stream, both(subject), order));
    await personalData.seal(stream, both(subject), order);
    now = new Date('2031-01-01T00:00:00.000Z');
    const late = recorded(await personalData.seal(stream, both(subject), order));
    expect(await rowsOf(subject)).toEqual([
      { class: 'account', year: 0 },
      { class: 'contract', year: 2030 },
      { class: 'contract', year: 2031 },
    ]);
    await database.owner.query('DELETE FROM keys.subject_key WHERE subject = $1 AND year = 2030', [subject]);
    const reader = (await newProcess()).personalData;
    expect((await reader.open(early, order)).event.data).toMatchObject({ note: 'N', contact: LOST });
    expect((await reader.open(late, order)).event.data).toMatchObject({ note: 'N', contact: { name: canary } });
  });

  it('can be deleted separately: the fields of the other class stay readable', async () => {
    const subject = randomUUID();
    const sealed = recorded(await (await newProcess()).personalData.seal(stream, both(subject), order));
    await database.owner.query(
      `WITH gone AS (DELETE FROM keys.subject_key WHERE subject = $1 AND class = 'account' RETURNING key_id)
       INSERT INTO keys.erased_key (key_id) SELECT key_id FROM gone`,
      [subject],
    );
    const opened = await (await newProcess()).personalData.open(sealed, order);
    expect(opened.event.data).toMatchObject({ note: ERASED, contact: { name: canary } });
  });

  it('all end where the subject is erased', async () => {
    const subject = randomUUID();
    const { personalData } = await newProcess();
    await personalData.seal(stream, both(subject), order);
    expect(await personalData.eraseSubject(subject)).toEqual({ keys: 2 });
    expect(await rowsOf(subject)).toEqual([]);
  });

  it('take subjects with any characters', async () => {
    const subject = `a|1|b\n${randomUUID()}`;
    const { personalData } = await newProcess();
    const sealed = recorded(await personalData.seal(stream, both(subject), order));
    expect((await (await newProcess()).personalData.open(sealed, order)).event.data).toMatchObject({ note: 'N' });
    expect(await rowsOf(subject)).toHaveLength(2);
  });
});

describe('a digest under the key of a subject', () => {
  const digestsOf = async () => new SubjectDigests((await newProcess()).keys);

  it('is the same for all spellings, in every process, and another one for another subject', async () => {
    const [subject, digests] = [randomUUID(), await digestsOf()];
    const digest = await digests.digest(subject, 'email', 'ada@example.org');
    expect(await (await digestsOf()).digest(subject, 'email', ' Ada@Example.org')).toBe(digest);
    expect(await digests.digest(subject, 'phone', 'ada@example.org')).not.toBe(digest);
    expect(await digests.digest(randomUUID(), 'email', 'ada@example.org')).not.toBe(digest);
  });

  it('cannot be made again once the subject is erased', async () => {
    const [subject, digests] = [randomUUID(), await digestsOf()];
    const digest = await digests.digest(subject, 'email', 'ada@example.org');
    await (await newProcess()).personalData.eraseSubject(subject);
    expect(await (await digestsOf()).digest(subject, 'email', 'ada@example.org')).not.toBe(digest);
  });
});

const hasEvents = () => Promise.resolve(true);

describe('the root key of digests', () => {
  const aKey = async (withEvents: boolean) => {
    await database.owner.query('DELETE FROM keys.service_key');
    const index = await BlindIndex.open(database.app, kek, () => Promise.resolve(withEvents));
    return index.hash('email', 'ada@example.org');
  };

  it('is made without a warning for an empty log', async () => {
    await aKey(false);
    expect(await lostServiceKeyWarning(database.app)).toBeUndefined();
  });

  it('that was lost is replaced with a warning, until the old one is restored', async () => {
    const old = await aKey(false);
    const [row] = await database.owner.query<[{ wrapped: Buffer }]>('SELECT wrapped FROM keys.service_key');
    expect(await aKey(true)).not.toBe(old);
    expect(await lostServiceKeyWarning(database.app)).toMatch(
      /keys\.service_key, was lost, and a new one was made at \d{4}-/,
    );
    await database.owner.query('UPDATE keys.service_key SET wrapped = $1, replaces_lost = NULL', [row.wrapped]);
    expect((await BlindIndex.open(database.app, kek, hasEvents)).hash('email', 'ada@example.org')).toBe(old);
    expect(await lostServiceKeyWarning(database.app)).toBeUndefined();
  });

  it('that has no copy is accepted with the other lost keys', async () => {
    await aKey(true);
    expect(await registerLostKeysAsErased(database.owner)).toEqual({ registered: 0, rootKeyOfDigests: true });
    expect(await lostServiceKeyWarning(database.app)).toBeUndefined();
  });
});

describe('the rotation of the KEK', () => {
  it('leaves data and digests unchanged, and makes the old KEK useless', async () => {
    const [before, bytes] = [kek, randomBytes(32)];
    const { personalData } = await newProcess();
    const sealed = recorded(await personalData.seal(stream, registered(randomUUID()), definition));
    expect(isSealed((sealed.event.data as { contact: unknown }).contact)).toBe(true);
    const hash = (await BlindIndex.open(database.app, before, hasEvents)).hash('email', 'ada@example.org');

    const during = await newProcess(new Kek(bytes, before));
    expect((await during.personalData.open(sealed, definition)).event.data).toMatchObject({
      contact: { name: canary },
    });
    kek = new Kek(bytes);
    expect(await rotateKek(database.owner, before, kek)).toBeGreaterThan(1000);
    expect(await rotateKek(database.owner, before, kek)).toBe(0);

    const after = await newProcess();
    expect((await after.personalData.open(sealed, definition)).event.data).toMatchObject({ contact: { name: canary } });
    expect((await BlindIndex.open(database.app, kek, hasEvents)).hash('email', 'ada@example.org')).toBe(hash);
    await expect(BlindIndex.open(database.app, before, hasEvents)).rejects.toThrow(/were wrapped by the KEK/);
  });
});
