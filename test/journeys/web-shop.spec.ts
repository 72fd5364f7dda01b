import { type Position, earlierOf } from '#event-store';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebShopSimulator } from '../simulators/partners/web-shop.js';
import { Channels, hosting } from '../support/channels.js';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, promised, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const shop = new WebShopSimulator(`whsec_${randomBytes(32).toString('base64')}`);
let kontor: Kontor;
let staff: Client;
let channels: Channels;

beforeAll(async () => {
  const { secret } = shop;
  const endpoints = [{ id: 'main', url: await shop.start(), secret, attempts: 2, perSecond: 500 }];
  kontor = await Kontor.start({ env: hosting([{ name: 'shop', kind: 'webshop', channel: 'web', endpoints }]) });
  ({ staff } = kontor);
  channels = new Channels(kontor);
  await openShop(staff);
});

afterAll(async () => {
  await kontor.stop();
  await shop.stop();
});

afterEach(() => {
  shop.mode = 'normal';
  shop.refusedSubjects.clear();
  expect(shop.violations).toEqual([]);
});

const order = async (sku: string, quantity: number, channel = 'web') => {
  const wanted = anOrder([aLine(sku, quantity)]);
  await expect(staff.send('PlaceOrder', wanted, { channel, wait: 20 })).resolves.toMatchObject({
    body: { state: 'confirmed' },
  });
  return wanted.orderId;
};

/** The types of the webhooks about an order, in the order of their arrival. */
const typesFor = (orderId: string) =>
  shop.webhooks
    .filter(({ subject, data }) => subject === `order-${orderId}` || data['orderId'] === orderId)
    .map(({ type }) => type.replace(/^com\.kontor\./, ''));

describe('a web shop', () => {
  it('gets webhooks about its own orders, including the work of locations, and no others', async () => {
    const sku = await stocked(staff, 10);
    const orderId = await order(sku, 2);
    const other = await order(sku, 1, 'till');
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('AcceptFulfillment');
    await work.does('PickItems', { lines: [{ lineId: '1', quantity: 2 }] });
    await work.does('PackParcel', { parcelId: 'P-1', lines: [{ lineId: '1', quantity: 2 }] });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail', tracking: 'AB1' });
    await channels.settled();
    const types = typesFor(orderId);
    expect(types[0]).toBe('order.placed.v1');
    for (const type of ['order.confirmed.v1', 'fulfillment.parcel-shipped.v1', 'order.lines-fulfilled.v1'])
      expect(types).toContain(type);
    expect(types.indexOf('order.confirmed.v1')).toBeLessThan(types.indexOf('fulfillment.parcel-shipped.v1'));
    expect(typesFor(other)).toEqual([]);
    expect(JSON.stringify(shop.webhooks)).not.toContain('withheld');
  });

  it('knows the availability from webhooks and from the feed', async () => {
    const skus = [await stocked(staff, 7), await stocked(staff, 3, 'store')];
    await order(skus[0] ?? '', 2);
    await order(skus[1] ?? '', 3);
    await staff.done('ReceiveStock', { sku: skus[0], locationId: 'store', quantity: 4, ref: 'more' });
    await channels.settled();
    const feed = await channels.availability('shop');
    for (const [index, sku] of skus.entries()) {
      const [expected] = await promised(staff, sku, ['web']);
      expect(expected).toBe([9, 0][index]);
      expect([shop.stock.get(sku), feed.get(sku)?.['atp']]).toEqual([expected, expected]);
    }
    const last = Math.max(...feed.values().map(({ sequence }) => sequence as number));
    await expect(channels.availability('shop', last)).resolves.toEqual(new Map());
    await order(skus[0] ?? '', 1);
    await channels.settled();
    expect([...(await channels.availability('shop', last)).keys()]).toEqual([skus[0]]);
  });

  it('misses nothing while it is unavailable and the host of channels is killed', async () => {
    const sku = await stocked(staff, 50);
    await channels.settled();
    shop.mode = 'unavailable';
    const orders: string[] = [];
    for (let count = 0; count < 12; count++) {
      orders.push(await order(sku, 1));
      if (count % 4 === 2) await until(() => kontor.kill('channels'), { for: 'the host to be alive' });
    }
    shop.mode = 'normal';
    await until(() => channels.settled().then(() => true), { for: 'the host to be back', withinMs: 80_000 });
    for (const orderId of orders) {
      expect(typesFor(orderId).slice(0, 1)).toEqual(['order.placed.v1']);
      expect(typesFor(orderId)).toContain('order.confirmed.v1');
    }
    expect(shop.stock.get(sku)).toBe(38);
  });

  it('that refuses a message finds it among the dead letters, and gets it by a replay', async () => {
    const sku = await stocked(staff, 5);
    await channels.settled();
    const wanted = anOrder([aLine(sku)]);
    shop.refusedSubjects.add(`order-${wanted.orderId}`);
    await staff.done('PlaceOrder', wanted, { channel: 'web' });
    await channels.settled();
    expect(typesFor(wanted.orderId).filter((type) => type.startsWith('order.'))).toEqual([]);
    const { items } = await channels.client.read('/v1/channels/shop/main/deliveries?state=dead');
    const dead = (items as { key: string; position: Position; lastError: string }[]).filter(({ key }) =>
      key.endsWith(wanted.orderId),
    );
    expect(dead.at(0)).toMatchObject({ lastError: 'answered 422' });
    shop.refusedSubjects.clear();
    const from = dead.map(({ position }) => position).reduce(earlierOf);
    await channels.client.post('/v1/channels/shop/main/replay', { from });
    await channels.settled();
    const types = typesFor(wanted.orderId).filter((type) => type.startsWith('order.'));
    expect(types.slice(0, 1)).toEqual(['order.placed.v1']);
  });
});

describe('the host of channels', () => {
  it('refuses requests without a key of the right channel', async () => {
    const { url } = channels.client;
    const [own, other] = [await kontor.channel('web', ['stock:read']), await kontor.channel('till', ['stock:read'])];
    const statusOf = async (client: Client | undefined, path: string) => {
      const response = client ? await client.open(path) : await fetch(url + path);
      return response.status;
    };
    const at = (client: Client) => Object.assign(Object.create(client) as Client, { url });
    expect(await statusOf(undefined, '/v1/shop/availability')).toBe(401);
    expect(await statusOf(at(other), '/v1/shop/availability')).toBe(403);
    expect(await statusOf(at(own), '/v1/shop/availability')).toBe(200);
    expect(await statusOf(at(own), '/v1/channels')).toBe(403);
    expect(await statusOf(channels.client, '/health/ready')).toBe(200);
  });
});
