import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { readModels } from '#registry';
import { openDatabase } from '#database';
import { ConsumerLoop, type ConsumerStatus, type Position } from '#event-store';
import { Projector, Registry } from '#projections';
import { stockItem } from '#stock';
import { aCause, type InMemoryEventStore, runnerOn, startTestDatabase, type TestDatabase } from '#testing';
import { tradingDay } from './trading-day.fixture.js';
import { verify } from './verify.js';

let server: TestDatabase;
let database: DataSource;
let registry: Registry;
let store: InMemoryEventStore;

beforeAll(async () => {
  server = await startTestDatabase();
  database = await openDatabase({ url: server.postgres.ownerUrl, role: 'owner' });
});

afterAll(async () => {
  await database.destroy();
  await server.stop();
}, 60_000);

/** Projects the log until the signal is aborted, or until `stopsAt` where that is given. */
const project = async (abort: AbortController, stopsAt?: Position) => {
  const projector = new Projector(registry);
  const onChange = ({ position }: ConsumerStatus) => {
    if (position !== undefined && stopsAt !== undefined && position >= stopsAt) abort.abort();
  };
  await new ConsumerLoop(store, projector, { onChange }).run(abort.signal);
  await projector.close();
};

/** Projects the read models of one trading day. */
beforeEach(async () => {
  await database.query('DROP SCHEMA IF EXISTS read CASCADE; DROP SCHEMA IF EXISTS system CASCADE');
  registry = new Registry(database, readModels);
  store = await tradingDay();
  await project(new AbortController(), await store.head());
});

const tableOf = async (name: string) => {
  const { build } = await registry.withSession((session) => registry.live(session, name));
  return `read."${name}__${build}"`;
};

const findViolations = async () => {
  const { findings } = await verify(registry, store, { now: Date.now() });
  return findings.flatMap(({ invariant, violations }) =>
    violations.map(({ stream, sentence }) => `${invariant} ${stream}: ${sentence}`),
  );
};

it('finds no violation in an ordinary trading day, and leaves no build of a read model behind', async () => {
  const { events, position, findings } = await verify(registry, store, { now: Date.now() });
  expect({ events, position }).toEqual({ events: store.events.length, position: await store.head() });
  expect(findings.filter(({ failed }) => failed > 0)).toEqual([]);
  const unchecked = findings.filter(({ checked }) => checked === 0).map(({ invariant }) => invariant);
  // The day has no backorders, transfers, payments, fulfillment orders, requested returns, gift cards or personal data.
  expect(unchecked).toEqual(['I4', 'I5', 'I5', 'I8', 'I18', 'I19', 'I20', 'I23']);
  const { builds } = await registry.status();
  expect(builds.filter(({ status }) => status !== 'live')).toEqual([]);
});

it('finds a row that was changed in the database', async () => {
  await database.query(`UPDATE ${await tableOf('stock_position')} SET on_hand = 99 WHERE sku = 'TEA'`);
  expect(await findViolations()).toEqual([
    'I4 stock-TEA~london: 7 units are on hand, but read.stock_position says 99',
    'I11 read.stock_position: The row TEA london is different',
  ]);
});

it('finds a movement that was deleted in the database', async () => {
  await database.query(`DELETE FROM ${await tableOf('stock_movement')} WHERE type = 'StockReceived'`);
  expect(await findViolations()).toEqual([
    'I4 stock-TEA~london: 7 units have moved, but read.stock_movement adds up to -3',
    expect.stringMatching(/^I11 read.stock_movement: The row TEA london \d+ is missing$/),
  ]);
});

it('finds a row of an order that was never placed', async () => {
  const table = await tableOf('order_status');
  await database.query(`INSERT INTO ${table}
    SELECT (jsonb_populate_record(t, '{"order_id": "o-3"}')).* FROM ${table} AS t WHERE order_id = 'o-2'`);
  expect(await findViolations()).toEqual(['I11 read.order_status: The row o-3 is unfounded']);
});

it('names a stream that was cut or deleted, before and after a scavenge', async () => {
  store.setMetadata('stock-TEA~london', { $maxCount: 2 });
  store.deleteStream('order-o-1');
  store.setMetadata('stock-of-somebody-else', { $acl: {} });
  const cut = [
    'I21 stock-TEA~london: $maxCount: 2 in the metadata of the stream ($$stock-TEA~london) hides all but the newest events',
    'I21 order-o-1: the stream was deleted: $tb in the metadata of the stream ($$order-o-1) hides all of its events',
  ];
  expect(await findViolations()).toEqual(cut);
  store.scavenge();
  const after = await findViolations();
  expect(after).toEqual(expect.arrayContaining(cut));
  expect(after).toContainEqual(expect.stringMatching(/^I21 stock-TEA~london: Revision \d+ follows where 0 should be$/));
});

it('names a stream with an event that is not from Kontor, and compares the others', async () => {
  store.appendAnything('stock-TEA~london', { type: 'StockReceived', data: null });
  await project(new AbortController(), await store.head());
  expect(await findViolations()).toEqual([
    'I21 stock-TEA~london: the data of StockReceived are null, not a JSON object',
  ]);
});

it('finds no violation while commands are being handled', async () => {
  const abort = new AbortController();
  const projecting = project(abort);
  const runner = runnerOn(store);
  const trading = (async () => {
    for (let day = 0; !abort.signal.aborted; day++) {
      const received = { type: 'ReceiveStock', data: { quantity: 1, ref: `DN-${day}` } } as const;
      await runner.run(stockItem, `SKU${day % 9}~london`, received, aCause());
      await new Promise(setImmediate);
    }
  })();
  try {
    const first = await verify(registry, store, { now: Date.now() });
    const second = await verify(registry, store, { now: Date.now() });
    expect([...first.findings, ...second.findings].filter(({ failed }) => failed > 0)).toEqual([]);
    expect(second.position > first.position).toBe(true);
  } finally {
    abort.abort();
    await Promise.all([projecting, trading]);
  }
});

it('refuses to verify a log that is behind the read models', async () => {
  await database.query('UPDATE system.projection_checkpoint SET last_event = last_event + 1000');
  await expect(findViolations()).rejects.toThrow(/no event at position \d+, the checkpoint of the read models/);
});
