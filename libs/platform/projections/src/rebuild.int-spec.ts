import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { ConsumerLoop, asPosition, START } from '#event-store';
import { InMemoryEventStore, startTestDatabase, type TestDatabase } from '#testing';
import { Builder } from './builder.js';
import { parkedStreams, retryParked } from './parked.js';
import { PositionWaiter } from './position-waiter.js';
import { Projector } from './projector.js';
import { rebuild, RebuildRunning, type RebuildProgress } from './rebuild.js';
import { Registry } from './registry.js';
import { appendTo, confirmed, placed, received, sold, until } from './shop-log.fixture.js';
import { journal, orderLine, orderState, shelf, shop, type ShopEvent } from './shop.fixture.js';

let server: TestDatabase;
let database: DataSource;
let store: InMemoryEventStore;
let registry: Registry;
let loop: ConsumerLoop;
let stop: () => Promise<void>;

const dropTables = () => database.query('DROP SCHEMA IF EXISTS read CASCADE; DROP SCHEMA IF EXISTS system CASCADE');

/** Starts the projector of a registry, in place of the one before. */
const start = (models = registry) => {
  const abort = new AbortController();
  const projector = new Projector(models);
  loop = new ConsumerLoop(store, projector, { backoff: () => 20 });
  const running = loop.run(abort.signal);
  stop = async () => {
    abort.abort();
    await running;
    await projector.close();
  };
};

beforeAll(async () => {
  server = await startTestDatabase();
  database = await openDatabase({ url: server.postgres.ownerUrl, role: 'owner', poolSize: 12 });
});

beforeEach(async () => {
  await dropTables();
  store = new InMemoryEventStore();
  registry = new Registry(database, shop);
  start();
});

afterEach(() => stop());

afterAll(async () => {
  await database.destroy();
  await server.stop();
});

const append = (...args: [string, readonly ShopEvent[], string?]) => appendTo(store, ...args);

const caughtUp = () => until(() => loop.status().position === store.events.at(-1)?.position);

const trade = async (days: number) => {
  for (let day = 0; day < days; day++) {
    await append(`stock-sku${day % 7}`, [received(10), sold(3)]);
    await append(`order-${day}`, day % 3 === 0 ? [placed] : [placed, confirmed]);
  }
};

const seen = (view: string) => database.query<Record<string, unknown>[]>(`SELECT * FROM read.${view} ORDER BY 1, 2`);

it('rebuilds exactly the live rows', async () => {
  await trade(50);
  await caughtUp();
  const before = await Promise.all(['shelf', 'order_state', 'order_line', 'journal'].map(seen));
  const rebuilt = await rebuild(registry, store, { batchSize: 7 });
  expect(
    rebuilt.map(({ name, replaced, rows, digest }) => [name, rows, replaced?.rows, replaced?.digest === digest]),
  ).toEqual([
    ['shelf', 7, 7, true],
    ['order_state', 50, 50, true],
    ['order_line', 100, 100, true],
    ['journal', 183, 183, true],
  ]);
  expect(await Promise.all(['shelf', 'order_state', 'order_line', 'journal'].map(seen))).toEqual(before);
  await append('stock-sku0', [received(1000)]);
  await caughtUp();
  expect(await seen('shelf')).not.toEqual(before[0]);
});

it('finds differences in a live table', async () => {
  await trade(5);
  await caughtUp();
  const { build } = await registry.withSession((session) => registry.live(session, 'shelf'));
  await database.query(`UPDATE read.shelf__${build} SET on_hand = 99 WHERE shelf_id = 'sku1'`);
  const [rebuilt] = await rebuild(registry, store, { names: ['shelf'] });
  expect(rebuilt?.digest).not.toBe(rebuilt?.replaced?.digest);
  expect(await registry.digest('shelf')).toEqual({ rows: rebuilt?.rows, digest: rebuilt?.digest });
});

it('rebuilds under load, without errors or older states for readers', async () => {
  await trade(200);
  await caughtUp();
  const waiter = await PositionWaiter.open(server.app);
  const load = new AbortController();
  const writing = (async () => {
    for (let day = 0; !load.signal.aborted; day++) {
      await append('stock-sku0', [received(1)]);
      await append(`order-live${day}`, [placed]);
      const nearlyNewest = store.events.at(-20)?.position ?? START;
      await until(() => (loop.status().position ?? START) >= nearlyNewest);
    }
  })();
  let reads = 0;
  const reading = (async () => {
    for (; !load.signal.aborted; reads++) {
      const token = store.events.at(-1)?.position ?? START;
      expect(await waiter.reached(token, 5000)).toBe(true);
      const rows = await server.app.query<{ position: string; on_hand: number }[]>(
        `SELECT position, on_hand FROM read.shelf WHERE shelf_id = 'sku0'`,
      );
      const newest = store.events.findLast(({ stream, position }) => stream === 'stock-sku0' && position <= token);
      expect(asPosition(Number(rows[0]?.position)) >= (newest?.position ?? START)).toBe(true);
    }
  })();
  for (let round = 0; round < 3; round++) await rebuild(registry, store);
  load.abort();
  await Promise.all([writing, reading]);
  await caughtUp();
  await waiter.close();
  expect(reads).toBeGreaterThan(20);
  expect(loop.status().restarts).toBe(0);
  const live = await Promise.all([...registry.layouts.keys()].map((name) => registry.digest(name)));
  const again = await rebuild(registry, store);
  expect(again.map(({ rows, digest }) => ({ rows, digest }))).toEqual(live);
});

it('refuses a second rebuild of the same read model', async () => {
  await trade(20);
  await caughtUp();
  const gate = Promise.withResolvers<undefined>();
  const slow = new InMemoryEventStore();
  slow.subscribe = async function* (...args) {
    await gate.promise;
    yield* store.subscribe(...args);
  };
  const first = rebuild(registry, slow, { names: ['shelf'] });
  await until(async () => (await registry.status()).builds.some(({ status }) => status === 'building'));
  await expect(rebuild(registry, store, { names: ['order_state', 'shelf'] })).rejects.toThrow(RebuildRunning);
  await rebuild(registry, store, { names: ['order_state'] });
  gate.resolve(undefined);
  expect(await first).toHaveLength(1);
});

it('swaps only after everything is written', async () => {
  await trade(5);
  await caughtUp();
  const builder = await Builder.start(registry, ['shelf']);
  const [build] = builder.builds;
  await builder.fold(store.events);
  const lock = database.createQueryRunner();
  await lock.startTransaction();
  await lock.query(`LOCK TABLE read.shelf__${build?.build}`);
  const finished = jest.fn();
  const flushing = builder.flush().then(finished);
  await until(async () => (await database.query<unknown[]>('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0);
  expect(finished).not.toHaveBeenCalled();
  await lock.commitTransaction();
  await lock.release();
  await flushing;
  await builder.close();
});

it('can be killed and started again', async () => {
  await trade(20);
  await caughtUp();
  const broken = () => {
    throw new Error('killed');
  };
  await expect(rebuild(registry, store, { onProgress: broken })).rejects.toThrow('killed');
  expect((await registry.status()).builds.filter(({ status }) => status === 'building')).toHaveLength(4);
  await rebuild(registry, store);
  const { builds } = await registry.status();
  expect(builds.map(({ status }) => status)).toEqual(Array(4).fill(['retired', 'live']).flat());
  expect(await registry.retire('shelf')).toBe(1);
  expect((await registry.status()).builds).toHaveLength(7);
});

it('reports its progress', async () => {
  await trade(20);
  await caughtUp();
  const reported: RebuildProgress[] = [];
  await rebuild(registry, store, { batchSize: 10, onProgress: (progress) => reported.push(progress) });
  expect(reported.at(-1)).toMatchObject({ phase: 'swapping', events: store.events.length });
  expect(reported.every(({ events }, index) => events >= (reported[index - 1]?.events ?? 0))).toBe(true);
});

it('builds a new version while the old one stays in use, with other columns, and views on it survive', async () => {
  await trade(10);
  await caughtUp();
  await stop();
  const newer = { ...orderState, name: 'shelf', version: 2 };
  const views = ['CREATE OR REPLACE VIEW bi.orders AS SELECT order_id FROM read.shelf'];
  await database.query(
    'CREATE SCHEMA IF NOT EXISTS bi; CREATE VIEW bi.orders AS SELECT shelf_id AS order_id FROM read.shelf',
  );
  const models = new Registry(database, { ...shop, projections: [newer, orderState, journal], views });
  start(models);
  await append('order-new', [placed]);
  await caughtUp();
  expect(await models.outdated()).toEqual(['shelf']);
  expect(await seen('shelf')).toHaveLength(7);
  expect(await rebuild(models, store, { names: await models.outdated() })).toMatchObject([
    { name: 'shelf', rows: 11, replaced: { version: 1, rows: 7 } },
  ]);
  await append('order-newest', [placed]);
  await caughtUp();
  expect(await database.query('SELECT count(*)::int FROM bi.orders')).toEqual([{ count: 12 }]);
});

it('rebuilds what is derived from a read model together with it, also when it is new', async () => {
  await stop();
  await dropTables();
  const before = new Registry(database, { ...shop, projections: [orderState] });
  start(before);
  await trade(10);
  await caughtUp();
  await stop();
  start();
  await append('order-new', [placed]);
  await caughtUp();
  expect(await registry.outdated()).toEqual(['shelf', 'order_line', 'journal']);
  const rebuilt = await rebuild(registry, store, { names: ['order_line'] });
  expect(rebuilt.map(({ name, rows, replaced }) => [name, rows, replaced?.rows])).toEqual([
    ['order_state', 11, 11],
    ['order_line', 22, undefined],
  ]);
  await append('order-newest', [placed]);
  await caughtUp();
  expect(await seen('order_line')).toHaveLength(24);
  const again = await rebuild(registry, store, { names: ['order_state'] });
  expect(again.map(({ digest, replaced }) => digest === replaced?.digest)).toEqual([true, true]);
});

it('is not behind the read model that it is derived from when that has a new version', async () => {
  await trade(3);
  await caughtUp();
  const newer = { ...orderState, version: 2 };
  const models = new Registry(database, { ...shop, projections: [newer, { ...orderLine, derivedFrom: newer }] });
  await stop();
  start(models);
  await append('order-new', [placed]);
  await caughtUp();
  expect(await models.outdated()).toEqual(['order_state', 'order_line']);
  await rebuild(models, store, { names: await models.outdated() });
  expect([await seen('order_state'), await seen('order_line')].map(({ length }) => length)).toEqual([4, 8]);
});

it('derives rows from a parked stream once the code is fixed', async () => {
  const strict: typeof orderState = {
    ...orderState,
    project: (row, recorded, key) => {
      if (recorded.event.type === 'Placed') throw new Error('no orders today');
      return orderState.project(row, recorded, key);
    },
  };
  await stop();
  start(new Registry(database, { ...shop, projections: [strict, { ...orderLine, derivedFrom: strict }] }));
  await append('order-1', [placed, confirmed]);
  await caughtUp();
  await stop();
  expect(await retryParked(registry, store, 'order_state', 'order-1')).toBe(true);
  expect(await seen('order_line')).toHaveLength(2);
  start();
});

it('parks in a rebuild as it does live', async () => {
  await append('stock-bad', [received(1), received(-1), received(5)]);
  await trade(3);
  await caughtUp();
  const [rebuilt] = await rebuild(registry, store, { names: ['shelf'] });
  expect(rebuilt?.replaced?.digest).toBe(rebuilt?.digest);
  expect(await parkedStreams(registry)).toMatchObject([{ name: 'shelf', stream: 'stock-bad', revision: 1 }]);
});

it('folds a parked stream, in order, once the code is fixed', async () => {
  await append('stock-bad', [received(1), received(-1), received(5)]);
  await caughtUp();
  expect(await retryParked(registry, store, 'shelf', 'stock-bad')).toBe(false);
  const tolerant = {
    ...shelf,
    project: (...[row, { event }, key]: Parameters<typeof shelf.project>) => {
      const quantity = event.type === 'Received' ? event.data.quantity : 0;
      return { ...key, onHand: (row?.onHand ?? 0) + quantity, soldAt: null };
    },
  };
  const fixed = new Registry(database, { ...shop, projections: [tolerant, orderState, journal] });
  await stop();
  await append('stock-bad', [received(4)]);
  expect(await retryParked(fixed, store, 'shelf', 'stock-bad')).toBe(true);
  expect(await seen('shelf')).toMatchObject([{ on_hand: 5, revision: 2 }]);
  expect(await parkedStreams(fixed)).toEqual([]);
  start(fixed);
  await caughtUp();
  expect(await seen('shelf')).toMatchObject([{ on_hand: 9, revision: 3 }]);
  const [rebuilt] = await rebuild(fixed, store, { names: ['shelf'] });
  expect(rebuilt?.digest).toBe(rebuilt?.replaced?.digest);
});

it('notifies waiters of positions and announcements', async () => {
  const waiter = await PositionWaiter.open(server.app);
  await append('stock-tea', [received(1)]);
  expect(await waiter.reached(asPosition(10), 5000)).toBe(true);
  expect(await waiter.reached(asPosition(20), 1)).toBe(false);
  const news = waiter.announced('1', 5000);
  await append('order-1', [placed, confirmed]);
  expect(await news).toBe('confirmed');
  expect(await waiter.announced('1', 1)).toBe('confirmed');
  expect(await waiter.announced('2', 1)).toBeUndefined();
  const left = waiter.reached(asPosition(99_999), 60_000);
  await waiter.close();
  expect(await left).toBe(false);
});

it('lets waiters catch up after their connection was cut', async () => {
  await append('stock-tea', [received(1)]);
  const waiter = await PositionWaiter.open(database);
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kontor-listen-kontor'`;
  await until(async () => (await database.query<unknown[]>(kill)).length > 0);
  await append('stock-tea', [received(1)]);
  await caughtUp();
  expect(await waiter.reached(asPosition(20), 5000)).toBe(true);
  await waiter.close();
});
