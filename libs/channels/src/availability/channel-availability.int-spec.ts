import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readModels } from '#registry';
import { ConsumerLoop, NO_STREAM, type Position } from '#event-store';
import { type Message } from '#kernel';
import { NetworkDirectory } from '#network';
import { PositionWaiter, Projector, Registry } from '#projections';
import { Availability, KitDirectory, StockLevels } from '#stock';
import { InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { openSubscription } from '../inbox/open-subscription.js';
import { type AvailabilityDelta } from './availability-deltas.js';
import { ChannelAvailability } from './channel-availability.js';

const CHANNELS = ['web', 'till'];
const store = new InMemoryEventStore();
const stop = new AbortController();
const received: AvailabilityDelta[] = [];
let database: TestDatabase;
let positions: PositionWaiter;
let availability: ChannelAvailability;
let running: Promise<unknown>;
let sources: ConstructorParameters<typeof ChannelAvailability>[1];

beforeAll(async () => {
  database = await startTestDatabase();
  const db = database.owner;
  const registry = new Registry(db, readModels);
  await registry.install();
  const [network, kits] = [new NetworkDirectory(), new KitDirectory()];
  positions = await PositionWaiter.open(db);
  sources = { db, network, kits, positions, availability: new Availability(new StockLevels(db), network, kits) };
  availability = new ChannelAvailability(CHANNELS, sources);
  availability.onChange('web', (changes) => Promise.resolve(void received.push(...changes)));
  const loops = [new Projector(registry), network, kits].map((one) => new ConsumerLoop(store, one).run(stop.signal));
  const subscription = openSubscription(availability, { db, store, brokers: [], log: () => undefined });
  running = Promise.all([...loops, subscription.run(stop.signal), availability.run(stop.signal)]);
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

const registerLocation = (id: string) =>
  append(`location-${id}`, { type: 'LocationRegistered', data: { name: id, type: 'warehouse' } });
const receiveStock = (sku: string, quantity: number) =>
  append(`stock-${sku}~north`, { type: 'StockReceived', data: { quantity, ref: 'd' } });
const configureChannel = (id: string, version: number, safetyStock: number) =>
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

/** SKU → available-to-promise of a channel, once everything is published. */
const publishedAtp = async (of: string): Promise<Record<string, number>> => {
  const head = await store.head();
  for (;;) {
    const [row] = await database.owner.query<{ position: Position }[]>(
      `SELECT position::float8 FROM channels.consumer WHERE name = 'channel-promises'`,
    );
    if ((row?.position ?? 0) >= head && (await availability.pendingCount()) === 0) break;
    await pause(20);
  }
  return Object.fromEntries((await availability.changesAfter(of, 0)).map(({ sku, atp }) => [sku, atp]));
};

it('follows every event that changes what a channel can sell', async () => {
  await receiveStock('TEA', 5); // before the location is registered
  await receiveStock('CUP', 2);
  await registerLocation('north');
  await configureChannel('web', 1, 1);
  await configureChannel('till', 1, 0);
  expect([await publishedAtp('web'), await publishedAtp('till')]).toEqual([
    { TEA: 4, CUP: 1 },
    { TEA: 5, CUP: 2 },
  ]);

  await append('stock-TEA~north', { type: 'StockIssued', data: { issueId: 'i', quantity: 3, ref: 'r' } });
  expect([(await publishedAtp('web'))['TEA'], (await publishedAtp('till'))['TEA']]).toEqual([1, 2]);

  await append('location-north', { type: 'LocationPaused', data: { reason: 'flood' } });
  expect(await publishedAtp('web')).toEqual({ TEA: 0, CUP: 0 });
  await append('location-north', { type: 'LocationResumed', data: {} });
  expect(await publishedAtp('web')).toEqual({ TEA: 1, CUP: 1 });
});

it('computes the availability of kits from their components', async () => {
  await append('kit-SET', { type: 'KitDefined', data: { version: 1, components: [{ sku: 'CUP', quantity: 2 }] } });
  expect([(await publishedAtp('web'))['SET'], (await publishedAtp('till'))['SET']]).toEqual([0, 1]);
  await receiveStock('CUP', 4);
  expect([(await publishedAtp('web'))['SET'], (await publishedAtp('till'))['SET']]).toEqual([2, 3]);
});

it('publishes only changes, with sequences that have no gap', async () => {
  await publishedAtp('web');
  const before = received.length;
  const last = Math.max(...received.map(({ sequence }) => sequence));
  await configureChannel('web', 2, 1); // the same in another version
  expect(await publishedAtp('web')).toMatchObject({ TEA: 1 });
  expect(received).toHaveLength(before);

  for (let count = 0; count < 20; count++) await receiveStock('TEA', 1);
  await publishedAtp('web');
  const changes = await availability.changesAfter('web', last);
  expect(changes.map(({ sku, atp }) => [sku, atp])).toEqual([['TEA', 21]]);
  expect(received.map(({ sequence }) => sequence)).toEqual(received.map((_, index) => index + 1));
});

it('has all SKUs for a channel that is added later', async () => {
  await configureChannel('late', 1, 0);
  await publishedAtp('web');
  const late = new ChannelAvailability(['late'], sources);
  const end = new AbortController();
  const work = late.run(end.signal);
  while ((await late.changesAfter('late', 0)).length < 3) await pause(20);
  end.abort();
  await work;
  const available = (await late.changesAfter('late', 0)).map(({ sku, atp }) => [sku, atp] as const);
  expect(Object.fromEntries(available)).toEqual({ TEA: 22, CUP: 6, SET: 3 });
});
