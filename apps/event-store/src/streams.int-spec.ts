import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AllStreamResolvedEvent,
  type AppendExpectedRevision,
  type AppendToStreamOptions,
  binaryEvent,
  END,
  type EventStoreDBClient,
  type JSONEventType,
  jsonEvent,
  type ReadStreamOptions,
} from '@eventstore/db-client';
import { collect, TestServer } from './test-server.fixture.js';

let server: TestServer;
let client: EventStoreDBClient;

beforeAll(async () => {
  server = await TestServer.start();
  client = server.client();
});
afterAll(() => server.stop());

let streams = 0;
const newStream = () => `stream-${streams++}`;
const event = (type: string, id: string = randomUUID()) => jsonEvent({ id, type, data: { is: type } });
const events = (types: string) => Array.from(types, (type) => event(type));

const append = (stream: string, given: string | ReturnType<typeof event>[], options: AppendToStreamOptions = {}) =>
  client.appendToStream(stream, typeof given === 'string' ? events(given) : given, options);

/** The types of a stream's events, in the order read. */
async function read(stream: string, options: ReadStreamOptions = {}): Promise<string> {
  const types: string[] = [];
  for await (const resolved of client.readStream<JSONEventType>(stream, options))
    types.push(resolved.event?.type ?? '-');
  return types.join('');
}

const error = (type: string, more: object = {}) => expect.objectContaining({ type, ...more }) as unknown;

describe('appending', () => {
  test('answers the revision and position of the last event', async () => {
    const stream = newStream();
    const first = await append(stream, 'abc', { expectedRevision: 'no_stream' });
    const second = await append(stream, 'd', { expectedRevision: 2n });
    expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 3n]);
    expect(second.position?.commit).toBeGreaterThan((first.position?.commit ?? 0n) + 1n);
    expect(await read(stream)).toBe('abcd');
  });

  test('keeps what it was given', async () => {
    const stream = 'ström ✓';
    const data = { name: 'ä€😀', nested: [1, { a: null }] };
    const metadata = { commandId: randomUUID() };
    const id = randomUUID();
    const before = Date.now();
    await client.appendToStream(stream, jsonEvent({ id, type: 'Typ ✓', data, metadata }));
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    await client.appendToStream(stream, binaryEvent({ type: 'Bytes', data: bytes }));
    const [json, binary] = await collect(client.readStream(stream));
    expect(json?.event).toMatchObject({
      id,
      streamId: stream,
      type: 'Typ ✓',
      data,
      metadata,
      revision: 0n,
      isJson: true,
    });
    expect(json?.event?.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(Buffer.from(binary?.event?.data as Uint8Array).equals(bytes)).toBe(true);
  });

  test.each<[string, AppendExpectedRevision, bigint | 'no_stream']>([
    ['', 0n, 'no_stream'],
    ['', 'stream_exists', 'no_stream'],
    ['ab', 'no_stream', 1n],
    ['ab', 0n, 1n],
    ['ab', 7n, 1n],
  ])('to %p expecting %p is a conflict', async (history, expectedRevision, actualVersion) => {
    const stream = newStream();
    if (history) await append(stream, history);
    const conflict = error('wrong-expected-version', { actualVersion });
    await expect(append(stream, 'x', { expectedRevision })).rejects.toEqual(conflict);
    const credentials = { username: 'any', password: 'any' }; // makes the client use the classic Append
    await expect(append(stream, 'x', { expectedRevision, credentials })).rejects.toEqual(conflict);
  });

  test('by the classic Append works as well', async () => {
    const stream = newStream();
    const credentials = { username: 'any', password: 'any' };
    const answer = await append(stream, 'abc', { expectedRevision: 'no_stream', credentials });
    expect(answer.nextExpectedRevision).toBe(2n);
    expect(await read(stream)).toBe('abc');
  });

  test('the same events again, after the same revision, stores them once', async () => {
    const stream = newStream();
    await append(stream, 'a');
    const again = events('bc');
    const first = await append(stream, again, { expectedRevision: 0n });
    await append(stream, 'd');
    const second = await append(stream, again, { expectedRevision: 0n });
    expect(second).toEqual(first);
    expect(await read(stream)).toBe('abcd');
  });

  test('the same event again, to any revision, stores it once', async () => {
    const stream = newStream();
    const again = event('a');
    const first = await append(stream, [again], { expectedRevision: 'any' });
    await append(stream, 'b');
    expect(await append(stream, [{ ...again, id: again.id.toUpperCase() }], { expectedRevision: 'any' })).toEqual(
      first,
    );
    await expect(append(stream, [again, event('c')], { expectedRevision: 'any' })).rejects.toEqual(
      error('wrong-expected-version'),
    );
    expect(await read(stream)).toBe('ab');
  });

  test('the same event again, to any revision, is stored twice if its id was used elsewhere since', async () => {
    const [stream, other] = [newStream(), newStream()];
    const again = event('a');
    await append(stream, [again], { expectedRevision: 'any' });
    await append(other, [again], { expectedRevision: 'any' });
    await append(stream, [again], { expectedRevision: 'any' });
    expect(await read(stream)).toBe('aa');
    await append(stream, [again], { expectedRevision: 'no_stream' });
    expect(await read(stream)).toBe('aa');
  });

  test('an event that is too large is refused, also in parts', async () => {
    const large = (size: number) => jsonEvent({ type: 'Large', data: { bytes: 'x'.repeat(size) } });
    const refused = error('maximum-append-size-exceeded', { maxAppendSize: 1_048_576 });
    await expect(client.appendToStream(newStream(), large(1_100_000))).rejects.toEqual(refused);
    const parts = Array.from({ length: 12 }, () => large(100_000));
    await expect(client.appendToStream(newStream(), parts, { batchAppendSize: 150_000 })).rejects.toEqual(refused);
  });

  test('in several messages is one append', async () => {
    const stream = newStream();
    const parts = Array.from({ length: 50 }, () => event('x'));
    const answer = await client.appendToStream(stream, parts, { batchAppendSize: 300 });
    expect(answer.nextExpectedRevision).toBe(49n);
  });

  test('nothing answers the current revision', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    expect((await append(stream, '', { expectedRevision: 1n })).nextExpectedRevision).toBe(1n);
  });

  test('after the deadline is answered so, and not carried out', async () => {
    const stream = newStream();
    await expect(append(stream, 'a', { deadline: -1_000 })).rejects.toEqual(error('deadline-exceeded'));
    await expect(read(stream)).rejects.toEqual(error('stream-not-found'));
  });

  test('from many hands at once lets one win', async () => {
    const stream = newStream();
    const tries = Array.from({ length: 20 }, () => append(stream, 'a', { expectedRevision: 'no_stream' }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(stream)).toBe('a');
  });
});

describe('reading', () => {
  const stream = 'read-me';
  beforeAll(() => append(stream, 'abcdef'));

  test.each<[string, ReadStreamOptions]>([
    ['abcdef', {}],
    ['abc', { maxCount: 3 }],
    ['cdef', { fromRevision: 2n }],
    ['', { fromRevision: 9n }],
    ['fedcba', { direction: 'backwards', fromRevision: END }],
    ['fe', { direction: 'backwards', fromRevision: END, maxCount: 2 }],
    ['cba', { direction: 'backwards', fromRevision: 2n }],
    ['fedcba', { direction: 'backwards', fromRevision: 99n }],
  ])('gives %p for %p', async (types, options) => {
    expect(await read(stream, options)).toBe(types);
  });

  test('a stream forwards from its end is refused', async () => {
    await expect(read(stream, { fromRevision: END })).rejects.toThrow('Unexpected ReadStreamResult: Error');
  });

  test('a stream that is not there says so', async () => {
    await expect(read(newStream())).rejects.toEqual(error('stream-not-found'));
  });

  test('everything gives each event once, in order, both ways', async () => {
    const many = newStream();
    for (let round = 0; round < 4; round++) await append(many, 'x'.repeat(400));
    const positions = (read: AllStreamResolvedEvent[]) => read.map(({ event }) => event?.position.commit ?? 0n);
    const forwards = positions(await collect(client.readAll()));
    expect(forwards).toEqual(forwards.toSorted((one, other) => (one < other ? -1 : 1)));
    expect(new Set(forwards).size).toBe(forwards.length);
    const options = { direction: 'backwards', fromPosition: END } as const;
    const backwards = positions(await collect(client.readAll(options)));
    expect(backwards).toEqual(forwards.toReversed());
  });

  describe('reads of $all start at the position of an event', () => {
    const start = 'start-of-all';
    /** Of the event c. */
    let third = 0n;
    beforeAll(async () => {
      await append(start, 'abcde');
      const [, , c] = await collect(client.readStream(start));
      if (c?.commitPosition === undefined) throw new Error('no position');
      third = c.commitPosition;
    });

    const types = async (
      direction: 'forwards' | 'backwards',
      commit: bigint,
      { prepare = commit, maxCount = 2 } = {},
    ): Promise<string> => {
      const all = await collect(client.readAll({ direction, fromPosition: { commit, prepare }, maxCount }));
      return all.map(({ event }) => event?.type).join('');
    };

    test('which forwards includes and backwards leaves out', async () => {
      expect(await types('forwards', third)).toBe('cd');
      expect(await types('backwards', third)).toBe('ba');
    });

    test('whose prepare position may be smaller: then backwards leaves out one more', async () => {
      expect(await types('forwards', third, { prepare: third - 1n })).toBe('cd');
      expect(await types('backwards', third, { prepare: third - 1n, maxCount: 1 })).toBe('a');
    });

    test.each(['forwards', 'backwards'] as const)('and of nothing else: %s', async (direction) => {
      await expect(types(direction, third + 1n)).rejects.toThrow('2 UNKNOWN: Unexpected ReadAllResult: Error');
      await expect(types(direction, third, { prepare: third + 1n })).rejects.toThrow('2 UNKNOWN: Exception was thrown');
    });

    test('beyond the end there is nothing, and no way back', async () => {
      expect(await types('forwards', 10_000_000_000n)).toBe('');
      await expect(types('backwards', 10_000_000_000n)).rejects.toMatchObject({ code: 2 });
    });
  });

  test('everything starts with an event of the system', async () => {
    const [first] = await collect(client.readAll({ maxCount: 1 }));
    expect([first?.event?.type, first?.commitPosition]).toEqual(['$metadata', 733n]);
  });

  test('resolves links', async () => {
    const links = newStream();
    const link = (to: string) => binaryEvent({ type: '$>', data: Buffer.from(to) });
    await client.appendToStream(links, [link(`1@${stream}`), link('0@nowhere'), link('nonsense')]);
    const [found, lost, unresolved] = await collect(client.readStream(links, { resolveLinkTos: true }));
    expect(unresolved).toMatchObject({ event: { type: '$>' } });
    expect(unresolved).not.toHaveProperty('link');
    expect([found?.event?.type, found?.link?.revision]).toEqual(['b', 0n]);
    expect([lost?.event, lost?.link?.revision]).toEqual([undefined, 1n]);
  });
});

describe('metadata', () => {
  test('is kept', async () => {
    const stream = newStream();
    const acl = { readRoles: ['admins'] };
    await client.setStreamMetadata(stream, { acl, owner: 'sales', maxCount: 3 });
    expect((await client.getStreamMetadata(stream)).metadata).toMatchObject({ owner: 'sales', maxCount: 3, acl });
  });

  test.each([
    [{ maxCount: 2 }, 'de'],
    [{ truncateBefore: 3 }, 'de'],
    [{ truncateBefore: 1, maxCount: 3 }, 'cde'],
    [{ maxAge: 3_600 }, 'abcde'],
    [{ maxAge: 0 }, 'abcde'],
    [{ maxCount: 0 }, 'abcde'],
  ])('%p leaves %p visible', async (metadata, types) => {
    const stream = newStream();
    await append(stream, 'abcde');
    await client.setStreamMetadata(stream, metadata);
    expect(await read(stream)).toBe(types);
    const reversed = Array.from(types).reverse().join('');
    expect(await read(stream, { direction: 'backwards', fromRevision: END })).toBe(reversed);
  });

  test('of the metadata only the last is visible', async () => {
    const stream = newStream();
    await client.setStreamMetadata(stream, { maxCount: 1 });
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await read(`$$${stream}`)).toBe('$metadata');
  });
});

describe('a deleted stream', () => {
  test('comes back after the events that bring it back', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    const { position } = await client.deleteStream(stream);
    if (!position) throw new Error('no position');
    await append(stream, 'c');
    const since = await collect(client.readAll({ fromPosition: position }));
    expect(since.map(({ event }) => event?.streamId)).toEqual([`$$${stream}`, stream, `$$${stream}`]);
  });

  test('is refused to those who expect a stream', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    await client.deleteStream(stream);
    await expect(append(stream, 'c', { expectedRevision: 'stream_exists' })).rejects.toEqual(error('stream-deleted'));
  });

  test('knows an event of before, but not where it was', async () => {
    const stream = newStream();
    const old = [event('a')];
    await append(stream, old);
    await client.deleteStream(stream);
    await append(stream, 'b');
    expect(await append(stream, old)).toMatchObject({ nextExpectedRevision: 0n, position: undefined });
  });

  test('is gone, and comes back with the next append, at the next revision', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    await client.setStreamMetadata(stream, { maxCount: 9 });
    expect((await client.deleteStream(stream)).position?.commit).toBeGreaterThan(0n);
    await expect(read(stream)).rejects.toEqual(error('stream-not-found'));
    const back = await append(stream, 'c', { expectedRevision: 'no_stream' });
    expect(back.nextExpectedRevision).toBe(2n);
    expect(await read(stream)).toBe('c');
  });

  test('comes back with new metadata as well, its old events hidden', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    await client.deleteStream(stream);
    await client.setStreamMetadata(stream, { owner: 'sales' });
    expect((await client.getStreamMetadata(stream)).metadata).toMatchObject({ owner: 'sales', truncateBefore: 2 });
    expect(await read(stream)).toBe('');
  });

  test('must be as expected', async () => {
    const stream = newStream();
    const conflict = error('wrong-expected-version');
    await expect(client.deleteStream(stream)).rejects.toEqual(conflict);
    await append(stream, 'ab');
    await expect(client.deleteStream(stream, { expectedRevision: 0n })).rejects.toEqual(conflict);
    await expect(client.tombstoneStream(stream, { expectedRevision: 0n })).rejects.toEqual(conflict);
    await client.deleteStream(stream, { expectedRevision: 1n });
  });

  test('with a tombstone never comes back', async () => {
    const stream = newStream();
    await append(stream, 'ab');
    await client.tombstoneStream(stream);
    const deleted = error('stream-deleted');
    await expect(read(stream)).rejects.toEqual(deleted);
    await expect(append(stream, 'c')).rejects.toEqual(deleted);
    await expect(append(stream, 'c', { credentials: { username: 'a', password: 'b' } })).rejects.toEqual(deleted);
    await expect(client.deleteStream(stream)).rejects.toEqual(deleted);
    await expect(client.tombstoneStream(stream)).rejects.toEqual(deleted);
    await expect(client.setStreamMetadata(stream, {})).rejects.toEqual(deleted);
    await expect(read(`$$${stream}`)).rejects.toEqual(deleted);
  });
});

test('a stream may be called $all: it takes events like any other, until a tombstone ends it', async () => {
  expect((await append('$all', 'a')).nextExpectedRevision).toBe(0n);
  await expect(client.tombstoneStream('$all', { expectedRevision: 99n })).rejects.toEqual(
    error('wrong-expected-version'),
  );
  await client.deleteStream('$all');
  expect((await append('$all', 'b')).nextExpectedRevision).toBe(1n);
  await client.tombstoneStream('$all');
  await expect(append('$all', 'c')).rejects.toEqual(error('stream-deleted'));
});
