import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  NO_STREAM,
  StreamMissing,
  StreamTombstoned,
  type Batch,
  type EventStore,
  type NewEvent,
  type Recorded,
  START,
  byPosition,
  type Position,
  type Retention,
} from '#event-store';
import { type Message } from '#kernel';
import { categoriesContract } from './categories-contract.js';
import { type Fault } from './in-memory-event-store.js';
import { aCause, newEvents } from './samples.js';

/** What somebody may do with the store's own tools. */
export interface Operator {
  setMetadata(stream: string, metadata: Readonly<Record<string, number>>): unknown;
  /** As the store deletes by default: the stream may begin anew. */
  deleteStream(stream: string): unknown;
  /** For good. */
  tombstone(stream: string): unknown;
}

/** A fresh, empty event store. */
export interface EventStoreSetup {
  readonly store: EventStore;
  readonly operator: Operator;
  /** Makes the next append end unknown, for adapters that can be made to. */
  readonly failNextAppend?: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

const happened = (what: number | string): Message => ({ type: 'Happened', data: { what } });
const some = (count: number): NewEvent[] => newEvents(Array.from({ length: count }, (_, index) => happened(index)));
const whats = (recorded: readonly Recorded[]) =>
  recorded.map(({ event }) => (event.data as { what: number | string }).what);

const readAll = async (store: EventStore, stream: string, from?: number) => {
  const all: Recorded[] = [];
  for await (const recorded of store.read(stream, from)) all.push(recorded);
  return all;
};

/** What every adapter of {@link EventStore} must do. */
export const eventStoreContract = (name: string, setup: () => Promise<EventStoreSetup>) =>
  describe(`${name} as an event store`, () => {
    let made: EventStoreSetup;
    let store: EventStore;
    let stop: AbortController;

    beforeEach(async () => {
      made = await setup();
      ({ store } = made);
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await made.close();
    });

    /** Reads batches until `enough`, then stops. */
    const collect = async (after: Position, enough: (batches: readonly Batch[]) => boolean, options = {}) => {
      const batches: Batch[] = [];
      const enoughOrStop = new AbortController();
      const signal = AbortSignal.any([stop.signal, enoughOrStop.signal]);
      for await (const batch of store.subscribe(after, { ...options, signal })) {
        batches.push(batch);
        if (enough(batches)) enoughOrStop.abort();
      }
      return batches;
    };
    const eventsOf = (batches: readonly Batch[]) => batches.flatMap(({ events }) => events);
    const caughtUp = (batches: readonly Batch[]) => batches.at(-1)?.caughtUp === true;
    const count = (n: number) => (batches: readonly Batch[]) => eventsOf(batches).length >= n;

    describe('appending and reading', () => {
      it('reads nothing from a stream that does not exist', async () => {
        expect(await readAll(store, 'thing-1')).toEqual([]);
      });

      it('gives back what was appended, with its place', async () => {
        const events = some(2);
        const first = await store.append('thing-1', NO_STREAM, events.slice(0, 1));
        const second = await store.append('thing-1', 0, events.slice(1));
        expect([first, second]).toMatchObject([
          { outcome: 'stored', revision: 0 },
          { outcome: 'stored', revision: 1 },
        ]);
        const recorded = await readAll(store, 'thing-1');
        expect(recorded).toMatchObject([
          { ...events[0], stream: 'thing-1', revision: 0, position: 'position' in first && first.position },
          { ...events[1], stream: 'thing-1', revision: 1, position: 'position' in second && second.position },
        ]);
        expect(recorded).toEqual(recorded.toSorted(byPosition));
        expect(Math.abs(Date.now() - (recorded[0]?.recordedAt ?? 0))).toBeLessThan(60_000);
      });

      it('refuses what is too large for one append, and tells the limit', async () => {
        const refused = await store.append('thing-1', NO_STREAM, newEvents([happened('x'.repeat(1_100_000))]));
        expect(refused).toEqual({ outcome: 'too-large', maxBytes: 1024 * 1024 });
      });

      it('keeps data and envelope as they are', async () => {
        const data = {
          text: 'Grüße, 東京 🧦 \u2028 "\\',
          deep: { list: [1, null, { yes: true }] },
          big: 2 ** 53 - 1,
          none: null,
        };
        const cause = aCause({ subject: 'subject-1', traceparent: '00-ab-cd-01' });
        await store.append(
          'thing-é~location/1',
          NO_STREAM,
          newEvents([{ type: 'Happened', data }], { ...cause, causationId: undefined } as never),
        );
        const [recorded] = await readAll(store, 'thing-é~location/1');
        expect(recorded?.event).toStrictEqual({ type: 'Happened', data });
        expect(recorded?.envelope).toStrictEqual({ ...cause, schema: '1' });
      });

      it('reads from a revision on', async () => {
        await store.append('thing-1', NO_STREAM, some(5));
        expect(whats(await readAll(store, 'thing-1', 3))).toEqual([3, 4]);
        expect(await readAll(store, 'thing-1', 5)).toEqual([]);
      });

      it('lets a reader stop early', async () => {
        await store.append('thing-1', NO_STREAM, some(50));
        for (let round = 0; round < 3; round++) {
          for await (const { revision } of store.read('thing-1')) if (revision === 1) break;
        }
        expect(await readAll(store, 'thing-1')).toHaveLength(50);
      });

      it('appends all events of a call or none', async () => {
        await store.append('thing-1', NO_STREAM, some(3));
        expect(await store.append('thing-1', NO_STREAM, some(2))).toEqual({ outcome: 'conflict' });
        expect(await store.append('thing-1', 2, some(200))).toMatchObject({ outcome: 'stored', revision: 202 });
        expect(await readAll(store, 'thing-1')).toHaveLength(203);
      });

      it('refuses an append to any other revision than the last', async () => {
        await store.append('thing-1', NO_STREAM, some(3));
        for (const revision of [NO_STREAM, 0, 1, 3, 10]) {
          expect(await store.append('thing-1', revision, some(1))).toEqual({ outcome: 'conflict' });
        }
        expect(await store.append('thing-2', 0, some(1))).toEqual({ outcome: 'conflict' });
        expect(await readAll(store, 'thing-1')).toHaveLength(3);
      });

      it('lets one of many at the same revision win', async () => {
        const appended = await Promise.all(
          Array.from({ length: 40 }, () => store.append('thing-1', NO_STREAM, some(2))),
        );
        expect(appended.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
        expect(appended.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(39);
        expect(await readAll(store, 'thing-1')).toHaveLength(2);
      });

      it('answers a repeat of the same ids at the same expected revision as the first time', async () => {
        await store.append('thing-1', NO_STREAM, some(1));
        const events = some(2);
        const first = await store.append('thing-1', 0, events);
        expect(await store.append('thing-1', 0, events)).toEqual(first);
        await store.append('thing-1', 2, some(1));
        expect(await store.append('thing-1', 0, events)).toEqual(first);
        expect(await readAll(store, 'thing-1')).toHaveLength(4);
      });

      it('does not take a partly equal append for a repeat', async () => {
        const events = some(2);
        await store.append('thing-1', NO_STREAM, events);
        const longer = [...events, ...some(1)];
        const other = [...events.slice(0, 1), ...some(1)];
        expect(await store.append('thing-1', NO_STREAM, longer)).toEqual({ outcome: 'conflict' });
        expect(await store.append('thing-1', NO_STREAM, other)).toEqual({ outcome: 'conflict' });
      });

      it('refuses to append nothing', async () => {
        await expect(store.append('thing-1', NO_STREAM, [])).rejects.toThrow(RangeError);
      });

      it.each<Fault>(['before', 'after'])(
        'settles an unknown outcome by repeating it (lost %s storing)',
        async (fault) => {
          if (!made.failNextAppend) return;
          const events = some(2);
          made.failNextAppend(fault);
          expect(await store.append('thing-1', NO_STREAM, events)).toMatchObject({ outcome: 'unknown' });
          expect(await store.append('thing-1', NO_STREAM, events)).toMatchObject({ outcome: 'stored', revision: 1 });
          expect(await readAll(store, 'thing-1')).toHaveLength(2);
        },
      );
    });

    describe('a stream that somebody has cut or deleted', () => {
      const revisions = async (from?: number) =>
        (await readAll(store, 'thing-1', from)).map(({ revision }) => revision);

      beforeEach(async () => {
        await store.append('thing-1', NO_STREAM, some(4));
      });

      it('shows what its metadata leave, under the revisions that it had', async () => {
        expect(await store.retentionOf('thing-1')).toBeUndefined();
        await made.operator.setMetadata('thing-1', { $maxCount: 2 });
        expect(await revisions()).toEqual([2, 3]);
        await made.operator.setMetadata('thing-1', { $tb: 3 });
        expect(await revisions()).toEqual([3]);
        expect(await store.retentionOf('thing-1')).toEqual({ stream: 'thing-1', metadata: { $tb: 3 } });
        await made.operator.setMetadata('thing-1', { $tb: 4 });
        expect(await revisions()).toEqual([]);
        expect(await revisions(4)).toEqual([]);
        expect(await store.append('thing-1', NO_STREAM, some(1))).toEqual({ outcome: 'conflict' });
      });

      it('is not there once it is deleted, and begins anew after its last revision', async () => {
        await made.operator.deleteStream('thing-1');
        expect(await revisions()).toEqual([]);
        await expect(revisions(4)).rejects.toBeInstanceOf(StreamMissing);
        await expect(readAll(store, 'thing-2', 1)).rejects.toBeInstanceOf(StreamMissing);
        const retention = await store.retentionOf('thing-1');
        expect(Number(retention?.metadata['$tb'])).toBeGreaterThanOrEqual(Number.MAX_SAFE_INTEGER);
        expect(await store.append('thing-1', NO_STREAM, some(2))).toMatchObject({ outcome: 'stored', revision: 5 });
        expect(await revisions()).toEqual([4, 5]);
      });

      it('is never there again once it is tombstoned', async () => {
        await made.operator.tombstone('thing-1');
        await expect(revisions()).rejects.toBeInstanceOf(StreamTombstoned);
        await expect(revisions(4)).rejects.toBeInstanceOf(StreamTombstoned);
        expect(await store.head()).toBeGreaterThan(0);
        for (const revision of [NO_STREAM, 3]) {
          expect(await store.append('thing-1', revision, some(1))).toEqual({ outcome: 'tombstoned' });
        }
      });

      it('is reported: what was done before, and what is done', async () => {
        await made.operator.setMetadata('thing-1', { $maxCount: 2 });
        const reported: Retention[] = [];
        let was = 0;
        for await (const { changes, caughtUp } of store.retentions(stop.signal)) {
          reported.push(...changes.filter(({ stream }) => stream.startsWith('thing-')));
          if (caughtUp && was++ === 0) {
            await made.operator.setMetadata('thing-1', { $maxCount: 3 });
            await made.operator.tombstone('thing-1');
          }
          if (reported.length === 3) break;
        }
        expect(reported).toEqual([
          { stream: 'thing-1', metadata: { $maxCount: 2 } },
          { stream: 'thing-1', metadata: { $maxCount: 3 } },
          { stream: 'thing-1', metadata: {}, tombstoned: true },
        ]);
      });
    });

    describe('the head', () => {
      it('is the position of the newest event', async () => {
        const before = await store.head();
        const appended = await store.append('thing-1', NO_STREAM, some(3));
        expect(await store.head()).toBe('position' in appended && appended.position);
        expect((await store.head()) > before).toBe(true);
      });
    });

    categoriesContract(() => store);

    describe('subscribing', () => {
      it('says that it is caught up on an empty log', async () => {
        const [batch] = await collect(START, caughtUp);
        expect(batch).toMatchObject({ events: [], caughtUp: true });
      });

      it('delivers what is there, then what comes, in order and without gaps', async () => {
        for (let i = 0; i < 30; i++)
          await store.append(`thing-${i % 7}`, Math.floor(i / 7) - 1, newEvents([happened(i)]));
        let live = 30;
        const batches = await collect(START, (seen) => {
          const last = seen.at(-1);
          if (last?.caughtUp && live < 60) {
            const next = live++;
            void store.append(`live-${next}`, NO_STREAM, newEvents([happened(next)]));
          }
          return count(60)(seen);
        });
        const events = eventsOf(batches);
        expect(whats(events)).toEqual(Array.from({ length: 60 }, (_, index) => index));
        expect(events).toEqual(events.toSorted(byPosition));
        for (const batch of batches) expect(batch.position >= (batch.events.at(-1)?.position ?? START)).toBe(true);
      });

      it('misses nothing that is appended while it catches up', async () => {
        await store.append('thing-1', NO_STREAM, some(500));
        const appending = (async () => {
          for (let i = 0; i < 100; i++) await store.append(`other-${i}`, NO_STREAM, newEvents([happened(500 + i)]));
        })();
        const events = eventsOf(await collect(START, count(600), { batchSize: 50 }));
        await appending;
        expect(whats(events)).toEqual(Array.from({ length: 600 }, (_, index) => index));
      });

      it('goes on after any event, whatever the batches were', async () => {
        await store.append('thing-1', NO_STREAM, some(100));
        const recorded = await readAll(store, 'thing-1');
        for (const after of [0, 41, 98]) {
          const events = eventsOf(
            await collect(recorded[after]?.position ?? START, count(99 - after), { batchSize: 7 }),
          );
          expect(whats(events)).toEqual(Array.from({ length: 99 - after }, (_, index) => after + 1 + index));
        }
      });

      it('can stop after any batch and go on from its position', async () => {
        await store.append('thing-1', NO_STREAM, some(60));
        const events: Recorded[] = [];
        for (let position = START; events.length < 60;) {
          const [batch] = await collect(position, (seen) => seen.length > 0, { batchSize: 11 });
          if (!batch) throw new Error('no batch');
          expect(batch.events.length).toBeLessThanOrEqual(11);
          events.push(...batch.events);
          ({ position } = batch);
        }
        expect(whats(events)).toEqual(Array.from({ length: 60 }, (_, index) => index));
      });

      it('delivers only the categories asked for', async () => {
        await store.append('stock-1', NO_STREAM, newEvents([happened('stock')]));
        await store.append('stockpile-1', NO_STREAM, newEvents([happened('stockpile')]));
        await store.append('order-1', NO_STREAM, newEvents([happened('order')]));
        await store.append('return-1', NO_STREAM, some(100));
        const categories = ['stock', 'order'];
        const batches = await collect(START, caughtUp, { categories });
        expect(whats(eventsOf(batches))).toEqual(['stock', 'order']);
        const reached = batches.at(-1)?.position ?? START;
        expect(reached >= (await store.head(categories))).toBe(true);
        expect(eventsOf(await collect(reached, caughtUp, { categories }))).toEqual([]);
        expect(eventsOf(await collect(START, caughtUp, { categories: [] }))).toEqual([]);
      });

      it('claims no position beyond what it has delivered, however slow the consumer is', async () => {
        const positions: Position[] = [];
        for (let i = 0; i < 60; i++) {
          const appended = await store.append(`stock-${i}`, NO_STREAM, some(10));
          if (appended.outcome === 'stored') positions.push(appended.position);
          await store.append(`order-${i}`, NO_STREAM, some(60));
        }
        const delivered = new Set<Position>();
        const options = { categories: ['stock'], batchSize: 7, signal: stop.signal };
        for await (const batch of store.subscribe(START, options)) {
          for (const { position } of batch.events) delivered.add(position);
          expect(positions.filter((position) => position <= batch.position && !delivered.has(position))).toEqual([]);
          if (batch.caughtUp) break;
          await store.head(); // time for more to arrive
        }
        expect(delivered.size).toBe(600);
      });

      it('reads ahead no more than it needs to when the consumer is slow', async () => {
        const pages = 40;
        for (let page = 0; page < pages; page++) await store.append(`thing-${page}`, NO_STREAM, some(50));
        const seen: Recorded[] = [];
        for await (const { events } of store.subscribe(START, { batchSize: 10, signal: stop.signal })) {
          seen.push(...events);
          expect(events.length).toBeLessThanOrEqual(10);
          await new Promise(setImmediate); // work of the consumer
          if (seen.length === pages * 50) break;
        }
        expect(new Set(seen.map(({ position }) => position)).size).toBe(pages * 50);
      });

      it('serves several subscribers at their own pace', async () => {
        const all = Promise.all([1, 2, 3].map((size) => collect(START, count(50), { batchSize: size })));
        for (let i = 0; i < 50; i++) await store.append(`thing-${i}`, NO_STREAM, newEvents([happened(i)]));
        for (const batches of await all)
          expect(whats(eventsOf(batches))).toEqual(Array.from({ length: 50 }, (_, i) => i));
      });

      it('ends when it is aborted, also while it waits', async () => {
        const waiting = new AbortController();
        const ended = (async () => {
          for await (const batch of store.subscribe(START, { signal: waiting.signal }))
            if (batch.caughtUp) setImmediate(() => waiting.abort());
          return 'ended';
        })();
        expect([await ended, caughtUp(await collect(START, caughtUp))]).toEqual(['ended', true]);
      });

      it('delivers nothing when it is aborted from the start', async () => {
        await store.append('thing-1', NO_STREAM, some(1));
        stop.abort();
        expect(await collect(START, () => false)).toEqual([]);
      });
    });
  });
