import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type AllStreamSubscription,
  binaryEvent,
  END,
  eventTypeFilter,
  type EventStoreDBClient,
  excludeSystemEvents,
  jsonEvent,
  type ResolvedEvent,
  START,
  streamNameFilter,
  type StreamSubscription,
} from '@eventstore/db-client';
import { TestServer } from './test-server.js';

jest.setTimeout(30_000);

let server: TestServer;
let client: EventStoreDBClient;

beforeAll(async () => {
  server = await TestServer.start();
  client = server.client();
});
afterAll(() => server.stop());

const event = (type: string) => jsonEvent({ type, data: {} });
const append = (stream: string, types: string) =>
  client.appendToStream(
    stream,
    Array.from(types, (type) => event(type)),
  );

/** Reads until so many events have come, then unsubscribes. */
async function take(subscription: AllStreamSubscription | StreamSubscription, count: number): Promise<ResolvedEvent[]> {
  const taken: ResolvedEvent[] = [];
  for await (const resolved of subscription) {
    taken.push(resolved);
    if (taken.length === count) break;
  }
  return taken;
}
const types = (taken: ResolvedEvent[]) => taken.map((resolved) => resolved.event?.type).join('');

describe('a subscription to a stream', () => {
  test('gives what is there, says that it caught up, and goes on', async () => {
    await append('s-1', 'ab');
    const subscription = client.subscribeToStream('s-1', { fromRevision: START });
    const taken = take(subscription, 4);
    await once(subscription, 'caughtUp');
    await append('s-1', 'cd');
    expect(types(await taken)).toBe('abcd');
  });

  test('starts after its revision', async () => {
    await append('s-2', 'abcd');
    expect(types(await take(client.subscribeToStream('s-2', { fromRevision: 1n }), 2))).toBe('cd');
  });

  test('from the end gives only what is new', async () => {
    await append('s-3', 'ab');
    const subscription = client.subscribeToStream('s-3', { fromRevision: END });
    const taken = take(subscription, 1);
    await once(subscription, 'caughtUp');
    await append('s-3', 'c');
    expect(types(await taken)).toBe('c');
  });

  test('may wait for a stream that is not there yet', async () => {
    const subscription = client.subscribeToStream('s-4');
    const taken = take(subscription, 1);
    await once(subscription, 'caughtUp');
    await append('s-4', 'a');
    expect(types(await taken)).toBe('a');
  });

  test('ends with the tombstone', async () => {
    await append('s-5', 'a');
    const subscription = client.subscribeToStream('s-5');
    const seen: (string | undefined)[] = [];
    subscription.on('data', (resolved: ResolvedEvent) => seen.push(resolved.event?.type));
    await once(subscription, 'caughtUp');
    const failed = once(subscription, 'error');
    await client.tombstoneStream('s-5');
    expect(await failed).toEqual([expect.objectContaining({ type: 'stream-deleted' })]);
    expect(seen).toEqual(['a', '$streamDeleted']);
  });

  test('does not give what metadata hides', async () => {
    await append('s-6', 'abcd');
    await client.setStreamMetadata('s-6', { maxCount: 2 });
    expect(types(await take(client.subscribeToStream('s-6'), 2))).toBe('cd');
  });
});

describe('a subscription to everything', () => {
  test('gives each event once, in order, from the table and live', async () => {
    for (let round = 0; round < 5; round++) await append('all-1', 'x'.repeat(300));
    const subscription = client.subscribeToAll();
    const taken = take(subscription, 3_000);
    const more = Array.from({ length: 1_500 }, (_, index) => append(`all-2-${index}`, 'y'));
    const positions = (await taken).map((resolved) => resolved.commitPosition);
    expect(positions).toEqual(Array.from({ length: 3_000 }, (_, index) => BigInt(index + 1)));
    await Promise.all(more);
  });

  test('starts after its position', async () => {
    const { position } = await append('all-3', 'ab');
    const first = { commit: (position?.commit ?? 0n) - 1n, prepare: (position?.prepare ?? 0n) - 1n };
    expect(types(await take(client.subscribeToAll({ fromPosition: first }), 1))).toBe('b');
  });

  test('survives a client that does not read for a while', async () => {
    const { position } = await append('slow', 'a');
    if (!position) throw new Error('no position');
    const subscription = client.subscribeToAll({ fromPosition: position });
    await once(subscription, 'caughtUp');
    const mebibytes = 24; // more than the server keeps at hand
    for (let round = 0; round < mebibytes; round++) {
      await client.appendToStream(
        'slow',
        Array.from({ length: 10 }, () => binaryEvent({ type: 'b', data: new Uint8Array(100_000) })),
      );
    }
    const taken = await take(subscription, mebibytes * 10);
    expect(taken.map((resolved) => resolved.event?.revision)).toEqual(
      Array.from({ length: mebibytes * 10 }, (_, index) => BigInt(index + 1)),
    );
  });
});

describe('a filtered subscription', () => {
  test.each([
    ['stream prefixes', streamNameFilter({ prefixes: ['f-a', 'f-b'] }), 'xyxy'],
    ['a stream pattern', streamNameFilter({ regex: '^f-[bc]' }), 'xyzyxz'],
    ['type prefixes', eventTypeFilter({ prefixes: ['y'] }), 'yyy'],
    ['a type pattern', eventTypeFilter({ regex: '^[xz]$' }), 'xxzxz'],
  ])('by %s gives what matches', async (_, filter, expected) => {
    const { position } = await append('before', '-');
    if (!position) throw new Error('no position');
    await append('f-a', 'xy');
    await append('f-b', 'x');
    await append('f-c', 'yz');
    const subscription = client.subscribeToAll({ fromPosition: position, filter });
    const live = once(subscription, 'caughtUp');
    const taken = take(subscription, expected.length);
    await live;
    await append('f-b', 'y');
    await append('f-c', 'xz');
    expect(types(await taken)).toBe(expected);
  });

  test('leaves out system events', async () => {
    await client.setStreamMetadata('sys', { maxCount: 1 });
    const { position } = await append('sys', 'a');
    const subscription = client.subscribeToAll({ filter: excludeSystemEvents() });
    const seen: string[] = [];
    for await (const resolved of subscription) {
      seen.push(resolved.event?.type ?? '');
      if (resolved.commitPosition === position?.commit) break;
    }
    expect(seen.filter((type) => type.startsWith('$'))).toEqual([]);
  });

  test('is told how far it is although nothing matches, behind and live', async () => {
    const { position } = await append('cp', '-');
    if (!position) throw new Error('no position');
    await append('cp', '-'.repeat(10));
    const checkpoints: bigint[] = [];
    const waiting: [bigint, () => void][] = [];
    const reached = (wanted: bigint) => new Promise<void>((resolve) => waiting.push([wanted, resolve]));
    const behind = reached(position.commit + 10n);
    const subscription = client.subscribeToAll({
      fromPosition: position,
      filter: streamNameFilter({
        prefixes: ['nothing'],
        maxSearchWindow: 4,
        checkpointInterval: 1,
        checkpointReached: (_, { commit }) => {
          checkpoints.push(commit - position.commit);
          waiting.forEach(([wanted, resolve]) => commit >= wanted && resolve());
          return Promise.resolve();
        },
      }),
    });
    const ended = once(subscription.resume(), 'caughtUp');
    await behind;
    await ended;
    const live = reached(position.commit + 14n);
    await append('cp', '-'.repeat(6));
    await live;
    expect(checkpoints).toEqual([4n, 8n, 10n, 14n]);
    await subscription.unsubscribe();
  });
});

test('a server that shuts down cancels its subscriptions and exits cleanly', async () => {
  const other = await TestServer.start();
  const subscription = other.client().subscribeToAll();
  await once(subscription.resume(), 'caughtUp');
  const failed = once(subscription, 'error');
  expect(await other.kill('SIGTERM')).toBe(0);
  expect(await failed).toEqual([expect.objectContaining({ type: 'cancelled' })]);
  await other.stop();
});
