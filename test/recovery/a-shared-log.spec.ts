/** Kontor with a log that it shares with others, and with an event store that drops its subscriptions. */
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
import { findFaults } from '../support/verify.js';
import { OrderModel } from './order-model.js';
import { findUnsettledOrders } from './log-checks.js';
import { digests, orderRows, stockRows } from './read-models.js';
import { StockModel } from './stock-model.js';

jest.setTimeout(180_000);

interface Status {
  readonly consumers: readonly { readonly name: string; readonly lag: number }[];
}

/** Consumers that lag behind and processes that are not ready. */
const complaintsOf = async ({ staff, runFile }: Kontor): Promise<string[]> => {
  const { consumers } = (await staff.read('/v1/status')) as unknown as Status;
  const late = consumers.filter(({ lag }) => lag > 0).map(({ name, lag }) => `${name} is ${lag} behind`);
  return [...late, ...(await troublesOf(runFile))];
};

const troublesOf = async ({ apiUrl, workerUrl }: Kontor['runFile']): Promise<string[]> => {
  const answers = await Promise.all([apiUrl, workerUrl].map((url) => new Client(url).get('/health/ready')));
  return answers.filter(({ status }) => status !== 200).map(({ body }) => JSON.stringify(body));
};

/** Polls for a time. @returns all distinct results */
const during = async (milliseconds: number, ask: () => Promise<readonly string[]>): Promise<string[]> => {
  const seen = new Set<string>();
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    for (const one of await ask()) seen.add(one);
    await pause(100);
  }
  return [...seen];
};

/** The stock of every SKU at every location, and the state of every order. */
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

  it('the sample has the same figures as in a log of its own', async () => {
    expect(alone.length).toBeGreaterThan(100);
    expect(await figuresOf(kontor)).toEqual(alone);
  });

  it('it stays ready and without lag while only others write', async () => {
    expect(await during(4_000, () => complaintsOf(kontor))).toEqual([]);
  });

  it('it has the same read models after a restart, and confirms orders', async () => {
    const before = await digests(kontor);
    await kontor.stop();
    kontor = await startHere();
    expect(await during(2_000, () => complaintsOf(kontor))).toEqual([]);
    await expect(digests(kontor)).resolves.toEqual(before);
    await openShop(kontor.staff);
    await confirmed(kontor.staff, [aLine(await stocked(kontor.staff, 1))]);
    await expect(findFaults(kontor)).resolves.toEqual([]);
  });
});

describe('while all of its subscriptions are dropped once a second', () => {
  const BUYERS = 4;
  const SECONDS = 15;
  const UNITS = 10_000;
  const BACKLOG = 2_000;
  let kontor: Kontor;
  let sku: string;
  let log: readonly Logged[];
  /** Order → the first answer, and the answer to the repeat. */
  const answers = new Map<string, readonly Accepted[]>();
  let troubles: readonly string[];
  /** Streams of the orders that the feed reported as confirmed. */
  const fed: unknown[] = [];
  let feedEnded = false;

  const buy = async (staff: Client, end: number) => {
    while (performance.now() < end) {
      const order = anOrder([aLine(sku)]);
      const sending = { key: order.orderId, channel: 'web' };
      answers.set(order.orderId, [
        await staff.done('PlaceOrder', order, sending),
        await staff.done('PlaceOrder', order, sending),
      ]);
    }
  };

  const listen = async (staff: Client, after: unknown) => {
    for await (const { type, data } of feed(staff, `/v1/feed?categories=order&after=${String(after)}`))
      if (type === 'OrderConfirmed') fed.push(data['stream']);
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

  it('it confirms every order, and gives a repeat the same answer', () => {
    expect(kontor.drops).toBeGreaterThanOrEqual(SECONDS);
    expect(answers.size).toBeGreaterThan(2 * SECONDS);
    for (const [first, repeat] of answers.values()) {
      expect(first).toMatchObject({ state: 'confirmed', repeated: false });
      expect(repeat).toEqual({ ...first, repeated: true });
    }
  });

  it('it records each order once', async () => {
    const ofType = (type: string) => log.filter((one) => one.type === type).map(({ stream }) => stream);
    const orders = [...answers.keys()].map((orderId) => `order-${orderId}`).toSorted();
    expect(ofType('OrderPlaced').toSorted()).toEqual(orders);
    expect(ofType('OrderConfirmed').toSorted()).toEqual(orders);
    expect(ofType('StockReserved')).toHaveLength(orders.length);
    const [stock, orderModel] = [new StockModel(log), new OrderModel(log)];
    expect([...stock.faults, ...orderModel.faults, ...findUnsettledOrders(orderModel, stock)]).toEqual([]);
    await expect(findFaults(kontor)).resolves.toEqual([]);
  });

  it('it stays ready', () => {
    expect(troubles).toEqual([]);
  });

  it('the feed delivers each order once and does not end', () => {
    expect(feedEnded).toBe(false);
    expect(fed.toSorted()).toEqual([...answers.keys()].map((orderId) => `order-${orderId}`).toSorted());
  });

  it('it handles a backlog that takes longer than a second', async () => {
    const { staff } = kontor;
    const { worker } = kontor.pids();
    if (worker === undefined) throw new Error('There is no worker');
    const orders = Array.from({ length: BACKLOG }, () => anOrder([aLine(sku)]));
    process.kill(worker, 'SIGSTOP');
    try {
      const lines = orders.map((data) => ({ command: 'PlaceOrder', id: data.orderId, channel: 'web', data }));
      const accepted = await staff.batch(lines);
      expect(accepted.filter(({ status }) => status >= 300)).toEqual([]);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    await kontor.settled(60_000);
    const { orders: found } = new OrderModel(await readLog(kontor.runFile.eventStoreUrl));
    const unconfirmed = orders.filter(({ orderId }) => found.get(orderId)?.state !== 'confirmed');
    expect(unconfirmed).toEqual([]);
  });
});
