import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type AllStreamSubscription,
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
import { credentials } from '@grpc/grpc-js';
import { collect, TestServer } from './test-server.fixture.js';

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

  test('may wait for a stream that is not there yet, and has caught up only then', async () => {
    const subscription = client.subscribeToStream('s-4');
    const seen: string[] = [];
    subscription.on('caughtUp', () => seen.push('UP')).on('data', (resolved) => seen.push(resolved.event?.type ?? ''));
    await once(subscription, 'confirmation');
    await append('s-4', 'a');
    await once(subscription, 'caughtUp');
    expect(seen).toEqual(['a', 'UP']);
    await subscription.unsubscribe();
  });

  test('from the end does not wait, and says nothing of a tombstone', async () => {
    await append('s-7', 'a');
    await client.tombstoneStream('s-7');
    const subscription = client.subscribeToStream('s-7', { fromRevision: END });
    await once(subscription.resume(), 'caughtUp');
    await subscription.unsubscribe();
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
    for (let round = 0; round < 75; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => append(`all-2-${round}-${index}`, 'y')));
    }
    const positions = (await taken).map((resolved) => resolved.commitPosition ?? 0n);
    expect(new Set(positions).size).toBe(3_000);
    expect(positions).toEqual(positions.toSorted((one, other) => (one < other ? -1 : 1)));
  });

  test('starts after the position of an event, and of nothing else', async () => {
    const first = (await append('all-3', 'a')).position;
    if (!first) throw new Error('no position');
    await append('all-3', 'b');
    expect(types(await take(client.subscribeToAll({ fromPosition: first }), 1))).toBe('b');
    const between = { commit: first.commit + 1n, prepare: first.prepare + 1n };
    const refused = once(client.subscribeToAll({ fromPosition: between }).resume(), 'error');
    expect(await refused).toEqual([
      expect.objectContaining({
        code: 2,
        message: expect.stringMatching(/Exception was thrown by handler\.$/) as unknown,
      }),
    ]);
  });

  test('that starts beyond the end waits for what comes', async () => {
    const beyond = { commit: 10_000_000_000n, prepare: 10_000_000_000n };
    const subscription = client.subscribeToAll({ fromPosition: beyond });
    const taken = take(subscription, 1);
    await once(subscription, 'caughtUp');
    await append('all-4', 'a');
    expect(types(await taken)).toBe('a');
  });

  test.each(['$all', 'a stream'])('is dropped when one append of 300 events does not fit: %s', async (what) => {
    const stream = `drop-${what}`;
    const subscription =
      what === '$all'
        ? client.subscribeToAll({ fromPosition: END })
        : client.subscribeToStream(stream, { fromRevision: END });
    await once(subscription.resume(), 'caughtUp');
    const failed = once(subscription, 'error');
    await appendMany(stream, 300);
    expect(await failed).toEqual([
      expect.objectContaining({ code: 10, message: expect.stringMatching(/Consumer too slow/) as unknown }),
    ]);
  });

  test('with a large window is not dropped', async () => {
    const roomy = new streamsService.StreamsClient(server.address, credentials.createInsecure(), {
      'grpc-node.flow_control_window': 16 * 1024 * 1024,
    });
    const call = roomy.read(subscribeToAllFromEnd());
    let count = 0;
    const all = new Promise((resolve, reject) => {
      call.on('error', reject);
      call.on('data', (message: InstanceType<typeof streams.ReadResp>) => {
        if (message.hasEvent() && ++count === 3_000) resolve(count);
      });
    });
    await once(call, 'metadata');
    await appendMany('roomy', 3_000);
    expect(await all).toBe(3_000);
    call.on('error', () => undefined);
    call.cancel();
    roomy.close();
  });

  test('of EventStoreDB 24.2 falls back and catches up', async () => {
    const newer = await TestServer.start(['--memory', '--like', '24.2']);
    const reader = newer.client().subscribeToAll({ fromPosition: END });
    await once(reader, 'caughtUp');
    const taken = take(reader, 600);
    for (let round = 0; round < 2; round++) await appendMany('s', 300, newer.client());
    expect((await taken).map((resolved) => resolved.event?.revision)).toEqual(
      Array.from({ length: 600 }, (_, index) => BigInt(index)),
    );
    await newer.stop();
  });
});

const appendMany = (stream: string, count: number, to = client) =>
  to.appendToStream(
    stream,
    Array.from({ length: count }, () => jsonEvent({ type: 'OrderLineAdded', data: { text: 'x'.repeat(200) } })),
  );

function subscribeToAllFromEnd() {
  const options = new streams.ReadReq.Options()
    .setAll(new streams.ReadReq.Options.AllOptions().setEnd(new shared.Empty()))
    .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
    .setNoFilter(new shared.Empty())
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  return new streams.ReadReq().setOptions(options);
}

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

  test('gets its position when a page had no match, and never at the end', async () => {
    const { position } = await append('cp', '-');
    if (!position) throw new Error('no position');
    await append('cp', '-'.repeat(10));
    const following = (await collect(client.readAll({ fromPosition: position }))).map((read) => read.commitPosition);
    const seen: unknown[] = [];
    const third = Promise.withResolvers<unknown>();
    const subscription = client.subscribeToAll({
      fromPosition: position,
      filter: streamNameFilter({
        prefixes: ['nothing'],
        maxSearchWindow: 4,
        checkpointInterval: 1,
        checkpointReached: (_, { commit, prepare }) => {
          if (seen.push([commit, prepare]) === 4) third.resolve(prepare);
          return Promise.resolve();
        },
      }),
    });
    subscription.on('caughtUp', () => seen.push('UP'));
    await once(subscription.resume(), 'caughtUp');
    expect(seen).toEqual([[following[1], 0n], [following[5], 0n], 'UP']);
    const live = await append('cp', '--');
    expect(await third.promise).toBe(live.position?.prepare);
    await subscription.unsubscribe();
  });

  test('by an expression that .NET refuses, or JavaScript cannot express, is refused with the reason', async () => {
    const refused = async (regex: string) => {
      const subscription = client.subscribeToAll({ filter: eventTypeFilter({ regex }) });
      const [error] = (await once(subscription.resume(), 'error')) as [{ code: number; message: string }];
      return error;
    };
    expect(await refused('(')).toMatchObject({ code: 2 });
    expect(await refused('(?i)ß')).toMatchObject({
      code: 3,
      message: expect.stringMatching(/cannot evaluate the filter as \.NET does: ignoring the case of ß\.$/) as unknown,
    });
  });
});

describe('a server that shuts down', () => {
  test.each([
    ['at once', [], 0],
    ['late, as it does when asked to behave like a busy one', ['--late-end', '700'], 700],
  ])('cuts its subscriptions %s and exits cleanly', async (_, options, least) => {
    const other = await TestServer.start(['--memory', ...options]);
    const subscription = other.client().subscribeToAll();
    await once(subscription.resume(), 'caughtUp');
    const failed = once(subscription, 'error');
    const asked = performance.now();
    expect(await other.kill('SIGTERM')).toBe(0);
    expect(await failed).toEqual([
      expect.objectContaining({
        code: 13,
        message: expect.stringMatching(/Received RST_STREAM with code 0/) as unknown,
      }),
    ]);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(least);
    await other.stop();
  });

  test('does not wait when no call is open', async () => {
    const other = await TestServer.start(['--memory', '--late-end', '20000']);
    expect(await other.kill('SIGTERM')).toBe(0);
    await other.stop();
  });
});
