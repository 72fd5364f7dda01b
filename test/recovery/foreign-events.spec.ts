/** What others do in the product's streams: it costs the stream that it is done to, it is told, and all else goes on. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { streamTypes } from '#registry';
import { foreignEvents, LOOK_OURS } from '#testing';
import { type Client, type Fields } from '../support/client.js';
import { feed, type FeedEvent, takeUntil } from '../support/feed.js';
import { appendForeign } from '../support/foreign-events.js';
import { Kontor } from '../support/kontor.js';
import { confirmed, place } from '../support/orders.js';
import { withPg } from '../support/data-scan.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

jest.setTimeout(240_000);

let kontor: Kontor;
let staff: Client;
let operator: EventStoreDBClient;

beforeAll(async () => {
  kontor = await Kontor.start();
  ({ staff } = kontor);
  await openShop(staff);
  operator = EventStoreDBClient.connectionString(kontor.runFile.eventStoreUrl);
});

afterAll(async () => {
  await operator.dispose();
  await kontor.stop();
});

interface Report {
  readonly findings: readonly {
    invariant: string;
    failed: number;
    violations: readonly { stream: string; sentence: string }[];
  }[];
}

/** The product's own tool. @returns what it prints as JSON, and its exit code */
const run = async (...args: string[]): Promise<{ code: number; printed: unknown }> => {
  const all = [resolve('dist/apps/cli/src/main.js'), ...args, '--json', '--data', kontor.dataDir];
  const ended = await promisify(execFile)(process.execPath, all, { maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  return { code: ended.code, printed: JSON.parse(ended.stdout) as unknown };
};

const accusedStreams = async () => {
  const { code, printed } = await run('verify');
  const failed = (printed as Report).findings.filter((finding) => finding.failed > 0);
  const accused = new Map(
    failed.flatMap(({ violations }) => violations.map((one) => [one.stream, one.sentence] as const)),
  );
  return { code, invariants: failed.map(({ invariant }) => invariant), accused };
};

const ready = async (): Promise<Fields> => staff.with(undefined).read('/health/ready');
const named = async () =>
  new Set(((await staff.read('/v1/status'))['parked'] as { stream: string }[]).map(({ stream }) => stream));

/** Orders placed one after the other until it is stopped. */
const trade = (sku: string) => {
  const end = new AbortController();
  const orders: string[] = [];
  const trading = (async () => {
    while (!end.signal.aborted) orders.push(await confirmed(staff, [aLine(sku)]));
  })();
  return {
    orders,
    stop: async () => {
      end.abort();
      await trading;
    },
  };
};

const typeIn = (events: object) => Object.keys(events)[0] ?? '';

it('events of every foreign shape, in streams of every category, new ones and those of goods on sale, under load', async () => {
  const sku = await stocked(staff, 10_000);
  const hit = await stocked(staff, 5);
  const trading = trade(sku);
  const struck: string[] = [];
  try {
    for (const { category, events } of streamTypes) {
      const shapes = Object.entries(foreignEvents(typeIn(events)));
      const all = shapes.map(([shape, event]) => [`${category}-${shape}`, event] as const);
      await appendForeign(kontor.runFile.eventStoreUrl, all);
      struck.push(...shapes.filter(([shape]) => !LOOK_OURS.has(shape)).map(([shape]) => `${category}-${shape}`));
    }
    const foreign = foreignEvents('StockReceived')['data-null'];
    if (foreign) await appendForeign(kontor.runFile.eventStoreUrl, [[`stock-${hit}~warehouse`, foreign]]);
    struck.push(`stock-${hit}~warehouse`);
    const count = trading.orders.length;
    await until(() => trading.orders.length > count + 5, { for: 'trade to go on' });
  } finally {
    await trading.stop();
  }
  await kontor.settled();
  const streams = await named();
  expect(struck.filter((stream) => !streams.has(stream))).toEqual([]);
  expect(await ready()).toMatchObject({ status: 'ready' });
  expect((await fetch(`${kontor.runFile.workerUrl}/health/ready`)).status).toBe(200);

  const refused = await place(staff, [aLine(hit)]);
  expect(refused.answer.status).not.toBe(500);
  const received = await staff.send('ReceiveStock', { sku: hit, locationId: 'warehouse', quantity: 1, ref: 'more' });
  expect(received).toMatchObject({
    status: 409,
    body: { code: 'stream-not-readable', stream: `stock-${hit}~warehouse`, revision: 1, eventType: 'StockReceived' },
  });
  const ordered = await staff.send(
    'PlaceOrder',
    { orderId: 'another-application', lines: [aLine(sku)] },
    { channel: 'web' },
  );
  expect(ordered).toMatchObject({ status: 409, body: { code: 'stream-not-readable', eventType: 'SomethingElse' } });

  const orderId = await confirmed(staff, [aLine(sku)]);
  const isLast = ({ type, data }: FeedEvent) => type === 'OrderConfirmed' && data['stream'] === `order-${orderId}`;
  const fed = await takeUntil(feed(staff, '/v1/feed?after=0'), isLast);
  expect(fed.filter(({ data }) => struck.includes(String(data['stream'])) && data['revision'] === 0)).toHaveLength(1);

  const { code, accused } = await accusedStreams();
  expect(code).toBe(2);
  expect(struck.filter((stream) => !accused.has(stream))).toEqual([]);
  expect(trading.orders.filter((orderId) => accused.has(`order-${orderId}`))).toEqual([]);
});

it('a restart of everything finds it ready again, and everything named', async () => {
  const before = await named();
  for (const part of ['api', 'worker'] as const) kontor.kill(part);
  await until(async () => (await kontor.staff.get('/health/ready')).status === 200, {
    for: 'the API',
    withinMs: 60_000,
  });
  await until(async () => (await fetch(`${kontor.runFile.workerUrl}/health/ready`)).ok, {
    for: 'the worker',
    withinMs: 60_000,
  });
  ({ staff } = kontor);
  await confirmed(staff, [aLine(await stocked(staff, 5))]);
  await kontor.settled();
  expect([...before].filter((stream) => stream.startsWith('order-'))).toEqual(
    [...(await named())].filter((stream) => stream.startsWith('order-')),
  );
});

it('what is tried again though the cause is there stays parked, and is said to be', async () => {
  const { code, printed } = await run('parked', 'retry', 'order-data-null');
  const still = { consumer: 'every process', stream: 'order-data-null', reason: expect.stringContaining('null') };
  expect(code).toBe(2);
  expect(printed).toMatchObject({ goesOn: [] });
  expect((printed as { still: unknown }).still).toContainEqual(expect.objectContaining(still));
});

it('a stream that the directories in memory have parked is listed, and an operator who tries it again is told what to do', async () => {
  const { printed } = await run('parked', 'list');
  const parked = { by: 'directory', consumer: 'network-directory', stream: 'location-data-null' };
  expect((printed as { parked: unknown }).parked).toContainEqual(expect.objectContaining(parked));
  const main = [resolve('dist/apps/cli/src/main.js'), 'parked', 'retry', parked.stream, '--data', kontor.dataDir];
  const said = await promisify(execFile)(process.execPath, main).catch((error: unknown) => error as { stdout: string });
  expect(said).toMatchObject({ code: 2, stdout: expect.stringContaining('restart the API, the worker') });
});

it('what is tried again once the cause is gone goes on, also what an older version has parked by a position alone', async () => {
  const sku = await stocked(staff, 50);
  const [older, newer] = [await confirmed(staff, [aLine(sku)]), await confirmed(staff, [aLine(sku)])];
  await kontor.settled();
  await withPg(kontor.runFile.databaseUrl, async (pg) => {
    const parked = `INSERT INTO system.process_parked (process, instance, position, stream, revision, error, at)
      SELECT 'checkout', order_id, min(position), $2, $3, 'it was broken', now() FROM read.order_timeline
      WHERE order_id = $1 GROUP BY order_id`;
    await pg.query(parked, [older, null, null]);
    await pg.query(parked, [newer, `order-${newer}`, 0]);
  });
  const { code, printed } = await run('parked', 'retry', older, newer);
  expect(printed).toMatchObject({ goesOn: [{ stream: older }, { stream: newer }], still: [] });
  expect(code).toBe(0);
  await confirmed(staff, [aLine(sku)]);
  await kontor.settled();
  expect(await staff.read(`/v1/stock/${sku}/warehouse`)).toMatchObject({ hardReserved: 3, softReserved: 0 });
});

const cutBy = async (stream: string, reason: RegExp) => {
  const isNamed = ({ notReadable }: Fields) =>
    (notReadable as { stream: string; reason: string }[]).some(
      (one) => one.stream === stream && reason.test(one.reason),
    );
  const cuts = async () => (await staff.read('/v1/status'))['cut'] as { stream: string; reason: string }[];
  await until(async () => (await cuts()).some((one) => one.stream === stream), { for: `${stream} to be named` });
  expect((await cuts()).find((one) => one.stream === stream)?.reason).toMatch(reason);
  return until(async () => isNamed(await ready()), { for: 'readiness to name it' });
};

it('a stream that an operator cuts is not decided on until it is whole again', async () => {
  const sku = await stocked(staff, 5);
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'more' });
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'most' });
  const stream = `stock-${sku}~warehouse`;
  await operator.setStreamMetadata(stream, { maxCount: 2 });
  expect(await cutBy(stream, /\$maxCount: 2/)).toBe(true);
  const refused = await staff.send('AdjustStock', {
    sku,
    locationId: 'warehouse',
    delta: -1,
    reason: 'damage',
    ref: 'broken',
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'stream-not-readable', stream } });
  expect((await place(staff, [aLine(sku)])).state).not.toBe('rejected');
  expect((await accusedStreams()).accused.get(stream)).toMatch(/\$maxCount/);

  await operator.setStreamMetadata(stream, {});
  const again = { sku, locationId: 'warehouse', quantity: 1, ref: 'again' };
  await until(async () => (await staff.send('ReceiveStock', again)).status === 200, { for: 'the stream to be whole' });
});

it.each([
  ['deleted', (stream: string) => operator.deleteStream(stream), /was deleted/],
  ['tombstoned', (stream: string) => operator.tombstoneStream(stream), /for good/],
])('an order whose stream was %s is not begun a second time, and refused at once', async (_, destroy, reason) => {
  const sku = await stocked(staff, 5);
  const orderId = await confirmed(staff, [aLine(sku)]);
  await kontor.settled();
  await destroy(`order-${orderId}`);
  expect(await cutBy(`order-${orderId}`, reason)).toBe(true);
  const began = performance.now();
  const again = await staff.send('PlaceOrder', { orderId, lines: [aLine(sku)] }, { channel: 'web', key: randomUUID() });
  expect(again).toMatchObject({
    status: 409,
    body: { code: 'stream-not-readable', reason: expect.stringMatching(reason) },
  });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect((await staff.read(`/v1/stock/${sku}/warehouse`))['hardReserved']).toBe(1);
});
