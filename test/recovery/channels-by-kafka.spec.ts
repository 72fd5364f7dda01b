/** Channel adapters that read from Kafka, while their host, the worker and the broker are killed. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { WebShopSimulator } from '../simulators/partners/web-shop.js';
import { LocalKafka } from '#testing';
import { Channels, hosting } from '../support/channels.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, promised, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

const shop = new WebShopSimulator(`whsec_${randomBytes(32).toString('base64')}`);
let kafka: LocalKafka;
let kontor: Kontor;
let channels: Channels;

beforeAll(async () => {
  kafka = await LocalKafka.start();
  const endpoints = [{ id: 'main', url: await shop.start(), secret: shop.secret, perSecond: 500 }];
  const env = hosting([{ name: 'shop', kind: 'webshop', channel: 'web', endpoints }]);
  kontor = await Kontor.start({ env: { ...env, KAFKA_BROKERS: kafka.brokers } });
  channels = new Channels(kontor);
  await openShop(kontor.staff);
}, 150_000);

afterAll(async () => {
  await kontor.stop();
  await shop.stop();
  await kafka.stop();
});

const kill = (part: 'channels' | 'worker') => () => until(() => kontor.kill(part), { for: `${part} to be alive` });

/** Number of orders → disturbance at that point. */
const disturbances = new Map<number, () => Promise<unknown>>([
  [5, kill('channels')],
  [10, kill('worker')],
  [15, kill('channels')],
  [20, () => kafka.kill()],
  [25, () => kafka.start()],
]);

const groups = async () => {
  const admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { groups: found } = await admin.listGroups().finally(() => admin.disconnect());
  return found.map(({ groupId }) => groupId);
};

it('a web shop gets all of its orders in order, and its availability, from adapters that read from Kafka', async () => {
  const { staff } = kontor;
  const skus = [await stocked(staff, 40), await stocked(staff, 40)];
  const orders: string[] = [];
  for (let count = 0; count < 30; count++) {
    const order = anOrder([aLine(skus[count % 2] ?? '')]);
    await staff.done('PlaceOrder', order, { channel: 'web' });
    orders.push(order.orderId);
    await disturbances.get(count)?.();
  }
  const isKnown = (orderId: string) => shop.orders.get(orderId) !== undefined;
  await until(() => orders.every(isKnown), { for: 'the shop to have all orders', withinMs: 90_000, everyMs: 200 });
  await channels.settled();
  const expected = await Promise.all(skus.map((sku) => promised(staff, sku, ['web'])));
  await until(() => skus.every((sku, index) => shop.stock.get(sku) === expected[index]?.[0]), {
    for: `the shop to have the availability ${JSON.stringify(expected)}`,
    withinMs: 60_000,
  });
  expect(expected).toEqual([[25], [25]]);
  expect(shop.violations).toEqual([]);
  for (const orderId of orders) {
    const own = shop.webhooks.filter(({ subject }) => subject === `order-${orderId}`);
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, revision) => revision));
    expect(own.map(({ type }) => type)).toContain('com.kontor.order.confirmed.v1');
  }
  await expect(groups()).resolves.toEqual(expect.arrayContaining(['kontor.shop', 'kontor.channel-promises']));
  const { parked, consumers } = await channels.status();
  expect(parked).toEqual([]);
  expect(consumers).toContainEqual(expect.objectContaining({ name: 'shop', state: 'live' }));
}, 240_000);
