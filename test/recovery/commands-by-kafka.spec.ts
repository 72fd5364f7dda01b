/**
 * Commands by Kafka while the API that consumes them is killed at random, and their rate without kills.
 * KAFKA_COMMANDS=20000 makes a longer run; SEED repeats a run.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { signerOf } from '#access';
import { type CommandAnswer, RESULTS_TOPIC } from '#kafka-commands';
import { commandRecord, CommandSender } from '../simulators/command-sender.js';
import { Random } from '#kernel';
import { LocalKafka, readRecords } from '#testing';
import { openShop } from '../support/shop.js';
import { Kontor } from '../support/kontor.js';

const COMMANDS = Number(process.env['KAFKA_COMMANDS'] ?? 4_000);
const SKUS = 200;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = new Random(seed);

jest.setTimeout(600_000);

let kafka: LocalKafka;
let kontor: Kontor;
let sender: CommandSender;

beforeAll(async () => {
  kafka = await LocalKafka.start();
  kontor = await Kontor.start({ env: { KAFKA_BROKERS: kafka.brokers } });
  await openShop(kontor.staff);
  sender = await CommandSender.open({ brokers: [kafka.brokers], channel: 'system', ...signerOf(kontor.adminKey) });
  await sender.send(receipt('warm-up', 0));
});

afterAll(async () => {
  await sender.close();
  await kontor.stop();
  await kafka.stop();
});

const skuOf = (run: string, n: number) => `${run}-${n % SKUS}`;
const receipt = (run: string, n: number) => {
  const sku = skuOf(run, n);
  const body = { sku, locationId: 'warehouse', quantity: 1, ref: `${run}-${n}` };
  return { name: 'ReceiveStock', body, id: `${run}-${n}`, key: `stock-${sku}~warehouse` };
};
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

/** The units on hand of each SKU of a run, and the units that were sent. */
const booked = async (run: string) => {
  await kontor.settled();
  const read = (n: number) => kontor.staff.read(`/v1/stock/${skuOf(run, n)}/warehouse`);
  const found = await Promise.all(range(SKUS).map(async (n) => (await read(n))['onHand']));
  return { found, sent: range(SKUS).map((n) => Math.ceil((COMMANDS - n) / SKUS)) };
};

it.each(['cold', 'warm', 'warmer'])('every command is carried out, at a rate that is printed (%s)', async (run) => {
  const began = performance.now();
  const answers = await Promise.all(range(COMMANDS).map((n) => sender.send(receipt(run, n))));
  const seconds = (performance.now() - began) / 1000;
  const rate = `${COMMANDS} accepted in ${seconds.toFixed(1)} s, ${Math.round(COMMANDS / seconds)}/s`;
  process.stdout.write(`commands by Kafka, ${run}: ${rate}, load ${loadavg()[0]?.toFixed(1)}\n`);
  expect(new Set(answers.map(({ status, repeated }) => `${status} ${String(repeated)}`))).toEqual(
    new Set(['200 false']),
  );
  const { found, sent } = await booked(run);
  expect(found).toEqual(sent);
});

it(`every command is carried out and answered once while the API is killed (SEED=${seed})`, async () => {
  const sending: Promise<CommandAnswer>[] = [];
  const poison = commandRecord(receipt('poison', 0), {
    brokers: [],
    channel: 'system',
    keyId: 'none',
    signingKey: Buffer.of(1),
  });
  let kills = 0;
  for (const n of range(COMMANDS)) {
    sending.push(sender.send(receipt('kill', n)));
    if (n % 100 === 0) await sender.sendRecord({ ...poison, key: receipt('kill', n).key });
    if (n % Math.floor(COMMANDS / 4) === Math.floor(COMMANDS / 8)) {
      await pause(random.between(0, 1_500));
      if (kontor.kill('api')) kills++;
    }
  }
  const answers = await Promise.all(sending);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { found, sent } = await booked('kill');
  expect(found).toEqual(sent);

  // The commands of a stream were carried out in the order in which they were sent.
  const revisions = Map.groupBy(range(COMMANDS), (n) => skuOf('kill', n));
  for (const ofOne of revisions.values()) {
    const found = ofOne.map((n) => Number(answers[n]?.['revision']));
    expect(found).toEqual(found.toSorted((one, other) => one - other));
  }

  // All answers to a command are the same, however often it was sent and begun.
  const read = await readRecords(kafka.brokers, [RESULTS_TOPIC]);
  // A reader that loses its position under load reads some records again.
  const results = [...new Map(read.map((record) => [`${record.partition}/${record.offset}`, record])).values()];
  const byCommand = Map.groupBy(
    results.filter(({ key }) => key.startsWith('kill-')),
    ({ key }) => key,
  );
  expect(byCommand.size).toBe(COMMANDS);
  for (const records of byCommand.values()) {
    const different = new Set(
      records.map(({ value }) => JSON.stringify({ ...JSON.parse(value), repeated: undefined })),
    );
    expect(different.size).toBe(1);
  }
  // Each record of the topic has one answer.
  expect(new Set(results.map(({ headers }) => headers['ce_id'])).size).toBe(results.length);
});
