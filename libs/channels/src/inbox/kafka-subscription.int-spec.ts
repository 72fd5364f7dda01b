import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Admin, Kafka, logLevel, type Message } from 'kafkajs';
import { type EntityManager } from 'typeorm';
import { NO_STREAM, START } from '#event-store';
import { deletedRecordsTroubles, EventPublisher, replayTopic } from '#kafka-publisher';
import { InMemoryEventStore, LocalKafka, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { openSubscription } from './open-subscription.js';
import { parkedInboxStreams } from './parked-streams.js';
import { type PublishedEvent } from './published-event.js';

const STREAMS = 40;
const EVENTS = 25;

let database: TestDatabase;
let kafka: LocalKafka;
const store = new InMemoryEventStore();

beforeAll(async () => {
  [kafka, database] = await Promise.all([LocalKafka.start(), startTestDatabase()]);
  await database.owner.query(
    'CREATE TABLE channels.effect (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, stream text, revision bigint)',
  );
  for (let revision = 0; revision < EVENTS; revision++)
    for (let stream = 0; stream < STREAMS; stream++) await append(`order-${stream}`, revision);
  const publisher = new EventPublisher({ db: database.owner, store, brokers: [kafka.brokers] });
  const end = new AbortController();
  const { categories } = publisher;
  for await (const batch of store.subscribe(await publisher.resume(), { categories, signal: end.signal })) {
    await publisher.handle(batch);
    if (batch.caughtUp) break;
  }
  await publisher.close();
  await send({ key: 'order-1', value: '{' }, { key: null, value: null });
});
afterAll(async () => {
  await Promise.all([kafka.stop(), database.stop()]);
});

/** Writes records that are not Kontor's into a topic of Kontor. */
const send = async (...messages: Message[]) => {
  const producer = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic: 'kontor.orders.v1', messages });
  await producer.disconnect();
};

const headers = (different: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries(['ce_id', 'ce_type', 'ce_channel', 'ce_correlationid'].map((name) => [name, 'x'])),
  ...{
    ce_streamrevision: '0',
    ce_position: '1',
    ce_time: '2026-01-01T00:00:00Z',
    ce_recordedtime: '2026-01-01T00:00:00Z',
  },
  ...different,
});

const open = (name: string, pause = 0) =>
  openSubscription(consumer(name, pause), { ...sources(), brokers: [kafka.brokers] });

const sources = () => ({ db: database.owner, store, log: () => undefined });

const append = async (stream: string, revision: number) => {
  const released = { type: 'OrderHoldReleased', data: { holdId: String(revision) } };
  await store.append(stream, revision === 0 ? NO_STREAM : revision - 1, newEvents([released]));
};

const consumer = (name: string, pause = 0) => ({
  name,
  categories: ['order'],
  handle: async ({ stream, revision }: PublishedEvent, tx: EntityManager) => {
    await tx.query('INSERT INTO channels.effect (consumer, stream, revision) VALUES ($1, $2, $3)', [
      name,
      stream,
      revision,
    ]);
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  },
});

const effectsOf = (name: string) =>
  database.owner.query<{ stream: string; revision: number }[]>(
    'SELECT stream, revision::float8 FROM channels.effect WHERE consumer = $1 ORDER BY n',
    [name],
  );

const withAdmin = async <Result>(work: (admin: Admin) => Promise<Result>) => {
  const admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};
const orderOffsets = () => withAdmin((admin) => admin.fetchTopicOffsets('kontor.orders.v1'));
const deleteRecords = (partition: number, offset: string) =>
  withAdmin(async (admin) => {
    await admin.fetchTopicOffsets('kontor.orders.v1'); // the client has to know the topic
    await admin.deleteTopicRecords({ topic: 'kontor.orders.v1', partitions: [{ partition, offset }] });
  });
const committed = async (name: string, partition: number) => {
  const topics = ['kontor.orders.v1'];
  const [offsets] = await withAdmin((admin) => admin.fetchOffsets({ groupId: `kontor.${name}`, topics }));
  return offsets?.partitions.find((one) => one.partition === partition)?.offset;
};

const until = async (done: () => Promise<boolean>) => {
  const end = performance.now() + 60_000;
  while (!(await done())) {
    if (performance.now() > end) throw new Error('It takes too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const expectExact = async (name: string) => {
  const seen = await effectsOf(name);
  expect(seen).toHaveLength(STREAMS * EVENTS);
  for (const [, own] of Map.groupBy(seen, ({ stream }) => stream))
    expect(own.map(({ revision }) => revision)).toEqual(Array.from({ length: EVENTS }, (_, index) => index));
  expect(await parkedInboxStreams(database.owner)).toEqual([]);
};

describe('a consumer', () => {
  it.each(['kafka', 'log'])(
    'has every event once and in order from the %s',
    async (way) => {
      const brokers = way === 'kafka' ? [kafka.brokers] : [];
      const stop = new AbortController();
      const subscription = openSubscription(consumer(way), { ...sources(), brokers });
      const running = subscription.run(stop.signal);
      await until(async () => (await effectsOf(way)).length >= STREAMS * EVENTS);
      await until(
        async () => (await subscription.status()).state === 'live' && (await subscription.status()).lag === 0,
      );
      stop.abort();
      await running;
      await expectExact(way);
    },
    90_000,
  );

  it('may change from the log to Kafka', async () => {
    for (const brokers of [[], [kafka.brokers]]) {
      const stop = new AbortController();
      const slow = openSubscription(consumer('changing', 2), { ...sources(), brokers });
      const running = slow.run(stop.signal);
      const enough = brokers.length === 0 ? 200 : STREAMS * EVENTS;
      await until(async () => (await effectsOf('changing')).length >= enough);
      stop.abort();
      await running;
    }
    await expectExact('changing');
  });

  it('loses and repeats nothing while members come and go', async () => {
    const total = STREAMS * EVENTS;
    const count = async () => (await effectsOf('restless')).length;
    for (let round = 0; (await count()) < total && round < 40; round++) {
      const stop = new AbortController();
      const members = [0, 1].map(() =>
        openSubscription(consumer('restless', 2), { ...sources(), brokers: [kafka.brokers] }),
      );
      const running = Promise.all(members.map((member) => member.run(stop.signal)));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      stop.abort();
      await running;
    }
    await expectExact('restless');
  });

  it('reports only the lag of partitions that it still has', async () => {
    const stop = new AbortController();
    const [slow, fast] = [open('sharing', 20), open('sharing')] as const;
    const running = [slow.run(stop.signal)];
    await until(async () => (await slow.status()).lag > 0);
    running.push(fast.run(stop.signal));
    await until(async () => (await effectsOf('sharing')).length >= STREAMS * EVENTS);
    await until(async () => (await slow.status()).lag === 0);
    stop.abort();
    await Promise.all(running);
    await expectExact('sharing');
  });

  it('reports that the broker is away, and that it is back before the next event', async () => {
    const stop = new AbortController();
    const subscription = openSubscription(consumer('cut-off'), { ...sources(), brokers: [kafka.brokers] });
    const running = subscription.run(stop.signal);
    await until(async () => (await effectsOf('cut-off')).length >= STREAMS * EVENTS);
    expect(await subscription.status()).toMatchObject({ state: 'live', lastError: undefined });
    await kafka.kill();
    await until(async () => (await subscription.status()).lastError !== undefined);
    expect(await subscription.status()).toMatchObject({ state: 'waiting' });
    await kafka.start();
    await until(async () => (await subscription.status()).state === 'live');
    expect(await subscription.status()).toMatchObject({ lastError: undefined });
    stop.abort();
    await running;
  });

  it('is not stopped by records that are not Kontor’s, or that the database cannot store', async () => {
    await send({ key: 'order-1', value: '{}', headers: headers({ ce_streamrevision: 'x' }) });
    await send({ key: 'order-1', value: '{}', headers: headers({ ce_position: '-1' }) });
    await send({ key: 'order-1', value: '[null', headers: headers({}) });
    await send({ key: 'order-unstorable', value: '{"reason":"\\u0000"}', headers: headers({}) });
    const skipped: string[] = [];
    const stop = new AbortController();
    const log = (_: string, { error }: { error?: string }) => void skipped.push(String(error));
    const subscription = openSubscription(consumer('unharmed'), { ...sources(), brokers: [kafka.brokers], log });
    const running = subscription.run(stop.signal);
    await until(async () => (await effectsOf('unharmed')).length >= STREAMS * EVENTS);
    await until(async () => (await parkedInboxStreams(database.owner)).length > 0);
    stop.abort();
    await running;
    expect(skipped.join()).toContain('ce_streamrevision is not a revision');
    const reason = 'unreadable: it contains text that the database cannot store';
    expect(await parkedInboxStreams(database.owner)).toMatchObject([
      { stream: 'order-unstorable', revision: -1, reason },
    ]);
  });

  it('reports records that Kafka deleted before it read them, until the topic is published again', async () => {
    const cut = (await orderOffsets()).find(({ high }) => Number(high) > 10);
    if (!cut) throw new Error('No partition has ten records');
    const { partition } = cut;
    await deleteRecords(partition, '10');
    const stop = new AbortController();
    const running = open('too-late').run(stop.signal);
    await until(async () => (await deletedRecordsTroubles(database.owner, ['too-late'])).length > 0);
    expect(await deletedRecordsTroubles(database.owner, ['too-late'])).toEqual([
      `too-late: Kafka deleted the records 0 to 9 of kontor.orders.v1, partition ${partition}, before they were read. ` +
        'Publish the topic again: kontor relay replay --topic kontor.orders.v1 --from 0',
    ]);
    await replayTopic(database.owner, 'kontor.orders.v1', START);
    expect(await deletedRecordsTroubles(database.owner, ['too-late'])).toEqual([]);
    stop.abort();
    await running;
  });

  it('does not report deleted records again where no new record has come since', async () => {
    const offsets = await orderOffsets();
    const filled = offsets.find(({ low, high }) => low !== high);
    if (!filled) throw new Error('Every partition is empty');
    const { partition, high } = filled;
    await deleteRecords(partition, high);
    for (const session of [1, 2]) {
      const stop = new AbortController();
      const subscription = open('idle');
      const running = subscription.run(stop.signal);
      await until(async () => (await subscription.status()).state === 'live');
      await until(async () => (await committed('idle', partition)) === high);
      stop.abort();
      await running;
      const troubles = await deletedRecordsTroubles(database.owner, ['idle']);
      if (session === 1) expect(troubles.join()).toContain(`partition ${partition}, before they were read`);
      else expect(troubles).toEqual([]);
      await replayTopic(database.owner, 'kontor.orders.v1', START);
    }
  });
});
