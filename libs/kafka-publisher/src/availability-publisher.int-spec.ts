/** The availability topic, with a real broker and real read models. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readModels } from '#registry';
import { ConsumerLoop, NO_STREAM } from '#event-store';
import { type Message } from '#kernel';
import { NetworkDirectory } from '#network';
import { PositionWaiter, Projector, Registry } from '#projections';
import { Availability, KitDirectory, type SkuAvailability, StockLevels } from '#stock';
import {
  InMemoryEventStore,
  type KafkaRead,
  LocalKafka,
  newEvents,
  readRecords,
  startTestDatabase,
  type TestDatabase,
} from '#testing';
import { AVAILABILITY_TOPIC, AvailabilityPublisher, publisherStatus } from './index.js';

const store = new InMemoryEventStore();
const stop = new AbortController();
let kafka: LocalKafka;
let database: TestDatabase;
let positions: PositionWaiter;
let publisher: AvailabilityPublisher;
let running: Promise<unknown>;

beforeAll(async () => {
  [kafka, database] = await Promise.all([LocalKafka.start(), startTestDatabase()]);
  const db = database.owner;
  const registry = new Registry(db, readModels);
  await registry.install();
  const [network, kits] = [new NetworkDirectory(), new KitDirectory()];
  positions = await PositionWaiter.open(db);
  const availability = new Availability(new StockLevels(db), network, kits);
  publisher = new AvailabilityPublisher({
    db,
    store,
    brokers: [kafka.brokers],
    network,
    kits,
    positions,
    availability,
  });
  const loops = [new Projector(registry), network, kits, publisher].map(
    (consumer) => new ConsumerLoop(store, consumer),
  );
  running = Promise.all(loops.map((loop) => loop.run(stop.signal)));
});
afterAll(async () => {
  stop.abort();
  await running;
  await publisher.close();
  await positions.close();
  await Promise.all([kafka.stop(), database.stop()]);
});

const revisions = new Map<string, number>();
const append = async (stream: string, ...events: Message[]) => {
  const revision = revisions.get(stream) ?? NO_STREAM;
  await store.append(stream, revision, newEvents(events));
  revisions.set(stream, revision + events.length);
};

const registerLocation = (id: string) =>
  append(`location-${id}`, { type: 'LocationRegistered', data: { name: id, type: 'warehouse' } });
const receiveStock = (sku: string, place: string, quantity: number) =>
  append(`stock-${sku}~${place}`, { type: 'StockReceived', data: { quantity, ref: 'd' } });

let version = 0;
const configureChannel = (id: string, ...places: string[]) =>
  append(`channel-${id}`, {
    type: 'ChannelConfigured',
    data: {
      name: id,
      kind: 'web',
      currency: 'GBP',
      locale: 'en-GB',
      locations: places.map((locationId) => ({ locationId, methods: ['ship'], safetyStock: 1 })),
      reservationTtlSeconds: 600,
      promisesIncoming: false,
      version: ++version,
    },
  });

/** Key → its newest record, once everything is published. */
const published = async () => {
  const head = await store.head();
  for (;;) {
    const { topics } = await publisherStatus(database.owner);
    if ((topics[0]?.position ?? 0) >= head) break;
    await pause(20);
  }
  const records = await readRecords(kafka.brokers, [AVAILABILITY_TOPIC]);
  return new Map<string, KafkaRead>(records.map((record) => [record.key, record]));
};
const atps = async () =>
  Object.fromEntries(
    (await published()).entries().map(([key, { value }]) => [key, (JSON.parse(value) as SkuAvailability).atp]),
  );

it('publishes what each channel can sell, whenever that may have changed', async () => {
  await registerLocation('north');
  await registerLocation('south');
  await configureChannel('web', 'north', 'south');
  await configureChannel('till', 'south');
  await receiveStock('TEA', 'north', 5);
  await receiveStock('TEA', 'south', 3);
  await receiveStock('CUP', 'north', 9);
  expect(await atps()).toMatchObject({ 'till·TEA': 2, 'web·CUP': 8, 'web·TEA': 6 });

  await append('location-south', { type: 'LocationPaused', data: { reason: 'flood' } });
  expect(await atps()).toMatchObject({ 'till·TEA': 0, 'web·CUP': 8, 'web·TEA': 4 });

  await configureChannel('web', 'south'); // no longer sells from the north
  expect(await atps()).toMatchObject({ 'till·TEA': 0, 'web·CUP': 0, 'web·TEA': 0 });

  await append('location-south', { type: 'LocationResumed', data: {} });
  expect(await atps()).toMatchObject({ 'till·TEA': 2, 'web·CUP': 0, 'web·TEA': 2 });
});

it('publishes kits when they are defined, and whenever their components change', async () => {
  await receiveStock('POT', 'south', 4);
  const components = [
    { sku: 'POT', quantity: 2 },
    { sku: 'TEA', quantity: 1 },
  ];
  await append('kit-TRAY', { type: 'KitDefined', data: { version: 1, components } });
  expect(await atps()).toMatchObject({ 'till·TRAY': 1, 'web·TRAY': 1 });
  await receiveStock('POT', 'south', 1);
  expect(await atps()).toMatchObject({ 'till·POT': 4, 'till·TRAY': 2, 'web·TRAY': 2 });
  await append('kit-TRAY', { type: 'KitRetired', data: {} });
  expect(await atps()).toMatchObject({ 'till·TRAY': 0, 'web·TRAY': 0 });
});

it('writes records that match their schema', async () => {
  const document = JSON.parse(readFileSync('docs/asyncapi.json', 'utf8')) as object;
  const ajv = new Ajv({ strict: false }).addSchema(document, 'asyncapi');
  const type = 'com.kontor.availability.changed.v1';
  for (const { value, headers } of (await published()).values()) {
    ajv.validate({ $ref: `asyncapi#/components/schemas/${type}` }, JSON.parse(value));
    expect(ajv.errors).toBeNull();
    ajv.validate({ $ref: `asyncapi#/components/messages/${type}/headers` }, headers);
    expect(ajv.errors).toBeNull();
  }
});
