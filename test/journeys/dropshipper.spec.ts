import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SupplierSimulator } from '../simulators/partners/supplier.js';
import { Channels, hosting } from '../support/channels.js';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { confirmed, orderBecomes } from '../support/orders.js';
import { aLine, aSku, openShop } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const TOKEN = 'a-token-of-the-supplier';
const HOUR_MS = 3_600_000;
const ACCEPT_WITHIN_SECONDS = 8;
const supplier = new SupplierSimulator(TOKEN);
const slow = new SupplierSimulator(TOKEN);
let kontor: Kontor;
let channels: Channels;
let staff: Client;
let adapter: { url: string; key: string };

beforeAll(async () => {
  const common = { kind: 'dropshipper', channel: 'edi', token: TOKEN, url: await supplier.start(), staleAfterHours: 2 };
  const acme = { ...common, name: 'acme', location: 'supplier' };
  const late = { ...common, name: 'late', location: 'late' };
  const env = { ...hosting([acme, late]), KONTOR_ACCEPT_WITHIN_SECONDS: String(ACCEPT_WITHIN_SECONDS) };
  kontor = await Kontor.start({ env });
  staff = kontor.staff;
  channels = new Channels(kontor);
  await openShop(staff);
  for (const locationId of ['supplier', 'late'])
    await staff.done('RegisterLocation', { locationId, name: locationId, type: 'dropship', country: 'GB' });
  const channel = { currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900, promisesIncoming: false };
  const locations = ['supplier', 'warehouse'].map((locationId) => ({ locationId, methods: ['ship'], safetyStock: 0 }));
  await staff.done('ConfigureChannel', { channelId: 'web', name: 'Web', kind: 'web', ...channel, locations });
  await staff.done('ConfigureChannel', { channelId: 'edi', name: 'Acme', kind: 'dropship', ...channel, locations: [] });
  const scopes = ['stock:read', 'stock:write', 'fulfillment:work'];
  const { body } = await staff.post('/v1/keys', { channel: 'edi', name: 'acme', scopes });
  adapter = { url: `${kontor.runFile.channelsUrl}/v1/acme`, key: (body as { secret: string }).secret };
});

afterAll(async () => {
  await kontor.stop();
  await supplier.stop();
});

const onHand = async (sku: string, locationId = 'supplier') => {
  await kontor.settled();
  return (await staff.read(`/v1/stock/${encodeURIComponent(sku)}/${locationId}`))['onHand'];
};

/** What the CLI prints. */
const feedCommand = (...options: readonly string[]) => {
  const args = ['channels', 'feed', 'acme', ...options, '--data', kontor.dataDir];
  return execFileSync(process.execPath, [resolve('dist/apps/cli/src/main.js'), ...args], { encoding: 'utf8' });
};

/** Adds SKUs with these quantities to the stock of the supplier, and sends a full feed. */
const articles = async (...quantities: readonly number[]) => {
  const skus = quantities.map((quantity) => {
    const sku = aSku('ACME');
    supplier.stock.set(sku, quantity);
    return sku;
  });
  expect(await supplier.sendFeed(adapter, [...supplier.stock.keys()])).toMatchObject({ status: 200 });
  await kontor.settled();
  return skus;
};

/** Places an order, and waits until the supplier has the request. */
const requested = async (sku: string) => {
  const address = { contact: { name: 'Ada Lovelace' }, shipTo: { lines: ['1 High Street'], city: 'Edinburgh' } };
  const orderId = await confirmed(staff, [aLine(sku)], { ...address, country: 'GB' });
  const { fulfillmentId, now } = await fulfillmentWork(staff, orderId, 'supplier');
  await until(() => supplier.orders.has(fulfillmentId), { for: 'the supplier to have the request' });
  return { orderId, id: fulfillmentId, now };
};

describe('a stock feed', () => {
  it('sets stock: a full feed sets the SKUs that it leaves out to 0, a delta leaves them unchanged', async () => {
    const [mug = '', cup = ''] = await articles(5, 3);
    await expect(onHand(mug)).resolves.toBe(5);
    supplier.stock.set(mug, 4);
    await supplier.sendFeed(adapter, [mug], { mode: 'delta', format: 'json' });
    await expect(onHand(mug)).resolves.toBe(4);
    await expect(onHand(cup)).resolves.toBe(3);
    const { body } = await supplier.sendFeed(adapter, [mug]);
    expect(body).toMatchObject({ taken: 2, zeroed: 1, wrong: [] });
    await expect(onHand(cup)).resolves.toBe(0);
    supplier.stock.delete(cup);
  });

  it('can be uploaded as a file, counts once however often it is sent, and is refused if it is older than the last', async () => {
    const [mug = ''] = await articles(7);
    const sequence = Date.now();
    const csv = `\uFEFFSKU,Delta\n${mug},-2\n`;
    const drop = (file: string) => supplier.send(adapter, ['PUT', `/stock/${file}`], ['text/csv', csv]);
    const first = await drop(`stock-delta-${sequence}.csv`);
    expect(first).toMatchObject({ status: 200, body: { taken: 1 } });
    await expect(drop(`stock-delta-${sequence}.csv`)).resolves.toEqual(first);
    await expect(drop(`stock-delta-${sequence - 1}.csv`)).resolves.toMatchObject({ status: 409 });
    await expect(onHand(mug)).resolves.toBe(5);
    supplier.stock.set(mug, 5);
    await supplier.sendFeed(adapter, [...supplier.stock.keys()], { sequence: sequence + 1 });
  });

  it('that is incomplete or empty is refused as a whole, and a wrong row is reported and sets no SKU to 0', async () => {
    const [mug = '', cup = ''] = await articles(2, 6);
    const post = (rows: string, more = '') =>
      supplier.send(adapter, ['POST', `/stock?mode=full${more}`], ['text/csv', `sku,quantity\n${rows}`]);
    await expect(post(`${mug},1\n${cup}`)).resolves.toMatchObject({ status: 422 });
    await expect(post(`${mug},1\n`, '&rows=2')).resolves.toMatchObject({ status: 422 });
    await expect(post('')).resolves.toMatchObject({ status: 422 });
    await expect(onHand(cup)).resolves.toBe(6);
    const rest = [...supplier.stock].filter(([sku]) => sku !== cup).map(([sku, quantity]) => `${sku},${quantity}`);
    const rows = [`${cup},many`, ...rest].join('\n');
    const { body } = await post(rows);
    expect(body).toMatchObject({ zeroed: 0, wrong: [expect.objectContaining({ row: 1, sku: cup })] });
    await expect(onHand(cup)).resolves.toBe(6);
    await supplier.sendFeed(adapter, [...supplier.stock.keys()], { sequence: Date.now() });
  });
});

it('a full feed that would empty many shelves waits until staff have looked at it', async () => {
  const skus = await articles(...Array.from({ length: 30 }, () => 1));
  const last = skus.at(-1) ?? '';
  const rows = [['0004711', 1] as const, [last, 1] as const].map(([sku, quantity]) => `${sku};${quantity}`);
  const sequence = Date.now();
  const file = ['text/csv', ['sku;quantity', ...rows, ''].join('\n')] as const;
  const send = () => supplier.send(adapter, ['POST', `/stock?mode=full&sequence=${sequence}`], file);
  await expect(send()).resolves.toMatchObject({ status: 202, body: { held: true, newSkus: ['0004711'] } });
  await expect(onHand(last)).resolves.toBe(1);
  await expect(channels.client.get('/health/ready')).resolves.toMatchObject({ status: 503 });
  const path = `/stock/held/${sequence}/discard`;
  await expect(supplier.send(adapter, ['POST', path], ['text/plain', ''])).resolves.toMatchObject({ status: 403 });
  expect(feedCommand()).toContain(`To record it: kontor channels feed acme --release`);
  expect(feedCommand('--discard', String(sequence))).not.toContain('is held');
  await expect(send()).resolves.toMatchObject({ status: 202 });
  feedCommand('--release', String(sequence));
  await expect(onHand(skus[0] ?? '')).resolves.toBe(0);
  await expect(onHand('0004711')).resolves.toBe(1);
  supplier.stock.clear();
  supplier.stock.set('0004711', 1).set(last, 1);
  await supplier.sendFeed(adapter, [...supplier.stock.keys()], { sequence: Date.now() });
});

describe('an order for goods of a supplier', () => {
  it('is requested from the supplier with the address, accepted and shipped', async () => {
    const [mug = ''] = await articles(2);
    const { orderId, id } = await requested(mug);
    expect(supplier.orders.get(id)).toMatchObject({
      ship_to: { name: 'Ada Lovelace', street: ['1 High Street'], city: 'Edinburgh', country: 'GB' },
      lines: [{ line_id: '1', sku: mug, quantity: 1 }],
    });
    await expect(supplier.accept(adapter, id)).resolves.toMatchObject({ status: 200 });
    await expect(supplier.ship(adapter, id)).resolves.toMatchObject({ status: 200 });
    await expect(supplier.accept(adapter, id)).resolves.toMatchObject({ status: 200 }); // a repeat
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled' });
    await expect(onHand(mug)).resolves.toBe(1);
  });

  it('is sent from the warehouse when the supplier rejects it', async () => {
    const [mug = ''] = await articles(1);
    await staff.done('ReceiveStock', { sku: mug, locationId: 'warehouse', quantity: 1, ref: 'delivery' });
    const { orderId, id } = await requested(mug);
    await expect(supplier.reject(adapter, id, 'OUT_OF_STOCK')).resolves.toMatchObject({ status: 200 });
    supplier.stock.set(mug, 0);
    await fulfillmentWork(staff, orderId, 'warehouse');
    expect(supplier.cancellations.has(id)).toBe(false);
  });

  it('is sent from the warehouse when the supplier does not answer in time, and the request is cancelled', async () => {
    const [mug = ''] = await articles(1);
    await staff.done('ReceiveStock', { sku: mug, locationId: 'warehouse', quantity: 1, ref: 'delivery' });
    const { orderId, id, now } = await requested(mug);
    await fulfillmentWork(staff, orderId, 'warehouse');
    await expect(now()).resolves.toMatchObject({ state: 'rejected', reason: 'timeout' });
    await until(() => supplier.cancellations.has(id), { for: 'the supplier to have the cancellation' });
    expect(supplier.cancellations.get(id)).toEqual([
      { reason: 'no-answer', lines: [{ line_id: '1', sku: mug, quantity: 1 }] },
    ]);
    await expect(supplier.accept(adapter, id)).resolves.toMatchObject({ status: 409 });
  });

  it('that is unknown cannot be accepted', () =>
    expect(supplier.accept(adapter, 'strange')).resolves.toMatchObject({ status: 404 }));
});

describe('a supplier whose stock feed is stale', () => {
  it('is paused until the next feed', async () => {
    const late = { ...adapter, url: adapter.url.replace('acme', 'late') };
    const isPaused = async () => {
      const { items } = (await staff.read('/v1/locations')) as { items: { locationId: string; paused: boolean }[] };
      return items.find(({ locationId }) => locationId === 'late')?.paused;
    };
    const sku = aSku('LATE');
    const threeHoursAgo = new Date(Date.now() - 3 * HOUR_MS).toISOString();
    await slow.sendFeed(late, [sku], { asOf: threeHoursAgo });
    await until(isPaused, { for: 'the location to be paused' });
    const { status, body } = await channels.client.get('/health/ready');
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { troubles: ['late: the stock feed of late is 3 h old'] },
    });
    const metrics = String((await channels.client.get('/metrics')).body);
    expect(metrics).toMatch(/kontor_channels_measure\{adapter="late",measure="feed_stale"\} 1/);
    await slow.sendFeed(late, [sku]);
    await until(async () => (await isPaused()) === false, { for: 'the location to be resumed' });
    await expect(channels.client.get('/health/ready')).resolves.toMatchObject({ status: 200 });
  });
});

it('nothing is parked or undelivered, and no invariant is broken', async () => {
  await channels.settled();
  expect(supplier.violations).toEqual([]);
  const { parked, endpoints } = await channels.status();
  expect({ parked, dead: endpoints.filter(({ dead }) => dead > 0) }).toEqual({ parked: [], dead: [] });
  expect(await findFaults(kontor)).toEqual([]);
});
