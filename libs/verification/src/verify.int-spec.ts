import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readModels } from '#catalogue';
import { ConsumerLoop } from '#event-store';
import { Projector, Registry } from '#projections';
import { type InMemoryEventStore, startTestDatabase, type TestDatabase } from '#testing';
import { aDay } from './day.fixture.js';
import { verify } from './verify.js';

let server: TestDatabase;
let registry: Registry;
let store: InMemoryEventStore;

beforeAll(async () => {
  server = await startTestDatabase();
}, 60_000);

afterAll(() => server.stop());

/** The read models of an ordinary day. */
beforeEach(async () => {
  await server.owner.query('DROP SCHEMA IF EXISTS read CASCADE; DROP SCHEMA IF EXISTS system CASCADE');
  registry = new Registry(server.owner, readModels);
  store = await aDay();
  const head = await store.head();
  const abort = new AbortController();
  const projector = new Projector(registry);
  const onChange = ({ position = 0 }) => {
    if (position >= head) abort.abort();
  };
  await new ConsumerLoop(store, projector, { onChange }).run(abort.signal);
  await projector.close();
});

const tableOf = async (name: string) => {
  const { build } = await registry.withSession((session) => registry.live(session, name));
  return `read."${name}__${build}"`;
};

const violations = async () => {
  const { findings } = await verify(registry, store, { now: Date.now() });
  return findings.flatMap(({ invariant, violations: all }) =>
    all.map(({ stream, sentence }) => `${invariant} ${stream}: ${sentence}`),
  );
};

it('finds nothing wrong with an ordinary day, and leaves nothing behind', async () => {
  const { events, position, findings } = await verify(registry, store, { now: Date.now() });
  expect({ events, position }).toEqual({ events: store.events.length, position: await store.head() });
  expect(findings.filter(({ failed }) => failed > 0)).toEqual([]);
  expect(findings.filter(({ checked }) => checked === 0)).toEqual([]);
  const { builds } = await registry.status();
  expect(builds.filter(({ status }) => status !== 'live')).toEqual([]);
});

it('finds a row that was changed behind its back', async () => {
  await server.owner.query(`UPDATE ${await tableOf('stock_position')} SET on_hand = 99 WHERE sku = 'TEA'`);
  expect(await violations()).toEqual([
    'I4 stock-TEA~london: 7 units are on hand, but read.stock_position says 99',
    'I11 read.stock_position: The row TEA london is different',
  ]);
});

it('finds a movement that was erased', async () => {
  await server.owner.query(`DELETE FROM ${await tableOf('stock_movement')} WHERE type = 'StockReceived'`);
  expect(await violations()).toEqual([
    'I4 stock-TEA~london: 7 units have moved, but read.stock_movement adds up to -3',
    expect.stringMatching(/^I11 read.stock_movement: The row TEA london \d+ is missing$/),
  ]);
});

it('finds an order that nobody placed', async () => {
  const table = await tableOf('order_status');
  await server.owner.query(`INSERT INTO ${table}
    SELECT (jsonb_populate_record(t, '{"order_id": "o-3"}')).* FROM ${table} AS t WHERE order_id = 'o-2'`);
  expect(await violations()).toEqual(['I11 read.order_status: The row o-3 is unfounded']);
});

it('says so when the log is behind the read models', async () => {
  await server.owner.query('UPDATE system.projection_checkpoint SET last_event = last_event + 1000');
  await expect(violations()).rejects.toThrow(/The log ends at \d+, but the read models have folded \d+/);
});
