/** The publisher of events, with a real broker and a real PostgreSQL. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { streamTypes } from '#registry';
import { NO_STREAM, type Recorded, asPosition, START, type Position } from '#event-store';
import { type Message } from '#kernel';
import {
  aCause,
  decoded,
  foreignEvents,
  InMemoryEventStore,
  type KafkaRead,
  LocalKafka,
  LOOK_OURS,
  newEvents,
  readRecords,
  startTestDatabase,
  type TestDatabase,
} from '#testing';
import { publishedTopics } from '#registry';
import {
  partitionOf,
  EventPublisher,
  publishedCategories,
  PublisherTakenOver,
  publisherStatus,
  replayTopic,
} from './index.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
}
interface Document {
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly messages: Record<string, unknown>;
  };
}

/** The same schema, but fields that it does not name are not allowed. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
};

const document = JSON.parse(readFileSync('docs/asyncapi.json', 'utf8')) as Document;
const ajv = new Ajv({ strict: false });
ajv.addSchema(document, 'asyncapi');

const validate = (name: string, schema: unknown, value: unknown) => {
  ajv.validate(schema as object, value);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message ?? ''}`);
};

/** Where a record does not match the published AsyncAPI document. */
const faultsOf = ({ value, headers, key }: KafkaRead): readonly string[] => {
  const type = headers['ce_type'] ?? '';
  const { [type]: schema } = document.components.schemas;
  if (!schema) return [`${key}: there is no schema of ${type}`];
  const pointer = `asyncapi#/components/messages/${type}/headers`;
  return [
    ...validate(type, closed(schema), JSON.parse(value)),
    ...validate(`${type} headers`, { $ref: pointer }, headers),
    ...(/"(ct|iv)":/.test(value) ? [`${type} has a sealed field`] : []),
  ];
};

let kafka: LocalKafka;
let shared: LocalKafka;
let database: TestDatabase;
let store: InMemoryEventStore;
let publishers: EventPublisher[];

beforeAll(async () => {
  [kafka, database] = await Promise.all([LocalKafka.start(), startTestDatabase()]);
});
afterAll(async () => {
  await Promise.all([kafka.stop(), database.stop()]);
});

beforeEach(async () => {
  store = new InMemoryEventStore();
  publishers = [];
  await database.owner.query('TRUNCATE system.relay, system.relay_topic, system.relay_parked');
});
afterEach(async () => {
  for (const one of publishers) await one.close();
});

const admin = async <Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> => {
  const one = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await one.connect();
  return work(one).finally(() => one.disconnect());
};

const append = async (stream: string, ...events: Message[]) => {
  await store.append(stream, NO_STREAM, newEvents(events, aCause({ correlationId: 'o-1', causationId: randomUUID() })));
};

const publisher = () => {
  const one = new EventPublisher({ db: database.owner, store, brokers: [kafka.brokers] });
  publishers.push(one);
  return one;
};

/** Publishes everything that is not published yet. @returns where the publisher started */
const catchUp = async (one: EventPublisher): Promise<Position> => {
  const end = new AbortController();
  const from = await one.resume();
  for await (const batch of store.subscribe(from, { categories: one.categories, batchSize: 7, signal: end.signal })) {
    await one.handle(batch);
    if (batch.caughtUp) return from;
  }
  return from;
};

/** The records of the streams of this test. */
const published = async () => {
  const streams = new Set(store.events.map(({ stream }) => stream));
  const records = await readRecords(kafka.brokers, Object.keys(publishedTopics));
  return records.filter(({ key }) => streams.has(key));
};
const revisions = (records: readonly KafkaRead[], key: string) =>
  records.filter((record) => record.key === key).map(({ headers }) => Number(headers['ce_streamrevision']));

const received = (quantity: number): Message => ({ type: 'StockReceived', data: { quantity, ref: 'd-1' } });

describe('a published record', () => {
  it('matches its schema and has no further fields, for every type of event', async () => {
    const categories = new Map(
      streamTypes
        .filter(({ category }) => publishedCategories.includes(category))
        .flatMap(({ category, events }) => Object.keys(events).map((type) => [type, category])),
    );
    const files = readdirSync('test/golden/events')
      .map(
        (file) => JSON.parse(readFileSync(join('test/golden/events', file), 'utf8')) as Message & { version: number },
      )
      .filter(({ type }) => categories.has(type));
    for (const [index, { type, version, data }] of files.entries()) {
      const [event] = newEvents([{ type, data }]);
      if (event)
        await store.append(`${categories.get(type) ?? ''}-${index}`, NO_STREAM, [
          { ...event, envelope: { ...event.envelope, schema: String(version) } },
        ]);
    }
    await catchUp(publisher());
    const records = await published();
    expect(await publisherStatus(database.owner)).toMatchObject({ parked: [] });
    expect(records.length).toBe(files.length);
    expect(records.length).toBeGreaterThan(30);
    expect(records.flatMap(faultsOf)).toEqual([]);
  });

  it('is a CloudEvent in binary mode, keyed by its stream, in the partition of its key', async () => {
    await append('stock-CLOUD~north', received(5));
    await catchUp(publisher());
    const [record] = await published();
    const [event] = store.events;
    expect(record).toEqual({
      topic: 'kontor.stock.v1',
      partition: partitionOf('stock-CLOUD~north', 6),
      offset: expect.any(Number),
      key: 'stock-CLOUD~north',
      value: '{"quantity":5,"ref":"d-1"}',
      headers: {
        ce_specversion: '1.0',
        ce_id: event?.id,
        ce_source: '/kontor/stock',
        ce_type: 'com.kontor.stock.received.v1',
        ce_time: '2026-01-01T12:00:00.000Z',
        ce_subject: 'stock-CLOUD~north',
        'content-type': 'application/json',
        ce_streamrevision: '0',
        ce_position: '10',
        ce_recordedtime: new Date(event?.recordedAt ?? 0).toISOString(),
        ce_channel: 'web',
        ce_correlationid: 'o-1',
        ce_causationid: event?.envelope.causationId,
      },
    });
  });

  it('of a withheld event has no data, but exists, so that no revision is missing', async () => {
    await append(
      'customer-c',
      { type: 'CustomerRegistered', data: {} },
      { type: 'IdentityLinked', data: { hash: 'h' } },
    );
    await catchUp(publisher());
    const records = await published();
    expect(revisions(records, 'customer-c')).toEqual([0, 1]);
    expect(records[1]).toMatchObject({ value: '{}', headers: { ce_type: 'com.kontor.withheld.v1' } });
  });

  const hasKcat = spawnSync('kcat', ['-V']).status === 0;
  (hasKcat ? it : it.skip)('is read by kcat (skipped where there is none)', async () => {
    await append('order-o-9', { type: 'OrderRejected', data: { reasons: [] } });
    await catchUp(publisher());
    const args = ['-C', '-b', kafka.brokers, '-t', 'kontor.orders.v1', '-f', '%k %h\\n', '-e', '-q'];
    const { stdout } = spawnSync('kcat', args, { encoding: 'utf8' });
    expect(stdout).toMatch(
      /^order-o-9 ce_specversion=1\.0,ce_id=[0-9a-f-]{36},ce_source=\/kontor\/order,ce_type=com\.kontor\.order\.rejected\.v1,/m,
    );
  });
});

describe('after a crash', () => {
  it('the publisher continues from the saved position, and sends later events again, in order', async () => {
    for (let i = 0; i < 20; i++) await append(`stock-CRASH~${i}`, received(1), received(2));
    const first = publisher();
    await catchUp(first);
    await replayTopic(database.owner, 'kontor.stock.v1', asPosition(100));
    await expect(first.onHeartbeat()).rejects.toThrow(PublisherTakenOver);
    await append('stock-NEW~1', received(1));
    expect(await catchUp(first)).toBe(100);
    const records = await published();
    expect(records).toHaveLength(40 + 30 + 1);
    expect(revisions(records, 'stock-CRASH~19')).toEqual([0, 1, 0, 1]);
  });

  it('only the newest of two publishers continues', async () => {
    const [old, young] = [publisher(), publisher()];
    await catchUp(old);
    await catchUp(young);
    await append('stock-TEA~north', received(5));
    await expect(old.handle({ events: store.events, position: asPosition(10), caughtUp: true })).rejects.toThrow(
      PublisherTakenOver,
    );
    await expect(old.resume()).rejects.toThrow('Another relay is working');
  });
});

it('parks a stream that newer code has written to, publishes the others, and publishes the rest of it later', async () => {
  const [event] = newEvents([received(1)]);
  if (event)
    await store.append('stock-NEWER~1', NO_STREAM, [{ ...event, envelope: { ...event.envelope, schema: '99' } }]);
  await store.append('stock-NEWER~1', 0, newEvents([received(2)]));
  await append('stock-OLDER~1', received(5));
  await catchUp(publisher());
  expect((await published()).map(({ key }) => key)).toEqual(['stock-OLDER~1']);
  expect((await publisherStatus(database.owner)).parked).toMatchObject([{ stream: 'stock-NEWER~1', revision: 0 }]);

  (store.events[0] as { envelope: Recorded['envelope'] }).envelope = { ...aCause(), schema: '1' };
  await catchUp(publisher());
  expect(revisions(await published(), 'stock-NEWER~1')).toEqual([0, 1]);
  expect((await publisherStatus(database.owner)).parked).toEqual([]);
});

it('parks each stream with an event that is not Kontor’s, and publishes the others', async () => {
  const shapes = Object.entries(foreignEvents('StockReceived')).filter(([shape]) => !LOOK_OURS.has(shape));
  for (const [shape, event] of shapes) store.appendAnything(`stock-${shape}~1`, decoded(event));
  await append('stock-OTHER~1', received(1));
  await catchUp(publisher());
  expect((await published()).map(({ key }) => key)).toEqual(['stock-OTHER~1']);
  const { parked } = await publisherStatus(database.owner);
  expect(parked.map(({ stream }) => stream).toSorted()).toEqual(shapes.map(([shape]) => `stock-${shape}~1`).toSorted());
  store.tombstone('stock-data-null~1');
  store.deleteStream('stock-data-text~1');
  await append('stock-OTHER~2', received(1));
  await catchUp(publisher());
  expect((await published()).map(({ key }) => key)).toContain('stock-OTHER~2');
  const reasons = new Map((await publisherStatus(database.owner)).parked.map(({ stream, error }) => [stream, error]));
  expect(reasons.size).toBe(shapes.length);
  expect(reasons.get('stock-data-null~1')).toContain('permanently deleted');
  expect(reasons.get('stock-data-text~1')).toContain('was deleted');
});

describe('topics', () => {
  beforeEach(async () => {
    shared = kafka;
    kafka = await LocalKafka.start();
  });
  afterEach(async () => {
    await kafka.stop();
    kafka = shared;
  });

  const partitionsOf = (one: Admin) => one.fetchTopicMetadata({ topics: ['kontor.stock.v1'] });
  const grow = () =>
    admin(async (one) => {
      await one.createPartitions({ topicPartitions: [{ topic: 'kontor.stock.v1', count: 8 }] });
      while ((await partitionsOf(one)).topics[0]?.partitions.length !== 8) await pause(50);
    });

  it('with another number of partitions than recorded are not written to', async () => {
    await append('stock-TEA~north', received(5));
    await catchUp(publisher());
    await grow();
    await expect(publisher().resume()).rejects.toThrow(
      'kontor.stock.v1 has 8 partitions and was recorded with 6: keys would move and lose their order.',
    );
  });

  it('that exist already keep their number of partitions, which is recorded', async () => {
    await admin((one) =>
      one.createTopics({ topics: [{ topic: 'kontor.stock.v1', numPartitions: 3 }], waitForLeaders: true }),
    );
    await append('stock-TEA~north', received(5));
    await catchUp(publisher());
    const { topics } = await publisherStatus(database.owner);
    expect(topics.find(({ topic }) => topic === 'kontor.stock.v1')).toMatchObject({
      partitions: 3,
      position: asPosition(10),
    });
    expect(await published()).toMatchObject([{ partition: partitionOf('stock-TEA~north', 3) }]);
  });

  it('that were deleted with their records are not created again silently', async () => {
    await append('stock-TEA~north', received(5));
    await catchUp(publisher());
    await admin(async (one) => {
      await one.deleteTopics({ topics: ['kontor.stock.v1'] });
      while ((await one.listTopics()).includes('kontor.stock.v1')) await pause(50);
    });
    await expect(publisher().resume()).rejects.toThrow('kontor relay replay --topic kontor.stock.v1 --from 0');
    await replayTopic(database.owner, 'kontor.stock.v1', START);
    await catchUp(publisher());
    expect(revisions(await published(), 'stock-TEA~north')).toEqual([0]);
  });
});
