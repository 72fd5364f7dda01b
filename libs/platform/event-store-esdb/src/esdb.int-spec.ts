import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLoop, NO_STREAM, type Appended, type Batch, type Recorded, START } from '#event-store';
import { aCause, eventStoreContract, newEvents } from '#testing';
import { otherEventStore, TestEventStore } from '../../../../test/support/test-event-store.js';
import { EsdbEventStore } from './index.js';

/** Each test starts a server, which may be one that takes its time. */
const contractOn = (name: string, ...args: readonly string[]) =>
  eventStoreContract(name, async () => {
    const server = await TestEventStore.start(undefined, args);
    const store = EsdbEventStore.connect(server.url);
    const client = EventStoreDBClient.connectionString(server.url);
    return {
      store,
      operator: {
        setMetadata: (stream, { $maxCount, $tb }) =>
          client.setStreamMetadata(stream, {
            ...($maxCount !== undefined && { maxCount: $maxCount }),
            ...($tb !== undefined && { truncateBefore: $tb }),
          }),
        deleteStream: (stream) => client.deleteStream(stream),
        tombstone: (stream) => client.tombstoneStream(stream),
      },
      close: async () => {
        await client.dispose();
        await store.close();
        await server.stop();
      },
    };
  });

contractOn('EventStoreDB');
if (otherEventStore() === undefined) contractOn('EventStoreDB 24.2', '--like', '24.2');

const happened = (what: number) => newEvents([{ type: 'Happened', data: { what } }], aCause());
const whats = (recorded: readonly Recorded[]) => recorded.map(({ event }) => (event.data as { what: number }).what);
/** Keeps this process from reading what has come. */
const blockFor = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('EventStoreDB in trouble', () => {
  let folder: string;
  let server: TestEventStore;
  let store: EsdbEventStore;
  let stop: AbortController;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kontor-esdb-'));
    server = await TestEventStore.start(folder);
    store = EsdbEventStore.connect(server.url, { timeoutMs: 1000, silenceMs: 500, resubscribeForMs: 60_000 });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await store.close();
    server.signal('SIGCONT');
    await server.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const read = async (stream: string) => {
    const all: Recorded[] = [];
    for await (const recorded of store.read(stream)) all.push(recorded);
    return all;
  };

  it('delivers an event that someone else has written, without anything around it', async () => {
    const stranger = EventStoreDBClient.connectionString(server.url);
    await stranger.appendToStream('stock-foreign', jsonEvent({ type: 'Foreign', data: {} }));
    await stranger.dispose();
    expect(await read('stock-foreign')).toMatchObject([{ event: { type: 'Foreign', data: {} }, envelope: {} }]);
  });

  it('answers what came while this process was stopped for longer than the timeout', async () => {
    await store.append('thing-1', NO_STREAM, happened(0));
    await read('thing-1');
    const appending = store.append('thing-1', 0, happened(1));
    const reading = read('thing-1');
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate); // the requests are sent
    blockFor(1_500);
    expect(await appending).toMatchObject({ outcome: 'stored' });
    expect(whats(await reading)[0]).toBe(0);
  });

  /** Repeats an append, as the runner does, until its outcome is known. */
  const settle = async (append: () => Promise<Appended>) => {
    for (;;) {
      const appended = await append();
      if (appended.outcome !== 'unknown') return appended;
      await pause(20);
    }
  };

  /** A consumer that remembers everything, with a loop that runs until the test is over. */
  const consume = () => {
    const seen: Recorded[] = [];
    const waiters: { readonly count: number; readonly resolve: () => void }[] = [];
    let position = START;
    const handle = (batch: Batch) => {
      seen.push(...batch.events);
      ({ position } = batch);
      for (const { count, resolve } of waiters) if (seen.length >= count) resolve();
      return Promise.resolve();
    };
    const consumer = { name: 'memory', categories: ['thing'], resume: () => Promise.resolve(position), handle };
    const loop = new ConsumerLoop(store, consumer, { backoff: () => 20 });
    void loop.run(stop.signal);
    const has = (count: number) =>
      new Promise<void>((resolve) => {
        if (seen.length >= count) resolve();
        else waiters.push({ count, resolve });
      });
    return { seen, loop, has };
  };

  it('receives a burst of appends and one large append without being dropped as too slow', async () => {
    const { seen, has, loop } = consume();
    for (const what of [0, 1]) {
      await store.append('thing-0', what - 1, happened(what));
      await has(what + 1);
      while (loop.status().state !== 'live') await pause(10);
    }
    const large = newEvents(numbers(500).map((i) => ({ type: 'Happened', data: { what: 2 + i } })));
    const burst = numbers(64).map((i) => store.append(`thing-${1 + i}`, NO_STREAM, happened(502 + i)));
    await Promise.all([store.append('thing-large', NO_STREAM, large), ...burst]);
    blockFor(300);
    await has(566);
    expect(whats(seen).toSorted((a, b) => a - b)).toEqual(numbers(566));
    expect(store.resubscriptions).toBe(0);
  });

  it('answers unknown while the server is gone, and works again when it is back', async () => {
    await store.append('thing-1', NO_STREAM, happened(0));
    await server.stop('SIGKILL');
    const event = happened(1);
    expect(await store.append('thing-1', 0, event)).toMatchObject({ outcome: 'unknown' });
    await expect(read('thing-1')).rejects.toThrow();
    await expect(store.head()).rejects.toThrow();
    await server.start();
    expect(await settle(() => store.append('thing-1', 0, event))).toMatchObject({ outcome: 'stored', revision: 1 });
    expect(whats(await read('thing-1'))).toEqual([0, 1]);
  });

  it('stores each append once, and delivers it once, however often the server dies on the way', async () => {
    const { seen, has, loop } = consume();
    let dying = true;
    const killer = (async () => {
      for (let i = 0; i < 4; i++) {
        await has(100 * (i + 1));
        await server.stop('SIGKILL');
        await server.start();
      }
      dying = false;
    })();
    let written = 0;
    const writer = async (stream: string) => {
      for (let revision = NO_STREAM; dying || revision < 20; revision++) {
        const event = happened(written++);
        expect(await settle(() => store.append(stream, revision, event))).toMatchObject({ outcome: 'stored' });
      }
    };
    await Promise.all(numbers(40).map((i) => writer(`thing-${i}`)));
    await killer;
    await has(written);
    expect(whats(seen).toSorted((a, b) => a - b)).toEqual(numbers(written));
    expect(loop.status().restarts).toBe(0);
    expect(store.resubscriptions).toBeGreaterThan(0);
  });

  it('says unknown when the server freezes, and goes on when it thaws', async () => {
    const { seen, has } = consume();
    await store.append('thing-1', NO_STREAM, happened(0));
    await has(1);
    server.signal('SIGSTOP');
    const events = numbers(50).map((i) => happened(1 + i));
    const frozen = await Promise.all(events.map((event, i) => store.append(`thing-frozen-${i}`, NO_STREAM, event)));
    expect(new Set(frozen.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
    await expect(read('thing-1')).rejects.toThrow();
    server.signal('SIGCONT');
    await Promise.all(events.map((event, i) => settle(() => store.append(`thing-frozen-${i}`, NO_STREAM, event))));
    await has(51);
    expect(whats(seen).toSorted((a, b) => a - b)).toEqual(numbers(51));
  });

  it('survives a server that dies while much waits to be sent', async () => {
    await store.append('thing-first', NO_STREAM, happened(0)); // opens the connection
    server.signal('SIGSTOP');
    const text = 'x'.repeat(100_000);
    const appends = numbers(200).map((i) =>
      store.append(`thing-${i}`, NO_STREAM, newEvents([{ type: 'Happened', data: { text } }])),
    );
    await pause(100); // until the buffers are full, which cannot be observed
    await server.stop('SIGKILL');
    for (const appended of await Promise.all(appends)) expect(appended).toMatchObject({ outcome: 'unknown' });
    await server.start();
    expect(await settle(() => store.append('thing-1', NO_STREAM, happened(1)))).toMatchObject({ outcome: 'stored' });
  });

  it('throws from a subscription that the server does not answer for long', async () => {
    const impatient = EsdbEventStore.connect(server.url, { timeoutMs: 200, silenceMs: 200, resubscribeForMs: 500 });
    await impatient.head();
    server.signal('SIGSTOP');
    const subscription = async () => {
      for await (const batch of impatient.subscribe(START, { signal: stop.signal })) expect(batch.events).toEqual([]);
    };
    await expect(subscription()).rejects.toThrow('nothing read within 200 ms');
    await impatient.close();
  });

  it('gets a batch from an idle log again and again', async () => {
    let batches = 0;
    for await (const { caughtUp } of store.subscribe(START, { signal: stop.signal })) {
      expect(caughtUp).toBe(true);
      if (++batches === 3) break;
    }
  });

  it('goes on after the server was shut down in good order', async () => {
    const { seen, has } = consume();
    await store.append('thing-1', NO_STREAM, happened(0));
    await has(1);
    await server.stop('SIGTERM');
    await server.start();
    const event = happened(1);
    await settle(() => store.append('thing-1', 0, event));
    await has(2);
    expect(whats(seen)).toEqual([0, 1]);
  });

  it('leaves out the streams of the system, and hides nothing that stands in other streams', async () => {
    await store.append('$system', NO_STREAM, happened(0));
    await store.append('thing-1', NO_STREAM, newEvents([{ type: '$metadata', data: {} }]));
    await store.append('thing-1', 0, happened(1));
    const seen: Recorded[] = [];
    for await (const batch of store.subscribe(START, { signal: stop.signal })) {
      seen.push(...batch.events);
      if (batch.caughtUp) break;
    }
    expect(seen).toMatchObject([
      { stream: 'thing-1', revision: 0, event: { type: '$metadata' } },
      { stream: 'thing-1', revision: 1, event: { type: 'Happened' } },
    ]);
  });
});
