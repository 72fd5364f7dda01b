/** `npm run kafka`, as everybody starts it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { LocalKafka } from './local-kafka.js';

let broker: LocalKafka;

beforeAll(async () => {
  broker = await LocalKafka.start();
});

afterAll(() => broker.stop());

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const gone = async (pid: number) => {
  for (let tries = 0; isAlive(pid) && tries < 200; tries++) await pause(100);
  return !isAlive(pid);
};

const launch = (env: Record<string, string>, ...args: string[]) =>
  spawnSync(process.execPath, ['deploy/local/kafka/main.ts', ...args], { env, encoding: 'utf8', timeout: 60_000 });

it('keeps what was acknowledged over a stop and over a kill', async () => {
  const kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true });
  /** With a connection of its own: one from before a stop may only now find out that it was closed. */
  const asAdmin = async <Result>(work: (admin: Admin) => Promise<Result>) => {
    const admin = kafka.admin();
    await admin.connect();
    return work(admin).finally(() => admin.disconnect());
  };
  const offsets = () => asAdmin(async (admin) => (await admin.fetchTopicOffsets('kept')).map(({ high }) => high));
  await producer.connect();
  await asAdmin((admin) => admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }], waitForLeaders: true }));
  await producer.send({ topic: 'kept', acks: -1, messages: [{ value: '1' }, { value: '2' }] });
  await producer.disconnect();
  expect(await offsets()).toEqual(['2']);

  expect(await broker.halt()).toBe(0);
  await broker.start();
  expect(await offsets()).toEqual(['2']);

  await broker.kill();
  await broker.start();
  expect(await offsets()).toEqual(['2']);
});

it('says so when the port is taken', () => {
  const { status, stderr } = launch(
    process.env as Record<string, string>,
    '--port',
    broker.brokers.split(':')[1] ?? '',
  );
  expect({ status, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^kafka: Port \d+ is taken: .*\n$/),
  });
});

it('ends the broker when it is killed itself', async () => {
  const { jvm } = broker;
  expect(isAlive(jvm)).toBe(true);
  await broker.halt('SIGKILL');
  expect(await gone(jvm)).toBe(true);
  await broker.start();
});

it('ends in order while the broker is still starting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-kafka-'));
  const child = spawn(process.execPath, ['deploy/local/kafka/main.ts', '--port', '0', '--data', folder]);
  await pause(900);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('says in one sentence what to install where there is no JVM, and where there is no Maven', () => {
  const nothing = mkdtempSync(join(tmpdir(), 'kontor-path-'));
  const cache = mkdtempSync(join(tmpdir(), 'kontor-cache-'));
  const withoutJava = launch({ PATH: nothing, XDG_CACHE_HOME: cache });
  expect(withoutJava).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^kafka: Kafka needs a Java runtime.*\n$/),
  });

  const { stdout } = spawnSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' });
  symlinkSync(stdout.trim(), join(nothing, 'java'));
  const withoutMaven = launch({ PATH: nothing, XDG_CACHE_HOME: cache });
  expect(withoutMaven.status).toBe(1);
  expect(withoutMaven.stderr).toMatch(/Kafka's jars are fetched by Maven, and there is no mvn: install it/);
});
