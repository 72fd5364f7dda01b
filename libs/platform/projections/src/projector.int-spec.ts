import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { ConsumerLoop, type Batch, type Position, asPosition, START } from '#event-store';
import { InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { Projector, Superseded } from './projector.js';
import { Registry } from './registry.js';
import { appendTo, AT, confirmed, placed, received, sold, until } from './shop-log.fixture.js';
import { shelf, shop, type ShopEvent } from './shop.fixture.js';

let server: TestDatabase;
let database: DataSource;
let store: InMemoryEventStore;
let registry: Registry;
let projector: Projector;
const opened: Projector[] = [];

const newProjector = (silenceMs = 60_000) => {
  const made = new Projector(registry, { silenceMs });
  opened.push(made);
  return made;
};

beforeAll(async () => {
  server = await startTestDatabase();
  database = server.owner;
});

beforeEach(async () => {
  await database.query('DROP SCHEMA IF EXISTS read CASCADE; DROP SCHEMA IF EXISTS system CASCADE');
  store = new InMemoryEventStore();
  registry = new Registry(database, shop);
  projector = newProjector();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

afterAll(async () => {
  await server.stop();
});

const append = (...args: [string, readonly ShopEvent[], string?]) => appendTo(store, ...args);

/** Everything after a position, as one batch. */
const batchAfter = (position: Position): Batch => {
  const events = store.events.filter((recorded) => recorded.position > position);
  return { events, position: events.at(-1)?.position ?? position, caughtUp: true };
};

const project = async (consumer = projector, after?: Position) => {
  const position = after ?? (await consumer.resume());
  await consumer.handle(batchAfter(position));
};

const shelves = () => database.query<unknown[]>('SELECT * FROM read.shelf ORDER BY shelf_id');
const everything = async () =>
  JSON.stringify([
    await shelves(),
    await database.query('SELECT * FROM read.order_state ORDER BY 1'),
    await database.query('SELECT * FROM read.journal ORDER BY position'),
  ]);

it('keeps rows with the revision and position of the last event that touched them', async () => {
  await append('stock-tea', [received(10), sold(3)]);
  await append('order-1', [placed, confirmed]);
  await project();
  const at = new Date(AT);
  expect(await shelves()).toEqual([{ revision: 1, position: '20', shelf_id: 'tea', on_hand: 7, sold_at: at }]);
  expect(await database.query('SELECT * FROM read.order_state')).toEqual([
    { revision: 1, position: '40', order_id: '1', channel: 'web', state: 'confirmed', lines: ['a', 'b'] },
  ]);
  expect(await database.query('SELECT count(*)::int FROM read.journal')).toEqual([{ count: 4 }]);
});

it('returns rows from TypeORM repositories as the fold returned them', async () => {
  await append('stock-tea', [received(10), sold(3)]);
  await project();
  const reader = await openDatabase({ url: server.postgres.ownerUrl, role: 'owner', entities: [shelf.table] });
  const rows = await reader.getRepository(shelf.table).find();
  await reader.destroy();
  expect(rows).toEqual([{ shelfId: 'tea', onHand: 7, soldAt: AT, revision: 1, position: asPosition(20) }]);
});

it('continues from rows that are not in memory', async () => {
  await append('stock-tea', [received(10), sold(3)]);
  await project();
  await append('stock-tea', [received(5)]);
  await project(newProjector());
  expect(await shelves()).toMatchObject([{ on_hand: 12, revision: 2, sold_at: new Date(AT) }]);
});

it('deletes rows', async () => {
  await append('stock-tea', [received(10)]);
  await project();
  await append('stock-tea', [{ type: 'Purged', data: {} }]);
  await append('stock-mug', [received(1), { type: 'Purged', data: {} }]);
  await project();
  expect(await shelves()).toEqual([]);
});

it('folds events of older versions', async () => {
  await store.append('stock-tea', -1, newEvents([{ type: 'Received', data: { pieces: 4 } }]));
  await project();
  expect(await shelves()).toMatchObject([{ on_hand: 4 }]);
});

it('changes nothing when everything is delivered twice', async () => {
  await append('stock-tea', [received(10), sold(3)]);
  await append('order-1', [placed, confirmed]);
  await project();
  const once = await everything();
  await projector.handle(batchAfter(START));
  await project(projector, START);
  expect(await everything()).toBe(once);
  await append('stock-tea', [sold(1)]);
  await projector.handle(batchAfter(START));
  expect(await shelves()).toMatchObject([{ on_hand: 6, revision: 2 }]);
});

it('never moves its checkpoint back', async () => {
  await append('stock-tea', [received(10), sold(3)]);
  await project();
  await projector.handle({ events: store.events.slice(0, 1), position: asPosition(10), caughtUp: false });
  expect((await registry.status()).position).toBe(20);
});

it('stores rows and checkpoint together or not at all', async () => {
  await append('stock-tea', [received(10)]);
  await projector.resume();
  await database.query('ALTER TABLE system.projection_checkpoint ADD CONSTRAINT stuck CHECK (position < 5)');
  await expect(projector.handle(batchAfter(START))).rejects.toThrow('stuck');
  expect(await shelves()).toEqual([]);
  await database.query('ALTER TABLE system.projection_checkpoint DROP CONSTRAINT stuck');
  await project();
  expect(await shelves()).toMatchObject([{ on_hand: 10 }]);
});

it('prevents a replaced projector from storing anything', async () => {
  await append('stock-tea', [received(10)]);
  await projector.resume();
  const successor = newProjector();
  await successor.resume();
  await expect(projector.handle(batchAfter(START))).rejects.toThrow(Superseded);
  expect(await shelves()).toEqual([]);
  await expect(projector.resume()).rejects.toThrow(Superseded);
  await successor.handle(batchAfter(START));
  expect(await shelves()).toMatchObject([{ on_hand: 10 }]);
});

it('takes over again when its successor has stopped', async () => {
  const first = newProjector(0);
  await first.resume();
  await newProjector().resume();
  await append('stock-tea', [received(10)]);
  await project(first);
  expect(await shelves()).toMatchObject([{ on_hand: 10 }]);
});

it('parks only the stream of an event that it cannot fold, and only for that read model', async () => {
  await append('stock-bad', [received(1), received(-1), received(5)]);
  await append('stock-tea', [received(10)]);
  await project();
  expect(await shelves()).toMatchObject([
    { shelf_id: 'bad', on_hand: 1 },
    { shelf_id: 'tea', on_hand: 10 },
  ]);
  expect(await database.query('SELECT count(*)::int FROM read.journal')).toEqual([{ count: 4 }]);
  expect(await database.query('SELECT stream, revision, event, error FROM system.parked')).toEqual([
    { stream: 'stock-bad', revision: 1, event: 'Received', error: 'RangeError: A receipt cannot be negative' },
  ]);
  await append('stock-bad', [received(7)]);
  await project(newProjector());
  expect(await shelves()).toMatchObject([{ on_hand: 1 }, { on_hand: 10 }]);
});

it.each<[string, object, string]>([
  ['of an unknown type', { type: 'Teleported', data: {} }, '1'],
  ['of a version to come', { type: 'Received', data: { quantity: 1 } }, '3'],
  ['with text that no table can hold', { type: 'Sold', data: { quantity: 1, at: 'tea\u0000time' } }, '1'],
  ['with a number that no column can hold', { type: 'Received', data: { quantity: 3e9 } }, '2'],
])('parks the stream of an event %s', async (_, event, schema) => {
  await append('stock-bad', [event as ShopEvent], schema);
  await append('stock-tea', [received(1)]);
  await project();
  expect(await shelves()).toMatchObject([{ shelf_id: 'tea' }]);
  expect(await database.query('SELECT DISTINCT stream FROM system.parked')).toEqual([{ stream: 'stock-bad' }]);
});

it('shows readers the rows of their channel', async () => {
  await append('order-1', [placed]);
  await project();
  const seenAs = (channel: string | undefined) =>
    server.app.transaction(async (db) => {
      if (channel !== undefined) await db.query(`SELECT set_config('app.channel', $1, true)`, [channel]);
      return (await db.query<unknown[]>('SELECT * FROM read.order_state')).length;
    });
  expect(await Promise.all(['web', '*', 'till', undefined].map(seenAs))).toEqual([1, 1, 0, 0]);
});

it('writes again the rows that a crash of the database has undone, without new events', async () => {
  const stop = new AbortController();
  const loop = new ConsumerLoop(store, projector, { backoff: () => 20 });
  const running = loop.run(stop.signal);
  await append('stock-tea', [received(10)]);
  await until(() => loop.status().position === asPosition(10));
  await database.query('DELETE FROM read.shelf');
  await database.query('UPDATE system.projection_checkpoint SET position = 0, last_event = 0');
  await database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user',
  );
  await until(() => loop.status().restarts > 0 && loop.status().state === 'live');
  stop.abort();
  await running;
  expect(await shelves()).toMatchObject([{ on_hand: 10 }]);
});

it('continues after its connections were cut', async () => {
  const stop = new AbortController();
  const loop = new ConsumerLoop(store, projector, { backoff: () => 20 });
  const running = loop.run(stop.signal);
  await append('stock-tea', [received(10)]);
  await until(() => loop.status().position === asPosition(10));
  await server.app.query('SELECT 1');
  await database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user',
  );
  await append('stock-tea', [received(5)]);
  await until(() => loop.status().position === asPosition(20));
  stop.abort();
  await running;
  expect(loop.status().restarts).toBeGreaterThan(0);
  expect(await shelves()).toMatchObject([{ on_hand: 15 }]);
});
