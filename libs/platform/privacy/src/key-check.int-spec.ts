import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asPosition, ERASED, LOST, type Position, type Recorded, START } from '#event-store';
import { type EventDefinition } from '#kernel';
import { startTestDatabase, type TestDatabase } from '#testing';
import { EncryptedPersonalData } from './encrypted-personal-data.js';
import { Kek } from './kek.js';
import { registerLostKeysAsErased, KeyCheck, KeysRestored, lostKeys, lostKeysWarning } from './key-check.js';
import { SubjectKeys } from './subject-keys.js';

const definition: EventDefinition = { version: 1, personal: { account: ['contact'] } };
const scavenged = new Set<Position>();
const log = {
  contains: (at: Position) => Promise.resolve(at <= asPosition(position) && !scavenged.has(at)),
  head: () => Promise.resolve(asPosition(position)),
  newestBefore: (at: Position) => Promise.resolve(asPosition(Number(at) - 1)),
};
const options = { categories: ['customer'], types: new Set(['CustomerRegistered']) };

let database: TestDatabase;
let personalData: EncryptedPersonalData;
let check: KeyCheck;
let position = 0;

beforeAll(async () => void (database = await startTestDatabase()), 60_000);
beforeEach(async () => {
  await database.owner.query('DELETE FROM keys.lost_key');
  // Nothing is cached, so each read sees what the database has.
  personalData = new EncryptedPersonalData(new SubjectKeys(database.app, new Kek(randomBytes(32)), { cacheMs: 0 }));
  check = new KeyCheck(database.owner, log, options);
  await check.resume();
});
afterAll(() => database.stop());

const registered = async (subject: string): Promise<Recorded> => {
  const envelope = { commandId: 'c', correlationId: 'c', channel: 'web', actor: 'a', schema: '1', subject };
  const event = {
    id: randomUUID(),
    event: { type: 'CustomerRegistered', data: { contact: { name: 'Ada' } } },
    envelope: { ...envelope, occurredAt: '2026-01-01T00:00:00.000Z' },
  };
  const sealed = await personalData.seal(`customer-${subject}`, event, definition);
  return { ...sealed, stream: `customer-${subject}`, revision: 0, position: asPosition(++position), recordedAt: 0 };
};

/** Delivers events to the check, and makes it compare them. */
const deliver = async (...events: readonly Recorded[]) => {
  await check.handle({ events, position: asPosition(position), caughtUp: true });
  await check.onHeartbeat();
};

const lose = (subject: string) =>
  database.owner.query<[{ key_id: string }[]]>('DELETE FROM keys.subject_key WHERE subject = $1 RETURNING *', [
    subject,
  ]);
const streams = async () => (await lostKeys(database.owner)).map(({ stream }) => stream);
const contactIn = async (event: Recorded) =>
  ((await personalData.open(event, definition)).event.data as { contact: unknown }).contact;

describe('a missing key', () => {
  it('reads as lost, and as erased only after an erasure', async () => {
    const [lost, erased] = [await registered(randomUUID()), await registered(randomUUID())];
    await lose(lost.envelope.subject ?? '');
    await personalData.eraseSubject(erased.envelope.subject ?? '');
    expect(await contactIn(lost)).toEqual(LOST);
    expect(await contactIn(erased)).toEqual(ERASED);
  });

  it('is noticed with its stream, unless it was erased', async () => {
    const [present, lost, erased] = [randomUUID(), randomUUID(), randomUUID()];
    const events = [await registered(present), await registered(lost), await registered(erased)];
    await lose(lost);
    await personalData.eraseSubject(erased);
    await deliver(...events);
    expect(await streams()).toEqual([`customer-${lost}`]);
    expect(await lostKeysWarning(database.app)).toMatch(new RegExp(`1 keys .* customer-${lost}: restore a newer copy`));
  });

  it('is noticed when an older copy of the keys is restored while the check runs', async () => {
    const subject = randomUUID();
    const event = await registered(subject);
    await deliver(event);
    expect(await streams()).toEqual([]);
    await lose(subject);
    await database.owner.query('UPDATE keys.checked SET position = position - 1');
    await expect(check.onHeartbeat()).rejects.toThrow(KeysRestored);
    expect(await check.resume()).toBe(position - 1);
    await deliver(event);
    expect(await streams()).toEqual([`customer-${subject}`]);
  });

  it('is no longer reported once it is back', async () => {
    const subject = randomUUID();
    const event = await registered(subject);
    const [[row]] = await lose(subject);
    await deliver(event);
    expect(await streams()).toEqual([`customer-${subject}`]);
    await database.owner.query(
      'INSERT INTO keys.subject_key SELECT * FROM json_populate_record(null::keys.subject_key, $1)',
      [JSON.stringify({ ...row, wrapped: `\\x${(row as unknown as { wrapped: Buffer }).wrapped.toString('hex')}` })],
    );
    await check.onHeartbeat();
    expect(await streams()).toEqual([]);
    expect(await contactIn(event)).toEqual({ name: 'Ada' });
  });

  it('reads as erased once it is registered as erased', async () => {
    const event = await registered(randomUUID());
    await lose(event.envelope.subject ?? '');
    await deliver(event);
    expect(await registerLostKeysAsErased(database.owner)).toEqual({ registered: 1, rootKeyOfDigests: false });
    expect(await contactIn(event)).toEqual(ERASED);
    expect(await lostKeysWarning(database.app)).toBeUndefined();
  });
});

it('an erased key does not come back with an older copy of the keys', async () => {
  const subject = randomUUID();
  const event = await registered(subject);
  await database.owner.query('CREATE TABLE old_keys AS SELECT * FROM keys.subject_key WHERE subject = $1', [subject]);
  await personalData.eraseSubject(subject);
  await database.owner.query('INSERT INTO keys.subject_key SELECT * FROM old_keys');
  await check.resume();
  expect(await contactIn(event)).toEqual(ERASED);
});

it('two checks that run at the same time do not restart each other', async () => {
  const other = new KeyCheck(database.owner, log, options);
  await other.resume();
  await deliver(await registered(randomUUID()));
  await other.handle({ events: [], position: asPosition(position - 1), caughtUp: true });
  await expect(other.onHeartbeat()).resolves.toBeUndefined();
  expect(await other.resume()).toBe(position);
  expect(position).toBeGreaterThan(Number(START));
});

it('reads the log from its start if the keys are newer than the log', async () => {
  const event = await registered(randomUUID());
  await deliver(event);
  position--;
  expect(await check.resume()).toBe(START);
});

it('goes on at its checkpoint if the event there, of another application, was scavenged', async () => {
  const event = await registered(randomUUID());
  const foreign = ++position;
  await deliver(event);
  scavenged.add(asPosition(foreign));
  const newer = await registered(randomUUID());
  expect(await check.resume()).toBe(foreign - 1);
  await lose(newer.envelope.subject ?? '');
  await deliver(newer);
  expect(await streams()).toEqual([newer.stream]);
});
