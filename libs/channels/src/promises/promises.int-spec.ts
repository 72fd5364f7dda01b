import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readModels } from '#registry';
import { ConsumerLoop, NO_STREAM, type Position } from '#event-store';
import { type Message } from '#kernel';
import { NetworkDirectory } from '#network';
import { PositionWaiter, Projector, Registry } from '#projections';
import { Availability, KitDirectory, StockLevels } from '#stock';
import { InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { consume } from '../consuming/consume.js';
import { type Promised } from './keep-promises.js';
import { Promises } from './promises.js';

const CHANNELS = ['web', 'till'];
const store = new InMemoryEventStore();
const stop = new AbortController();
const heard: Promised[] = [];
let database: TestDatabase;
let positions: PositionWaiter;
let promises: Promises;
let running: Promise<unknown>;
let sources: ConstructorParameters<typeof Promises>[1];

beforeAll(async () => {
  database = await startTestDatabase();
  const db = database.owner;
  const registry = new Registry(db, readModels);
  await registry.install();
  const [network, kits] = [new NetworkDirectory(), new KitDirectory()];
  positions = await PositionWaiter.open(db);
  sources = { db, network, kits, positions, availability: new Availability(new StockLevels(db), network, kits) };
  promises = new Promises(CHANNELS, sources);
  promises.onChange('web', (changes) => Promise.resolve(void heard.push(...changes)));
  const loops = [new Projector(registry), network, kits].map((one) => new ConsumerLoop(store, one).run(stop.signal));
  const consumption = consume(promises, { db, store, brokers: [] });
  running = Promise.all([...loops, consumption.run(stop.signal), promises.run(stop.signal)]);
});
afterAll(async () => {
  stop.abort();
  await running;
  await positions.close();
  await database.stop();
});

const revisions = new Map<string, number>();
const append = async (stream: string, ...events: Message[]) => {
  const revision = revisions.get(stream) ?? NO_STREAM;
  await store.append(stream, revision, newEvents(events));
  revisions.set(stream, revision + events.length);
};

const location = (id: string) =>
  append(`location-${id}`, { type: 'LocationRegistered', data: { name: id, type: 'warehouse' } });
const received = (sku: string, quantity: number) =>
  append(`stock-${sku}~north`, { type: 'StockReceived', data: { quantity, ref: 'd' } });
const channel = (id: string, version: number, safetyStock: number) =>
  append(`channel-${id}`, {
    type: 'ChannelConfigured',
    data: {
      name: id,
      kind: 'web',
      currency: 'GBP',
      locale: 'en-GB',
      locations: [{ locationId: 'north', methods: ['ship'], safetyStock }],
      reservationTtlSeconds: 600,
      promisesIncoming: false,
      version,
    },
  });

/** What adapters of a channel are told, once all is looked up. */
const told = async (of: string): Promise<Record<string, number>> => {
  const head = await store.head();
  for (;;) {
    const [row] = await database.owner.query<{ position: Position }[]>(
      `SELECT position::float8 FROM channels.consumer WHERE name = 'channel-promises'`,
    );
    if ((row?.position ?? 0) >= head && (await promises.behind()) === 0) break;
    await pause(20);
  }
  return Object.fromEntries((await promises.since(of, 0)).map(({ sku, atp }) => [sku, atp]));
};

it('follows whatever changes what a channel can promise', async () => {
  await received('TEA', 5); // before anybody knows the place
  await received('CUP', 2);
  await location('north');
  await channel('web', 1, 1);
  await channel('till', 1, 0);
  expect([await told('web'), await told('till')]).toEqual([
    { TEA: 4, CUP: 1 },
    { TEA: 5, CUP: 2 },
  ]);

  await append('stock-TEA~north', { type: 'StockIssued', data: { issueId: 'i', quantity: 3, ref: 'r' } });
  expect([(await told('web'))['TEA'], (await told('till'))['TEA']]).toEqual([1, 2]);

  await append('location-north', { type: 'LocationPaused', data: { reason: 'flood' } });
  expect(await told('web')).toEqual({ TEA: 0, CUP: 0 });
  await append('location-north', { type: 'LocationResumed', data: {} });
  expect(await told('web')).toEqual({ TEA: 1, CUP: 1 });
});

it('promises kits by their components', async () => {
  await append('kit-SET', { type: 'KitDefined', data: { version: 1, components: [{ sku: 'CUP', quantity: 2 }] } });
  expect([(await told('web'))['SET'], (await told('till'))['SET']]).toEqual([0, 1]);
  await received('CUP', 4);
  expect([(await told('web'))['SET'], (await told('till'))['SET']]).toEqual([2, 3]);
});

it('tells only what is new, in an order that has no gap for who reads on', async () => {
  await told('web');
  const before = heard.length;
  const last = Math.max(...heard.map(({ sequence }) => sequence));
  await channel('web', 2, 1); // the same in another version
  expect(await told('web')).toMatchObject({ TEA: 1 });
  expect(heard).toHaveLength(before);

  for (let count = 0; count < 20; count++) await received('TEA', 1);
  await told('web');
  const news = await promises.since('web', last);
  expect(news.map(({ sku, atp }) => [sku, atp])).toEqual([['TEA', 21]]);
  expect(heard.map(({ sequence }) => sequence)).toEqual(heard.map((_, index) => index + 1));
});

it('has all SKUs for a channel that is configured later', async () => {
  await channel('late', 1, 0);
  await told('web');
  const late = new Promises(['late'], sources);
  const end = new AbortController();
  const work = late.run(end.signal);
  while ((await late.since('late', 0)).length < 3) await pause(20);
  end.abort();
  await work;
  const promised = (await late.since('late', 0)).map(({ sku, atp }) => [sku, atp] as const);
  expect(Object.fromEntries(promised)).toEqual({ TEA: 22, CUP: 6, SET: 3 });
});
