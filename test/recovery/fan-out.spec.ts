/**
 * Events are appended to the log while the worker that publishes them and the broker are killed at random.
 * FAN_OUT_EVENTS sets their number; SEED repeats a run.
 */
import { START, laterOf, type Position } from '#event-store';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { EsdbEventStore } from '#event-store-esdb';
import { type Message, Random } from '#kernel';
import { publisherStatus } from '#kafka-publisher';
import { publishedTopics } from '#registry';
import {
  aCause,
  endOffsets,
  type KafkaRead,
  LocalKafka,
  newEvents,
  readRecords,
  startTestDatabase,
  type TestDatabase,
} from '#testing';
import { EventStoreOfKontor } from '../support/event-store.js';
import { readLog, type Logged } from '../support/read-log.js';
import { until } from '../support/until.js';

const EVENTS = Number(process.env['FAN_OUT_EVENTS'] ?? 100_000);
const STREAMS = 400;
const KILLS = Math.max(8, Math.round(EVENTS / 8_000));
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = new Random(seed);
const TOPIC_NAMES = Object.keys(publishedTopics);

jest.setTimeout(600_000);

/** A worker that only publishes. */
class Publisher {
  private child: ChildProcess | undefined;

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', resolve('dist/apps/worker/src/main.js')], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    for await (const line of createInterface(child.stdout)) if (line.includes(' listening on ')) break;
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`The worker ended with ${child.exitCode}`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'kontor-fan-out-'));
let kafka: LocalKafka;
let database: TestDatabase;
let log: EventStoreOfKontor;
let publisher: Publisher;
let appended: readonly Logged[];
let records: readonly KafkaRead[];
/** The checkpoints right after each kill, and the end offsets of the partitions at that time. */
const afterKills: { readonly positions: ReadonlyMap<string, Position>; readonly ends: ReadonlyMap<string, number> }[] =
  [];
let seconds: number;
/** Kills so far. `onKill` resolves at the next one, which appends wait for: events are appended until the last kill. */
let kills = 0;
let onKill = Promise.withResolvers<undefined>();

beforeAll(async () => {
  [kafka, database, log] = await Promise.all([
    LocalKafka.start(),
    startTestDatabase(),
    EventStoreOfKontor.start(join(folder, 'events')),
  ]);
  publisher = new Publisher({
    EVENTSTORE_URL: log.url,
    DATABASE_URL: database.postgres.ownerUrl,
    KAFKA_BROKERS: kafka.brokers,
    CONSUMERS: 'relay',
    KONTOR_DATA: folder,
    KONTOR_WORKER_PORT: '0',
  });
  const started = performance.now();
  await Promise.all([append(), killAtRandom()]);
  await publisher.start();
  const store = EsdbEventStore.connect(log.url);
  const head = await store.head();
  await store.close();
  await until(async () => (await checkpoint()).values().every((position) => position >= head), {
    for: `every topic to have all events (SEED=${seed})`,
    withinMs: 240_000,
    everyMs: 250,
  });
  seconds = (performance.now() - started) / 1000;
  appended = await readLog(log.url);
  records = await readRecords(kafka.brokers, TOPIC_NAMES);
});

afterAll(async () => {
  await publisher.kill('SIGTERM');
  await Promise.all([kafka.stop(), database.stop(), log.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const eventOf = (category: string): Message =>
  category === 'order'
    ? { type: 'OrderHeld', data: { holdId: 'h', reason: 'x'.repeat(random.between(1, 200)) } }
    : { type: 'CustomerUpdated', data: { country: 'GB' } };

const append = async () => {
  const store = EsdbEventStore.connect(log.url);
  const revisions = new Map<string, number>();
  for (let count = 0; count < EVENTS;) {
    while (count > (EVENTS * (kills + 1)) / (KILLS + 1)) await onKill.promise;
    const streams = new Set(Array.from({ length: 16 }, () => random.between(0, STREAMS - 1)));
    const appends = [...streams].map((number) => {
      const category = number % 4 === 0 ? 'customer' : 'order';
      const stream = `${category}-${number}`;
      const events = newEvents(
        Array.from({ length: random.between(1, 20) }, () => eventOf(category)),
        aCause(),
      );
      const expected = revisions.get(stream) ?? -1;
      revisions.set(stream, expected + events.length);
      count += events.length;
      return store.append(stream, expected, events);
    });
    for (const { outcome } of await Promise.all(appends)) expect(outcome).toBe('stored');
  }
  await store.close();
};

const checkpoint = async (): Promise<ReadonlyMap<string, Position>> => {
  const { topics } = await publisherStatus(database.owner);
  return new Map(
    topics.filter(({ topic }) => TOPIC_NAMES.includes(topic)).map(({ topic, position }) => [topic, position]),
  );
};

const killAtRandom = async () => {
  await publisher.start();
  const isPublishing = async () => (await endOffsets(kafka.brokers, TOPIC_NAMES)).values().some((end) => end > 0);
  await until(isPublishing, { for: 'the first events', everyMs: 250 });
  for (let kill = 1; kill <= KILLS; kill++) {
    await pause(random.between(0, 800));
    const ofBroker = kill % 4 === 0;
    await (ofBroker ? kafka.kill() : publisher.kill());
    if (!ofBroker) await recordProgress();
    kills = kill;
    onKill.resolve(undefined);
    onKill = Promise.withResolvers();
    await pause(random.between(0, 500));
    await (ofBroker ? kafka.start() : publisher.start());
  }
  await publisher.kill();
  await recordProgress();
};

const recordProgress = async () => {
  const positions = await checkpoint();
  afterKills.push({ positions, ends: await endOffsets(kafka.brokers, TOPIC_NAMES) });
};

/** Key → its records without repeats, which a consumer recognizes by a revision that is not greater than the last. */
const withoutRepeats = () => {
  const byKey = new Map<string, KafkaRead[]>();
  for (const record of records) {
    const seen = byKey.get(record.key) ?? [];
    if (Number(record.headers['ce_streamrevision']) > Number(seen.at(-1)?.headers['ce_streamrevision'] ?? -1))
      seen.push(record);
    byKey.set(record.key, seen);
  }
  return byKey;
};

it('Kafka has every event of the log, and nothing else', () => {
  process.stderr.write(
    `${appended.length} events, ${records.length} records, ${KILLS} kills, ${seconds.toFixed(0)} s, SEED=${seed}\n`,
  );
  expect(appended.length).toBeGreaterThanOrEqual(EVENTS);
  const ids = new Set(records.map(({ headers }) => headers['ce_id']));
  expect(appended.filter(({ id }) => !ids.has(id)).map(({ stream, revision }) => `${stream}@${revision}`)).toEqual([]);
  const known = new Map(appended.map((event) => [event.id, event]));
  const strangers = records.filter(({ key, value, headers }) => {
    const event = known.get(headers['ce_id'] ?? '');
    const same = event?.stream === key && String(event.revision) === headers['ce_streamrevision'];
    return !same || value !== JSON.stringify(event.data);
  });
  expect(strangers).toEqual([]);
});

it('Kafka has the events of each key in one partition, in order and without gaps, except for repeats', () => {
  for (const [key, seen] of withoutRepeats()) {
    const revisions = seen.map(({ headers }) => Number(headers['ce_streamrevision']));
    expect({ key, revisions }).toEqual({ key, revisions: revisions.map((_, index) => index) });
    expect(new Set(seen.map(({ partition }) => partition)).size).toBe(1);
  }
});

it('kills happened before all events were published', () => {
  const last = appended.map(({ position }) => position).reduce(laterOf);
  const midway = afterKills.filter(({ positions }) => [...positions.values()].reduce(laterOf, START) < last);
  expect(midway.length).toBeGreaterThanOrEqual(KILLS - Math.floor(KILLS / 4));
});

it('Kafka had every event up to the checkpoint at every kill', () => {
  const first = new Map<string, KafkaRead>();
  for (const record of records)
    if (!first.has(record.headers['ce_id'] ?? '')) first.set(record.headers['ce_id'] ?? '', record);
  const missing = afterKills.flatMap(({ positions, ends }) =>
    appended.filter(({ id, position }) => {
      const { topic = '', partition = 0, offset = 0 } = first.get(id) ?? {};
      const upTo = positions.get(topic);
      return upTo !== undefined && position <= upTo && offset >= (ends.get(`${topic}/${partition}`) ?? 0);
    }),
  );
  expect(afterKills.length).toBeGreaterThan(3);
  expect(missing).toEqual([]);
});
