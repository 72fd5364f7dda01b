import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Random } from '#kernel';
import { shuffled, type TillDay, tillDay } from '../simulators/partners/till-day.js';
import { TillSimulator } from '../simulators/partners/till.js';
import { Channels, hosting } from '../support/channels.js';
import { Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { readLog } from '../support/read-log.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { withPg } from '../support/data-scan.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';

jest.setTimeout(300_000);

const DAY = '2025-11-21';
const RECEIPTS = Number(process.env['KONTOR_TILL_RECEIPTS'] ?? 5_000);
/** After the upload, booking must finish within this fraction of the time of the upload. */
const MAX_LAG = 0.25;
/** Minor units: the most that a receipt can come to. */
const MOST = Number.MAX_SAFE_INTEGER;

let kontor: Kontor;
let staff: Client;
let channels: Channels;
let address: { readonly url: string; readonly key: string };
let first: TillSimulator;
let second: TillSimulator;
/** Talks to an adapter that does not wait for missing receipts. */
let stall: TillSimulator;

beforeAll(async () => {
  const location = 'store';
  const tills = [
    { id: 't1', location },
    { id: 't2', location },
    { id: 't3', location, keyId: '0123456789abcdef' },
    { id: 't4', location: 'nowhere' },
  ];
  kontor = await Kontor.start({
    env: hosting([
      { name: 'pos', kind: 'point-of-sale', channel: 'till', currency: 'GBP', tills },
      { name: 'stall', kind: 'point-of-sale', channel: 'till', currency: 'GBP', tills, waitHours: 0 },
    ]),
  });
  staff = kontor.staff;
  channels = new Channels(kontor);
  await openShop(staff);
  const answer = await staff.post('/v1/keys', {
    ...{ channel: 'till', name: 'tills', scopes: ['orders:record', 'orders:read', 'stock:read'] },
  });
  const { secret: key } = answer.body as { secret: string };
  const { channelsUrl = '' } = kontor.runFile;
  address = { url: `${channelsUrl}/v1/pos`, key };
  stall = new TillSimulator({ url: `${channelsUrl}/v1/stall`, key, till: 't1' });
  [first, second] = [new TillSimulator({ ...address, till: 't1' }), new TillSimulator({ ...address, till: 't2' })];
});

afterAll(() => kontor.stop(), 60_000);

const MORNING = '2025-11-01T09:00:00.000Z';

const receipt = (number: string, lines: readonly object[], more: object = {}) => ({
  ...{ kind: 'receipt', number, at: MORNING, lines: lines.map((line, index) => ({ line: index + 1, ...line })) },
  ...more,
});

const onHand = async (sku: string) => ((await staff.read(`/v1/stock/${sku}/store`)) as { onHand: number }).onHand;

const resultsOf = ({ lines }: { lines: readonly Fields[] }) => lines.map(({ line, result }) => [line, result]);

describe('an uploaded day', () => {
  it('is handled line by line: broken lines are reported and do not stop the others', async () => {
    const sku = await stocked(staff, 5, 'store');
    const answer = await first.upload('2025-11-01', [
      receipt('1', [{ sku, quantity: 2, price: 850 }], { total: 1700 }),
      '{"kind":"receipt",',
      receipt('2', [{ sku, quantity: 1, price: 850 }], { total: 999 }),
      receipt('3', [{ sku: '~', quantity: 1, price: 850 }]),
      receipt('4', [{ sku, quantity: 1, price: 850 }]),
    ]);
    expect(resultsOf(answer).toSorted()).toEqual([
      [1, 'recorded'],
      [2, 'refused'],
      [3, 'refused'],
      [4, 'refused'],
      [5, 'recorded'],
    ]);
    expect(answer.summary).toEqual({ lines: 5, recorded: 2, repeated: 0, waiting: 0, refused: 3, unanswered: 0 });
    await channels.settled();
    await expect(onHand(sku)).resolves.toBe(2);
    await expect(first.report('2025-11-01')).resolves.toMatchObject({
      ...{ receipts: 2, sold: 3, revenue: 2550, stock: { moving: 3, moved: 3 }, shortfalls: [] },
      problems: [
        { number: '2', code: 'malformed', detail: 'total: the lines add up to 850' },
        { number: '3', code: 'validation-failed' },
      ],
    });

    await first.upload('2025-11-01', [receipt('2', [{ sku, quantity: 1, price: 850 }], { total: 850 })]);
    await expect(first.report('2025-11-01')).resolves.toMatchObject({ receipts: 3, problems: [{ number: '3' }] });
  });

  it('adds up to the unit beyond 2^53, in the report, of the customer, and in the trade figures', async () => {
    const sku = await stocked(staff, 5, 'store');
    const sale = (number: string, price: number) =>
      receipt(number, [{ sku, quantity: 1, price }], { customerId: 'c-large' });
    await first.upload('2025-11-03', [sale('large-1', MOST), sale('large-2', MOST - 1)]);
    await channels.settled();
    const text = async (client: Client, path: string) => (await client.open(path)).text();
    const pos = new Client(address.url, address.key);
    expect(await text(pos, '/days/t1/2025-11-03')).toContain('"revenue":18014398509481981,');
    expect(await text(staff, '/v1/customers/c-large')).toContain('"value":{"GBP":18014398509481981}');
    const sql = `SELECT (SELECT sum(amount) FROM bi.trade_line WHERE buyer_id = 'c-large')::text AS lines,
      (SELECT sum(total) FROM bi.order WHERE buyer_id = 'c-large')::text AS orders,
      (SELECT value ->> 'GBP' FROM bi.customer_360 WHERE customer_id = 'c-large') AS value`;
    const { rows } = await withPg(kontor.runFile.databaseBiUrl, (pg) => pg.query(sql));
    expect(rows).toEqual([{ lines: '180143985094819.81', orders: '180143985094819.81', value: '18014398509481981' }]);
    const tooMuch = receipt('large-3', [{ sku, quantity: 2, price: MOST }]);
    expect(await first.upload('2025-11-03', [tooMuch])).toMatchObject({
      lines: [{ result: 'refused', problem: { detail: `total: the amount is beyond ${MOST}` } }],
    });
  });

  it('changes nothing when it is repeated, and a receipt number that is used twice is refused', async () => {
    const sku = await stocked(staff, 5, 'store');
    const lines = [receipt('n-1', [{ sku, quantity: 1, price: 850 }])];
    await first.upload('2025-11-02', lines);
    await expect(first.upload('2025-11-02', lines)).resolves.toMatchObject({ summary: { repeated: 1 } });
    await withPg(kontor.runFile.databaseUrl, (pg) => pg.query(`DELETE FROM channels.till_line WHERE number = 'n-1'`));
    await expect(first.upload('2025-11-02', lines)).resolves.toMatchObject({ summary: { repeated: 1 } });
    const written = `{ "lines": [{"price": 850, "quantity": 1, "sku": "${sku}", "line": "1"}], "at": "${MORNING}", "number": "n-1", "kind": "receipt" }`;
    await expect(first.upload('2025-11-02', [written])).resolves.toMatchObject({ summary: { repeated: 1 } });
    const asBefore = `UPDATE channels.till_line SET digest = 'of its text' WHERE number = 'n-1'`;
    await withPg(kontor.runFile.databaseUrl, (pg) => pg.query(asBefore));
    await expect(first.upload('2025-11-02', [written])).resolves.toMatchObject({ summary: { repeated: 1 } });
    await expect(first.report('2025-11-02')).resolves.toMatchObject({ receipts: 1, revenue: 850, problems: [] });
    await expect(
      first.upload('2025-11-02', [receipt('n-1', [{ sku, quantity: 3, price: 850 }])]),
    ).resolves.toMatchObject({ lines: [{ result: 'refused', problem: { code: 'receipt-number-reused' } }] });
    await channels.settled();
    await expect(onHand(sku)).resolves.toBe(4);
  });

  it('reports the shortfalls that its sales caused, and keeps the time of the till', async () => {
    const sku = await stocked(staff, 2, 'store');
    const order = anOrder([aLine(sku, 2, { method: 'pickup', locationId: 'store' })]);
    await expect(staff.send('PlaceOrder', order, { channel: 'web', wait: 20 })).resolves.toMatchObject({
      body: { state: 'confirmed' },
    });
    await second.upload('2025-11-03', [receipt('s-1', [{ sku, quantity: 1, price: 850 }])]);
    await channels.settled();
    await expect(second.report('2025-11-03')).resolves.toMatchObject({
      shortfalls: [{ sku, locationId: 'store', short: 1, number: 's-1' }],
    });
    await expect(staff.read('/v1/orders/pos:t2:s-1')).resolves.toMatchObject({ channel: 'till', placedAt: MORNING });
  });

  it('with a stock count sets the stock as of the time of the count', async () => {
    const sku = await stocked(staff, 9, 'store');
    const count = { kind: 'count', number: 'c-1', at: new Date().toISOString(), lines: [{ line: 1, sku, counted: 7 }] };
    await expect(first.upload('2025-11-04', [count])).resolves.toMatchObject({ summary: { recorded: 1 } });
    await expect(first.upload('2025-11-04', [count])).resolves.toMatchObject({ summary: { repeated: 1 } });
    await channels.settled();
    await expect(onHand(sku)).resolves.toBe(7);
  });
});

describe('goods that were sold on a receipt', () => {
  it('can be returned to another till, which looks the receipt up', async () => {
    const sku = await stocked(staff, 5, 'store');
    await first.upload('2025-11-05', [receipt('r-1', [{ sku, quantity: 2, price: 850 }])]);
    await expect(second.receipt('t1', 'r-1')).resolves.toMatchObject({
      status: 200,
      body: { total: 1700, lines: [{ line: '1', sku, price: 850, quantity: 2, returnable: 2 }] },
    });
    const back = { sku, quantity: -1, price: 850, of: { till: 't1', number: 'r-1', line: 1 } };
    await second.upload('2025-11-05', [receipt('r-2', [back, { sku, quantity: 1, price: 850 }], { total: 0 })]);
    await channels.settled();
    await expect(second.receipt('t1', 'r-1')).resolves.toMatchObject({ body: { lines: [{ returnable: 1 }] } });
    await expect(onHand(sku)).resolves.toBe(3);
    await expect(second.receipt('t1', 'r-9')).resolves.toMatchObject({ status: 404 });
  });

  it('cannot be returned until the receipt has been uploaded', async () => {
    const sku = await stocked(staff, 5, 'store');
    const back = { sku, quantity: -1, price: 850, condition: 'damaged', of: { till: 't1', number: 'w-1', line: 1 } };
    await expect(second.upload('2025-11-06', [receipt('w-2', [back])])).resolves.toMatchObject({
      lines: [{ result: 'waiting' }],
    });
    await expect(second.report('2025-11-06')).resolves.toMatchObject({ problems: [{ code: 'receipt-unknown' }] });
    await first.upload('2025-11-06', [receipt('w-1', [{ sku, quantity: 2, price: 850 }])]);
    await expect(second.report('2025-11-06')).resolves.toMatchObject({ returned: 1, revenue: -850, problems: [] });
    await channels.settled();
    await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ onHand: 4, unavailable: 1 });
    await expect(staff.read('/v1/orders/pos:t1:w-1')).resolves.toMatchObject({ unitsReturned: 1 });
  });

  it('are booked without the receipt when the waiting time is over', async () => {
    const sku = await stocked(staff, 5, 'store');
    const back = { sku, quantity: -1, price: 850, of: { till: 't1', number: 'lost', line: 1 } };
    await expect(stall.upload('2025-11-06', [receipt('l-1', [back])])).resolves.toMatchObject({
      lines: [{ result: 'recorded' }],
    });
    await channels.settled();
    await expect(onHand(sku)).resolves.toBe(6);
  });

  it('go back to stock, and the revenue is undone, when the receipt is voided', async () => {
    const sku = await stocked(staff, 5, 'store');
    const lines = [{ line: 1, sku, quantity: 2, price: 850 }];
    await first.upload('2025-11-07', [
      { kind: 'void', number: 'v-2', at: MORNING, voids: 'v-1', lines, discount: 100, total: 1600 },
      receipt('v-1', lines, { discount: 100, total: 1600 }),
    ]);
    await expect(first.report('2025-11-07')).resolves.toMatchObject({
      receipts: 1,
      voids: 1,
      revenue: 0,
      problems: [],
    });
    await channels.settled();
    await expect(onHand(sku)).resolves.toBe(5);
    await expect(staff.read('/v1/orders/pos:t1:v-1')).resolves.toMatchObject({ unitsReturned: 2 });
  });
});

it('a till reads its whole stock once, and then only changes', async () => {
  const [here, there] = [await stocked(staff, 3, 'store'), await stocked(staff, 7, 'warehouse')];
  await channels.settled();
  await first.pullStock();
  expect(first.stock.get(here)).toEqual({ here: 3, everywhere: 3 });
  expect(first.stock.get(there)).toEqual({ here: 0, everywhere: 7 });
  await expect(first.pullStock()).resolves.toBe(0);

  await first.upload('2025-11-08', [receipt('d-1', [{ sku: here, quantity: 3, price: 850 }])]);
  await channels.settled();
  await expect(first.pullStock()).resolves.toBe(1);
  expect(first.stock.get(here)).toEqual({ here: 0, everywhere: 0 });
});

it('an upload that a crash has cut off can be repeated, and records nothing twice', async () => {
  const sku = await stocked(staff, 1_000, 'store');
  const lines = Array.from({ length: 900 }, (_, index) => receipt(`k-${index}`, [{ sku, quantity: 1, price: 850 }]));
  const interrupted = first.upload('2025-11-09', lines).catch(String);
  await until(async () => (await onHand(sku)) < 1_000, { for: 'the first goods to leave' });
  expect(kontor.kill('channels')).toBe(true);
  await expect(
    interrupted.then((answer) => (typeof answer === 'string' ? undefined : answer.summary)),
  ).resolves.toBeUndefined();
  await until(async () => (await first.upload('2025-11-09', lines)).summary?.['unanswered'] === 0, {
    ...{ for: 'the upload to be answered', withinMs: 30_000, everyMs: 500 },
  });
  await channels.settled();
  await expect(onHand(sku)).resolves.toBe(100);
  await expect(first.report('2025-11-09')).resolves.toMatchObject({
    receipts: 900,
    stock: { moving: 900, moved: 900 },
  });
});

it('a till is refused with the key of another till, an unknown key or an unknown id', async () => {
  const asThree = new TillSimulator({ ...address, till: 't3' });
  await expect(asThree.upload('2025-11-10', [])).resolves.toMatchObject({ status: 403 });
  const stranger = new TillSimulator({ ...address, key: 'kontor_live_x', till: 't1' });
  await expect(stranger.upload('2025-11-10', [])).resolves.toMatchObject({ status: 401 });
  const unknown = new TillSimulator({ ...address, till: 't9' });
  await expect(unknown.upload('2025-11-10', [])).resolves.toMatchObject({ status: 404 });
});

it('a till without a registered location is refused', async () => {
  const lost = new TillSimulator({ ...address, till: 't4' });
  await expect(lost.upload('2025-11-10', [])).resolves.toMatchObject({ status: 409 });
});

describe(`the offline days of two tills with ${RECEIPTS} receipts each`, () => {
  const UNITS = Math.round(RECEIPTS / 12);
  const skus: string[] = [];
  const days: TillDay[] = [];
  const random = new Random(7);

  /** The lines of a day in ten parts, out of order, each of them twice. */
  const partsOf = ({ lines }: TillDay) => {
    const all = shuffled(lines, random);
    const parts = Array.from({ length: 10 }, (_, part) => all.filter((_line, index) => index % 10 === part));
    return [...parts, ...shuffled(parts, random)];
  };

  const skuOf = (stream: string) => /^stock-(.+)~store$/.exec(stream)?.[1] ?? stream;

  it('lead to exact stock and revenue although they come in parts, out of order, twice and at once', async () => {
    for (let count = 0; count < 100; count++) skus.push(await stocked(staff, UNITS, 'store'));
    const goods = skus.map((sku, index) => ({ sku, price: 199 + 50 * index }));
    for (const [index, till] of ['t1', 't2'].entries())
      days.push(tillDay({ seed: 40 + index, till, day: DAY, receipts: RECEIPTS, goods }));
    const started = performance.now();
    const uploads = [first, second].map(async (till, index) => {
      for (const part of partsOf(days[index] as TillDay)) {
        const { status, summary } = await till.upload(DAY, part);
        expect([status, summary?.['refused'], summary?.['unanswered']]).toEqual([200, 0, 0]);
      }
    });
    await Promise.all(uploads);
    const uploaded = (performance.now() - started) / 1_000;

    const reports = await until(
      async () => {
        const both = await Promise.all([first, second].map((till) => till.report(DAY)));
        const isBooked = ({ stock }: Fields) =>
          (({ moving, moved }) => moving === moved)(stock as Record<string, number>);
        return both.every(isBooked) && both;
      },
      { for: 'the goods of both days to be booked', withinMs: 200_000, everyMs: 500 },
    );
    const seconds = (performance.now() - started) / 1_000;
    console.log(`uploaded in ${uploaded.toFixed(1)} s, booked in ${seconds.toFixed(1)} s`);

    days.forEach(({ revenue, sold, returned, lines }, index) =>
      expect(reports[index]).toMatchObject({
        revenue,
        sold,
        returned,
        problems: [],
        lines: { recorded: lines.length },
      }),
    );
    expect(seconds - uploaded).toBeLessThan(uploaded * MAX_LAG);
  });

  it('leave the right stock of each SKU, and report each SKU that fell below zero', async () => {
    await channels.settled();
    const expected = new Map(
      skus.map((sku) => [sku, days.reduce((all, { stockChange }) => all + (stockChange.get(sku) ?? 0), UNITS)]),
    );
    const found = await Promise.all(skus.map(async (sku): Promise<[string, number]> => [sku, await onHand(sku)]));
    expect(new Map(found)).toEqual(expected);

    const short = await Promise.all(
      [first, second].map(async (till) => (await till.report(DAY))['shortfalls'] as { sku: string }[]),
    );
    const named = short.flat().map(({ sku }) => sku);
    for (const [sku, units] of expected) if (units < 0) expect(named).toContain(sku);
    const log = await readLog(kontor.runFile.eventStoreUrl);
    const recorded = log.filter(({ type }) => type === 'StockShortfallDetected').map(({ stream }) => skuOf(stream));
    expect(named.toSorted()).toEqual(recorded.filter((sku) => skus.includes(sku)).toSorted());
    expect(named.length).toBeGreaterThan(0);
  });

  it('have the same revenue in the trade figures', async () => {
    const { databaseBiUrl } = kontor.runFile;
    const sql = `SELECT round(sum(amount), 2)::float8 AS net FROM bi.trade_line
      WHERE channel = 'till' AND occurred_at >= '${DAY}' AND occurred_at < '2025-11-22'`;
    const { rows } = await withPg(databaseBiUrl, (pg) => pg.query<{ net: number }>(sql));
    expect(rows[0]?.net).toBeCloseTo(days.reduce((all, { revenue }) => all + revenue, 0) / 100, 2);
  });

  it('break no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
});
