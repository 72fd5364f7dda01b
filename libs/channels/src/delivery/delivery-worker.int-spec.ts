import { asPosition } from '#event-store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Random } from '#kernel';
import { startTestDatabase, type TestDatabase } from '#testing';
import { type Clock } from '../clock.js';
import { webhookSender } from '../webshop/webhook-sender.js';
import { endpointSettingsOf } from '../webshop/settings.js';
import { WebShopSimulator } from '../../../../test/simulators/partners/web-shop.js';
import { DeliveryWorker, type DeliveryWorkerOptions } from './delivery-worker.js';
import { addMessages, Outbox } from './outbox.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const START = Date.parse('2026-03-01T08:00:00Z');
const HOUR = 3_600_000;
const TO = { adapter: 'shop', endpoint: 'main' };

let database: TestDatabase;
let shop: WebShopSimulator;
let url: string;
let now: number;
let outbox: Outbox;
let stop: AbortController;
let workers: Promise<void>[];
/** Actions that happen at a time of the clock. */
let plans: { readonly at: number; readonly act: () => unknown }[];

/** A clock that moves only while code sleeps and while the shop has no open request. */
const clock: Clock = {
  now: () => now,
  sleep: async (ms, signal) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    while (shop.openRequests > 0 && shop.mode !== 'hanging' && !signal.aborted) await new Promise(setImmediate);
    now += Math.ceil(ms);
    for (const plan of plans.filter(({ at }) => at <= now)) {
      plans.splice(plans.indexOf(plan), 1);
      await plan.act();
    }
  },
};

beforeAll(async () => {
  database = await startTestDatabase();
  outbox = new Outbox(database.owner);
});
afterAll(() => database.stop());

beforeEach(async () => {
  [now, stop, workers, plans] = [START, new AbortController(), [], []];
  await database.owner.query('TRUNCATE channels.delivery, channels.endpoint');
  await outbox.register([TO], now);
  shop = new WebShopSimulator(SECRET, clock);
  url = await shop.start();
});
afterEach(async () => {
  stop.abort();
  await Promise.all(workers);
  await shop.stop();
});

const start = (more: Partial<DeliveryWorkerOptions> = {}) => {
  const [endpoint] = endpointSettingsOf('shop', { endpoints: [{ id: 'main', url, secret: SECRET }] });
  if (!endpoint) throw new Error('no endpoint');
  const random = new Random(7);
  const options: DeliveryWorkerOptions = {
    db: database.owner,
    endpoint: TO,
    send: webhookSender(endpoint, clock),
    concurrency: 8,
    perSecond: 20,
    maxAttempts: 4,
    disableAfterMs: 5 * 24 * HOUR,
    clock,
    random: () => random.next(),
    ...more,
  };
  workers.push(new DeliveryWorker(options).run(stop.signal));
};

/** `count` messages of every order, first those of revision 0. */
const add = (orders: number, count: number, from = 0) =>
  addMessages(
    database.owner.manager,
    Array.from({ length: orders * count }, (_, index) => {
      const [subject, revision] = [`order-${index % orders}`, from + Math.floor(index / orders)];
      const body = { type: 'com.kontor.order.placed.v1', subject, revision, data: {} };
      return {
        ...TO,
        messageId: `${subject}@${revision}`,
        key: subject,
        type: body.type,
        body,
        position: asPosition(index),
      };
    }),
    now,
  );

const status = async () => (await outbox.endpoints())[0];

const until = async (condition: () => boolean | Promise<boolean>) => {
  const end = performance.now() + 100_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited for ${String(condition)}; ${JSON.stringify(await status())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const nothingPending = () => until(async () => (await status())?.pending === 0);

/** The highest number of requests within a second. */
const peakOf = (requests: readonly number[]) =>
  Math.max(0, ...requests.map((at) => requests.filter((other) => other >= at && other < at + 1_000).length));

describe('an endpoint that does not answer for an hour', () => {
  it('gets everything afterwards, in order, and slowly at first', async () => {
    await shop.stop();
    plans.push({ at: START + HOUR, act: () => shop.start() });
    let tries = 0;
    await add(60, 5);
    const [endpoint] = endpointSettingsOf('shop', { endpoints: [{ id: 'main', url, secret: SECRET }] });
    if (!endpoint) throw new Error('no endpoint');
    const send = webhookSender(endpoint, clock);
    start({
      send: (delivery, signal) => {
        tries++;
        return send(delivery, signal);
      },
    });
    plans.push({ at: START + HOUR / 2, act: () => add(60, 3, 5) });
    await until(() => now >= START + HOUR);
    const failedTries = tries;
    await nothingPending();

    expect(shop.webhooks).toHaveLength(60 * 8);
    expect(shop.violations).toEqual([]);
    expect(await status()).toMatchObject({ dead: 0, failingSince: null, lastError: null });
    expect(failedTries).toBeLessThan(250);
    const back = shop.requests[0] ?? 0;
    const within = (ms: number) => shop.requests.filter((at) => at < back + ms).length;
    expect(within(5_000)).toBeLessThanOrEqual(2 * 5 + 2);
    expect(within(10_000)).toBeLessThanOrEqual(2 * 5 + 4 * 5 + 4);
    expect(peakOf(shop.requests)).toBeLessThanOrEqual(2 * 20);
    const seconds = ((shop.requests.at(-1) ?? 0) - back) / 1_000;
    expect(shop.requests.length / seconds).toBeLessThanOrEqual(20);
  });
});

describe('an endpoint', () => {
  it('that refuses a message blocks its key only, until the message is a dead letter', async () => {
    shop.refusedSubjects.add('order-0');
    await add(3, 2);
    start();
    await nothingPending();
    expect(shop.webhooks.map(({ subject, sequence }) => `${subject}@${sequence}`).toSorted()).toEqual([
      'order-1@0',
      'order-1@1',
      'order-2@0',
      'order-2@1',
    ]);
    const dead = await outbox.deliveries(TO, 'dead', 10);
    expect(dead.map(({ messageId, attempts, lastError }) => ({ messageId, attempts, lastError }))).toEqual([
      { messageId: 'order-0@1', attempts: 4, lastError: 'answered 422' },
      { messageId: 'order-0@0', attempts: 4, lastError: 'answered 422' },
    ]);
  });

  it('gets a range of messages again by a replay, under the same ids and in the same order', async () => {
    await add(2, 3);
    start();
    await nothingPending();
    expect(await outbox.replay(TO, { from: asPosition(2), to: asPosition(5) }, now)).toBe(4);
    await nothingPending();
    expect(shop.duplicates).toBe(4);
    expect(shop.webhooks).toHaveLength(6);
  });

  it('that has not answered for too long is disabled, and continues where it was once it is enabled', async () => {
    shop.mode = 'unavailable';
    await add(5, 1);
    start({ disableAfterMs: HOUR });
    await until(async () => (await status())?.disabledAt !== null);
    expect(now).toBeGreaterThanOrEqual(START + HOUR);
    expect(await status()).toMatchObject({ pending: 5, dead: 0, lastError: 'answered 503' });
    const tries = shop.requests.length;
    shop.mode = 'normal';
    const then = now;
    await until(() => now > then + HOUR / 60);
    expect(shop.requests).toHaveLength(tries);
    await outbox.enable(TO);
    await nothingPending();
    expect(shop.webhooks).toHaveLength(5);
  });

  it('that wants no more messages is disabled at once', async () => {
    await add(1, 1);
    start({ send: () => Promise.resolve({ outcome: 'gone', error: 'answered 410' }) });
    await until(async () => (await status())?.disabledAt !== null);
    expect(await status()).toMatchObject({ pending: 1, lastError: 'answered 410' });
  });

  it('gets every message once and in order from two workers', async () => {
    await add(10, 10);
    start();
    start();
    await nothingPending();
    expect(shop.webhooks).toHaveLength(100);
    expect(shop.violations).toEqual([]);
    expect(shop.duplicates).toBe(0);
  });

  it('has what it got within thirty days kept for a replay', async () => {
    await add(2, 1);
    await database.owner.query(
      `UPDATE channels.delivery SET state = 'delivered', delivered_at = $1 WHERE message_id = 'order-0@0'`,
      [new Date(now - 31 * 24 * HOUR)],
    );
    start();
    await nothingPending();
    expect((await outbox.deliveries(TO, 'delivered', 10)).map(({ messageId }) => messageId)).toEqual(['order-1@0']);
  });

  it('gets what a killed worker was sending', async () => {
    await add(1, 2);
    await database.owner.query(`UPDATE channels.delivery SET next_at = $1 WHERE message_id = 'order-0@0'`, [
      new Date(now + 10_000),
    ]);
    start();
    await nothingPending();
    expect(shop.webhooks.map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(shop.requests[0]).toBeGreaterThanOrEqual(START + 10_000);
  });

  it('gets no message again while a worker waits for the answer, however long that takes', async () => {
    await add(1, 2);
    const sent: string[] = [];
    const send: DeliveryWorkerOptions['send'] = async ({ messageId }, signal) => {
      sent.push(messageId);
      const until = now + 60_000;
      while (now < until && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
      return { outcome: 'delivered' };
    };
    start({ send });
    start({ send });
    await nothingPending();
    expect(sent).toEqual(['order-0@0', 'order-0@1']);
  });
});
