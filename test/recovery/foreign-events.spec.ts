/** Events and deletions by others in Kontor's streams: that stream is parked and reported, and everything else goes on. */
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

/** Runs the CLI. @returns its JSON output and its exit code */
const run = async (...args: string[]): Promise<{ code: number; printed: unknown }> => {
  const all = [resolve('dist/apps/cli/src/main.js'), ...args, '--json', '--data', kontor.dataDir];
  const ended = await promisify(execFile)(process.execPath, all, { maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  return { code: ended.code, printed: JSON.parse(ended.stdout) as unknown };
};

const streamsInViolations = async () => {
  const { code, printed } = await run('verify');
  const failed = (printed as Report).findings.filter((finding) => finding.failed > 0);
  const violating = new Map(
    failed.flatMap(({ violations }) => violations.map((one) => [one.stream, one.sentence] as const)),
  );
  return { code, invariants: failed.map(({ invariant }) => invariant), violating };
};

const ready = async (): Promise<Fields> => staff.with(undefined).read('/health/ready');
const parkedStreams = async () =>
  new Set(((await staff.read('/v1/status'))['parked'] as { stream: string }[]).map(({ stream }) => stream));

/** Places orders one after the other until it is stopped. */
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

it('foreign events of every shape in streams of every category park only those streams, while orders go on', async () => {
  const sku = await stocked(staff, 10_000);
  const foreignSku = await stocked(staff, 5);
  const trading = trade(sku);
  const damaged: string[] = [];
  try {
    for (const { category, events } of streamTypes) {
      const shapes = Object.entries(foreignEvents(typeIn(events)));
      const all = shapes.map(([shape, event]) => [`${category}-${shape}`, event] as const);
      await appendForeign(kontor.runFile.eventStoreUrl, all);
      damaged.push(...shapes.filter(([shape]) => !LOOK_OURS.has(shape)).map(([shape]) => `${category}-${shape}`));
    }
    const foreign = foreignEvents('StockReceived')['data-null'];
    if (foreign) await appendForeign(kontor.runFile.eventStoreUrl, [[`stock-${foreignSku}~warehouse`, foreign]]);
    damaged.push(`stock-${foreignSku}~warehouse`);
    const count = trading.orders.length;
    await until(() => trading.orders.length > count + 5, { for: 'trade to go on' });
  } finally {
    await trading.stop();
  }
  await kontor.settled();
  const streams = await parkedStreams();
  expect(damaged.filter((stream) => !streams.has(stream))).toEqual([]);
  expect(await ready()).toMatchObject({ status: 'ready' });
  expect((await fetch(`${kontor.runFile.workerUrl}/health/ready`)).status).toBe(200);

  const refused = await place(staff, [aLine(foreignSku)]);
  expect(refused.answer.status).not.toBe(500);
  const received = await staff.send('ReceiveStock', {
    sku: foreignSku,
    locationId: 'warehouse',
    quantity: 1,
    ref: 'more',
  });
  expect(received).toMatchObject({
    status: 409,
    body: {
      code: 'stream-not-readable',
      stream: `stock-${foreignSku}~warehouse`,
      revision: 1,
      eventType: 'StockReceived',
    },
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
  expect(fed.filter(({ data }) => damaged.includes(String(data['stream'])) && data['revision'] === 0)).toHaveLength(1);

  const { code, violating } = await streamsInViolations();
  expect(code).toBe(2);
  expect(damaged.filter((stream) => !violating.has(stream))).toEqual([]);
  expect(trading.orders.filter((orderId) => violating.has(`order-${orderId}`))).toEqual([]);
});

it('after a restart of API and worker, Kontor is ready and reports the same parked streams', async () => {
  const before = await parkedStreams();
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
    [...(await parkedStreams())].filter((stream) => stream.startsWith('order-')),
  );
});

it('a retry of a stream whose cause remains leaves it parked and says so', async () => {
  const { code, printed } = await run('parked', 'retry', 'order-data-null');
  const still = { consumer: 'every process', stream: 'order-data-null', reason: expect.stringContaining('null') };
  expect(code).toBe(2);
  expect(printed).toMatchObject({ goesOn: [] });
  expect((printed as { still: unknown }).still).toContainEqual(expect.objectContaining(still));
});

it('a stream that the in-memory directories have parked is listed, and its retry says what to restart', async () => {
  const { printed } = await run('parked', 'list');
  const parked = { by: 'directory', consumer: 'network-directory', stream: 'location-data-null' };
  expect((printed as { parked: unknown }).parked).toContainEqual(expect.objectContaining(parked));
  const main = [resolve('dist/apps/cli/src/main.js'), 'parked', 'retry', parked.stream, '--data', kontor.dataDir];
  const result = await promisify(execFile)(process.execPath, main).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(result).toMatchObject({ code: 2, stdout: expect.stringContaining('restart the API, the worker') });
});

it('a retry after the cause is removed resumes the stream, also one that an older version parked by position', async () => {
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

const untilReportedAsCut = async (stream: string, reason: RegExp) => {
  const isNamed = ({ notReadable }: Fields) =>
    (notReadable as { stream: string; reason: string }[]).some(
      (one) => one.stream === stream && reason.test(one.reason),
    );
  const cuts = async () => (await staff.read('/v1/status'))['cut'] as { stream: string; reason: string }[];
  await until(async () => (await cuts()).some((one) => one.stream === stream), {
    for: `${stream} to be reported as cut`,
  });
  expect((await cuts()).find((one) => one.stream === stream)?.reason).toMatch(reason);
  return until(async () => isNamed(await ready()), { for: 'readiness to report it' });
};

it('commands to a stream that an operator has truncated are refused until it is complete again', async () => {
  const sku = await stocked(staff, 5);
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'more' });
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'most' });
  const stream = `stock-${sku}~warehouse`;
  await operator.setStreamMetadata(stream, { maxCount: 2 });
  expect(await untilReportedAsCut(stream, /\$maxCount: 2/)).toBe(true);
  const refused = await staff.send('AdjustStock', {
    sku,
    locationId: 'warehouse',
    delta: -1,
    reason: 'damage',
    ref: 'broken',
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'stream-not-readable', stream } });
  expect((await place(staff, [aLine(sku)])).state).not.toBe('rejected');
  expect((await streamsInViolations()).violating.get(stream)).toMatch(/\$maxCount/);

  await operator.setStreamMetadata(stream, {});
  const again = { sku, locationId: 'warehouse', quantity: 1, ref: 'again' };
  await until(async () => (await staff.send('ReceiveStock', again)).status === 200, {
    for: 'the stream to be complete',
  });
});

it.each([
  ['deleted', (stream: string) => operator.deleteStream(stream), /was deleted/],
  ['tombstoned', (stream: string) => operator.tombstoneStream(stream), /permanently deleted/],
])('an order whose stream was %s cannot be placed again, and is refused at once', async (_, destroy, reason) => {
  const sku = await stocked(staff, 5);
  const orderId = await confirmed(staff, [aLine(sku)]);
  await kontor.settled();
  await destroy(`order-${orderId}`);
  expect(await untilReportedAsCut(`order-${orderId}`, reason)).toBe(true);
  const began = performance.now();
  const again = await staff.send('PlaceOrder', { orderId, lines: [aLine(sku)] }, { channel: 'web', key: randomUUID() });
  expect(again).toMatchObject({
    status: 409,
    body: { code: 'stream-not-readable', reason: expect.stringMatching(reason) },
  });
  expect(performance.now() - began).toBeLessThan(2_000);
  expect((await staff.read(`/v1/stock/${sku}/warehouse`))['hardReserved']).toBe(1);
});
