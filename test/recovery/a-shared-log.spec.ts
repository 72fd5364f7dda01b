/** Kontor in a log that it shares with others, and on an event store that drops its subscriptions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Accepted, Client } from '../support/client.js';
import { feed } from '../support/feed.js';
import { Kontor } from '../support/kontor.js';
import { type Logged, readLog } from '../support/read-log.js';
import { NOISES } from '../support/noise.js';
import { confirmed } from '../support/orders.js';
import { withPg } from '../support/data-scan.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { wrongsOf } from '../support/verify.js';
import { OrderBook } from './order-book.js';
import { unsettled } from './promises-kept.js';
import { digests, orderRows, stockRows } from './read-models.js';
import { StockBook } from './stock-book.js';

jest.setTimeout(180_000);

interface Behind {
  readonly consumers: readonly { readonly name: string; readonly lag: number }[];
}

/** Whatever a Kontor says while nothing is asked of it that it should not say then. */
const complaintsOf = async ({ staff, runFile }: Kontor): Promise<string[]> => {
  const { consumers } = (await staff.read('/v1/status')) as unknown as Behind;
  const late = consumers.filter(({ lag }) => lag > 0).map(({ name, lag }) => `${name} is ${lag} behind`);
  return [...late, ...(await troublesOf(runFile))];
};

const troublesOf = async ({ apiUrl, workerUrl }: Kontor['runFile']): Promise<string[]> => {
  const answers = await Promise.all([apiUrl, workerUrl].map((url) => new Client(url).get('/health/ready')));
  return answers.filter(({ status }) => status !== 200).map(({ body }) => JSON.stringify(body));
};

/** All that is said in a while, once each. */
const during = async (milliseconds: number, ask: () => Promise<readonly string[]>): Promise<string[]> => {
  const said = new Set<string>();
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    for (const one of await ask()) said.add(one);
    await pause(100);
  }
  return [...said];
};

/** What the sample comes to: of every SKU at every place, and of every order. */
const figuresOf = ({ runFile }: Kontor) =>
  withPg(runFile.databaseUrl, async (pg) => {
    const stock = (await stockRows(pg)).map(({ stream, ...row }) => [
      stream,
      row.onHand,
      row.unavailable,
      row.reserved,
    ]);
    const orders = (await orderRows(pg)).map(({ orderId, state }) => [orderId, state]);
    return [...stock, ...orders].map(String).toSorted();
  });

describe('in a log that others write into', () => {
  let folder: string;
  let kontor: Kontor;
  let alone: readonly string[];

  beforeAll(async () => {
    const other = await Kontor.start({ sample: true, disturbances: [] });
    alone = await figuresOf(other);
    await other.stop();
    folder = mkdtempSync(join(tmpdir(), 'kontor-shared-log-'));
    kontor = await startHere();
  });

  afterAll(() => kontor.stop());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const startHere = () => Kontor.start({ dataDir: folder, sample: true, disturbances: NOISES });

  it('the sample comes to the same figures as alone', async () => {
    expect(alone.length).toBeGreaterThan(100);
    expect(await figuresOf(kontor)).toEqual(alone);
  });

  it('is ready and has handled everything while nothing of its own happens', async () => {
    expect(await during(4_000, () => complaintsOf(kontor))).toEqual([]);
  });

  it('is as it was after a restart, and sells', async () => {
    const before = await digests(kontor);
    await kontor.stop();
    kontor = await startHere();
    expect(await during(2_000, () => complaintsOf(kontor))).toEqual([]);
    await expect(digests(kontor)).resolves.toEqual(before);
    await openShop(kontor.staff);
    await confirmed(kontor.staff, [aLine(await stocked(kontor.staff, 1))]);
    await expect(wrongsOf(kontor)).resolves.toEqual([]);
  });
});

describe('while all of its subscriptions are dropped once a second', () => {
  const BUYERS = 4;
  const SECONDS = 15;
  const UNITS = 10_000;
  const PILE = 2_000;
  let kontor: Kontor;
  let sku: string;
  let log: readonly Logged[];
  /** Order → what its buyer was told at first, and when the same was sent again. */
  const told = new Map<string, readonly Accepted[]>();
  let troubles: readonly string[];
  /** Orders that the feed has told to be confirmed, until it ended. */
  const heard: unknown[] = [];
  let feedEnded = false;

  const buy = async (staff: Client, end: number) => {
    while (performance.now() < end) {
      const order = anOrder([aLine(sku)]);
      const sending = { key: order.orderId, channel: 'web' };
      told.set(order.orderId, [
        await staff.done('PlaceOrder', order, sending),
        await staff.done('PlaceOrder', order, sending),
      ]);
    }
  };

  const listen = async (staff: Client, after: unknown) => {
    for await (const { type, data } of feed(staff, `/v1/feed?categories=order&after=${String(after)}`))
      if (type === 'OrderConfirmed') heard.push(data['stream']);
    feedEnded = true;
  };

  beforeAll(async () => {
    kontor = await Kontor.start({ disturbances: ['drops'] });
    const { staff } = kontor;
    await openShop(staff);
    sku = await stocked(staff, UNITS);
    await kontor.settled();
    void listen(staff, (await staff.read('/v1/status'))['head']).catch(() => (feedEnded = true));
    const end = performance.now() + SECONDS * 1_000;
    const watching = during(SECONDS * 1_000, () => troublesOf(kontor.runFile));
    await Promise.all(Array.from({ length: BUYERS }, () => buy(staff, end)));
    troubles = await watching;
    await kontor.settled();
    log = await readLog(kontor.runFile.eventStoreUrl);
  });

  afterAll(() => kontor.stop());

  it('answers every order, and a repeat as the first time', () => {
    expect(kontor.drops).toBeGreaterThanOrEqual(SECONDS);
    expect(told.size).toBeGreaterThan(2 * SECONDS);
    for (const [first, repeat] of told.values()) {
      expect(first).toMatchObject({ state: 'confirmed', repeated: false });
      expect(repeat).toEqual({ ...first, repeated: true });
    }
  });

  it('loses no order and makes none twice', async () => {
    const ofType = (type: string) => log.filter((one) => one.type === type).map(({ stream }) => stream);
    const orders = [...told.keys()].map((orderId) => `order-${orderId}`).toSorted();
    expect(ofType('OrderPlaced').toSorted()).toEqual(orders);
    expect(ofType('OrderConfirmed').toSorted()).toEqual(orders);
    expect(ofType('StockReserved')).toHaveLength(orders.length);
    const [stock, book] = [new StockBook(log), new OrderBook(log)];
    expect([...stock.faults, ...book.faults, ...unsettled(book, stock)]).toEqual([]);
    await expect(wrongsOf(kontor)).resolves.toEqual([]);
  });

  it('stays ready', () => {
    expect(troubles).toEqual([]);
  });

  it('tells of every order once in a feed that does not end', () => {
    expect(feedEnded).toBe(false);
    expect(heard.toSorted()).toEqual([...told.keys()].map((orderId) => `order-${orderId}`).toSorted());
  });

  it('works off what has piled up, though that takes longer than a second', async () => {
    const { staff } = kontor;
    const { worker } = kontor.pids();
    if (worker === undefined) throw new Error('There is no worker');
    const orders = Array.from({ length: PILE }, () => anOrder([aLine(sku)]));
    process.kill(worker, 'SIGSTOP');
    try {
      const lines = orders.map((data) => ({ command: 'PlaceOrder', id: data.orderId, channel: 'web', data }));
      const answers = await staff.batch(lines);
      expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    await kontor.settled(60_000);
    const { orders: found } = new OrderBook(await readLog(kontor.runFile.eventStoreUrl));
    const open = orders.filter(({ orderId }) => found.get(orderId)?.state !== 'confirmed');
    expect(open).toEqual([]);
  });
});
