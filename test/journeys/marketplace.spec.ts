import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MarketplaceSimulator } from '../simulators/partners/marketplace.js';
import { Channels, hosting } from '../support/channels.js';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { orderBecomes } from '../support/orders.js';
import { openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const TOKEN = 'a-token-of-the-marketplace';
const bazaar = new MarketplaceSimulator({ token: TOKEN, perMinute: { orders: 600, notices: 600, offers: 600 } });
let kontor: Kontor;
let channels: Channels;
let staff: Client;

beforeAll(async () => {
  const settings = { perMinute: { orders: 600, notices: 600, offers: 600 }, pollSeconds: 0.2, pageSize: 3, batch: 5 };
  const line = { name: 'bazaar', kind: 'marketplace', channel: 'marketplace', url: await bazaar.start(), token: TOKEN };
  kontor = await Kontor.start({ env: { ...hosting([{ ...line, ...settings }]), KONTOR_ACCEPT_WITHIN_SECONDS: '600' } });
  staff = kontor.staff;
  channels = new Channels(kontor);
  await openShop(staff);
  await map('carrier', [{ ours: 'royal-mail', theirs: 'RM24' }]);
});

beforeEach(() => {
  bazaar.mode = 'normal';
  bazaar.violations.length = 0;
});

afterAll(async () => {
  await kontor.stop();
  await bazaar.stop();
});

const map = async (kind: string, items: readonly object[]) => {
  const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ items }) };
  const { status } = await channels.client.request('PUT', `/v1/bazaar/mappings/${kind}`, init);
  expect(status).toBe(200);
};

/** A SKU with `quantity` in the warehouse, mapped to a SKU of the marketplace (`theirs`). */
const onSale = async (quantity: number, price?: string) => {
  const sku = await stocked(staff, quantity);
  const theirs = `BZ-${randomUUID().slice(0, 8)}`;
  await map('sku', [{ ours: sku, theirs, ...(price !== undefined && { data: { price } }) }]);
  return { sku, theirs };
};

const offered = (theirs: string, quantity: number) =>
  until(() => bazaar.offers.get(theirs)?.quantity === quantity, { for: `${theirs} to be offered: ${quantity}` });

/** Waits until the marketplace has the answer. @returns Kontor's id of the order */
const answered = async (id: string, status: string): Promise<string> => {
  await until(() => bazaar.orderOf(id).order.status === status, {
    for: `order ${id} to be ${status}`,
    withinMs: 30_000,
  });
  return bazaar.orderOf(id).reference ?? '';
};

const ship = async (orderId: string, lines: readonly object[], parcelId = 'P-1') => {
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('PackParcel', { parcelId, lines });
  await work.does('ShipParcel', { parcelId, carrier: 'royal-mail', tracking: 'RM-1' });
};

describe('an order of a marketplace', () => {
  it('is placed as paid by the marketplace, accepted, and reported as shipped', async () => {
    const mug = await onSale(10);
    const id = bazaar.placeOrder([{ sku: mug.theirs, quantity: 2 }]);
    const orderId = await answered(id, 'ACCEPTED');
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      channel: 'marketplace',
      externalRef: id,
      state: 'confirmed',
      total: 2 * 850 + 399,
      isPaidHere: false,
      contact: { name: 'Ada Lovelace' },
      lines: [{ lineId: 'L1', sku: mug.sku }],
    });
    await ship(orderId, [{ lineId: 'L1', quantity: 2 }]);
    await until(() => bazaar.orderOf(id).shipments.length > 0, { for: 'the shipment to be reported' });
    expect(bazaar.orderOf(id).shipments).toEqual([
      expect.objectContaining({ carrier: 'RM24', tracking: 'RM-1', lines: [{ line_id: 'L1', quantity: 2 }] }),
    ]);
    expect(bazaar.violations).toEqual([]);
  });

  it.each([
    ['a phone number with letters', { phone: '+1 415-555-0100 ext. 12345' }, 'contact.phone'],
    ['no phone number in its field', { phone: '' }, undefined],
    ['a field that nobody knows', { company: 'Analytical Engines' }, undefined],
  ])('whose buyer has %s is placed all the same, and says what was left out', async (_, buyer, leftOut) => {
    const mug = await onSale(5);
    const id = bazaar.placeOrder([{ sku: mug.theirs, quantity: 1 }], { buyer: { name: 'Ada Lovelace', ...buyer } });
    const { attributes, contact } = await staff.read(`/v1/orders/${await answered(id, 'ACCEPTED')}`);
    expect(contact).toEqual({ name: 'Ada Lovelace' });
    expect(attributes).toEqual(leftOut === undefined ? {} : { leftOut });
  });

  it('that is malformed holds up no other, and is placed once the marketplace has corrected it', async () => {
    const mug = await onSale(5);
    const line = { sku: mug.theirs, quantity: 1 };
    const malformed = bazaar.placeOrder([line], { shipping_price: '3,99' });
    await answered(bazaar.placeOrder([line]), 'ACCEPTED');
    const sold = bazaar.orderOf(malformed);
    expect(sold.order.status).toBe('WAITING_ACCEPTANCE');
    sold.order = { ...sold.order, shipping_price: '3.99' };
    await answered(malformed, 'ACCEPTED');
  });

  it('is accepted without a line whose SKU is unknown', async () => {
    const mug = await onSale(5);
    const id = bazaar.placeOrder([
      { sku: mug.theirs, quantity: 1 },
      { sku: 'NOBODY-KNOWS', quantity: 1 },
    ]);
    const orderId = await answered(id, 'ACCEPTED');
    expect(Object.fromEntries(bazaar.orderOf(id).accepted)).toEqual({ L1: 1, L2: 0 });
    const { lines } = await staff.read(`/v1/orders/${orderId}`);
    expect(lines).toHaveLength(1);
  });

  it('is accepted without a line that is sold out', async () => {
    const [mug, rare] = [await onSale(5), await onSale(3)];
    const id = bazaar.placeOrder([
      { sku: rare.theirs, quantity: 3 }, // two of them are safety stock
      { sku: mug.theirs, quantity: 1 },
    ]);
    const orderId = await answered(id, 'ACCEPTED');
    expect(Object.fromEntries(bazaar.orderOf(id).accepted)).toEqual({ L1: 0, L2: 1 });
    await orderBecomes(staff, orderId, { state: 'confirmed', unitsOrdered: 1 });
  });

  it.each([
    ['has only unknown SKUs', () => Promise.resolve('NOBODY-KNOWS')],
    ['is completely sold out', async () => (await onSale(1)).theirs],
  ])('that %s is refused', async (_, theirs) => {
    const id = bazaar.placeOrder([{ sku: await theirs(), quantity: 1 }]);
    await answered(id, 'REFUSED');
    expect(Object.fromEntries(bazaar.orderOf(id).accepted)).toEqual({ L1: 0 });
  });

  it('of which the buyer cancels a line keeps the other lines, and the cancelled units are offered again', async () => {
    const [mug, cup] = [await onSale(5), await onSale(5)];
    const id = bazaar.placeOrder([
      { sku: mug.theirs, quantity: 2 },
      { sku: cup.theirs, quantity: 1 },
    ]);
    const orderId = await answered(id, 'ACCEPTED');
    await offered(mug.theirs, 1);
    bazaar.requestCancellation(id, 'L1', 2);
    await until(() => bazaar.orderOf(id).cancelled.get('L1') === 2, { for: 'the cancellation to be reported' });
    await orderBecomes(staff, orderId, { state: 'confirmed', unitsCancelled: 2, cancelledAmount: 1966 });
    await offered(mug.theirs, 3);
    await ship(orderId, [{ lineId: 'L2', quantity: 1 }]);
    await until(() => bazaar.orderOf(id).shipped.get('L2') === 1, { for: 'the rest to be shipped' });
    expect(bazaar.violations).toEqual([]);
  });

  it('of which the warehouse cannot find a line is reported as partly cancelled', async () => {
    const [mug, cup] = [await onSale(5), await onSale(5)];
    const id = bazaar.placeOrder([
      { sku: mug.theirs, quantity: 1 },
      { sku: cup.theirs, quantity: 1 },
    ]);
    const orderId = await answered(id, 'ACCEPTED');
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('RejectFulfillment', { lines: [{ lineId: 'L2', quantity: 1 }], reason: 'not-found' });
    await until(() => bazaar.orderOf(id).cancelled.get('L2') === 1, {
      for: 'the cancellation to be reported',
      withinMs: 30_000,
    });
    expect(bazaar.orderOf(id).cancellations).toEqual([expect.objectContaining({ amount: '10.49' })]); // with its share of the shipping
    await orderBecomes(staff, orderId, { state: 'confirmed', unitsCancelled: 1 });
  });

  it('whose goods are returned is reported for a refund once', async () => {
    const mug = await onSale(5);
    const id = bazaar.placeOrder([{ sku: mug.theirs, quantity: 1 }]);
    const orderId = await answered(id, 'ACCEPTED');
    await ship(orderId, [{ lineId: 'L1', quantity: 1 }]);
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled' });
    const returnId = randomUUID();
    const lines = [{ lineId: 'L1', quantity: 1 }];
    const request = { returnId, orderId, lines, reason: 'unwanted', refundTo: 'original' };
    await staff.done('RequestReturn', request, { channel: 'marketplace' });
    await staff.done('InspectReturn', {
      ...{ returnId, locationId: 'store' },
      items: [{ lineId: 'L1', quantity: 1, disposition: 'restock' }],
    });
    await until(() => bazaar.orderOf(id).refunds.length > 0, { for: 'the refund to be reported' });
    expect(bazaar.orderOf(id).refunds).toEqual([expect.objectContaining({ amount: '8.50', currency: 'GBP' })]);
  });
});

describe('the feed of offers', () => {
  it('sends availability and prices in batches, and lists the offers that the marketplace rejects', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => onSale(7, '9.95')));
    const strange = all[0]?.theirs ?? '';
    bazaar.refusedSkus.add(strange);
    for (const { theirs } of all.slice(1)) await offered(theirs, 5);
    expect(bazaar.offers.get(all[5]?.theirs ?? '')).toMatchObject({ price: '9.95' });
    expect(Math.max(...bazaar.batches)).toBeLessThanOrEqual(5);
    await map('sku', [{ ours: all[0]?.sku, theirs: strange, data: { price: '1.00' } }]);
    const named = async () => {
      const { errors } = await channels.client.read('/v1/bazaar/offers');
      return (errors as Fields[]).some(({ theirs }) => theirs === strange);
    };
    await until(named, { for: 'the offer to be listed' });
  });

  it('sends changes, and everything on request', async () => {
    const mug = await onSale(5);
    await offered(mug.theirs, 3);
    await staff.done('ReceiveStock', { sku: mug.sku, locationId: 'warehouse', quantity: 4, ref: 'more' });
    await offered(mug.theirs, 7);
    const isSent = async () => (await channels.client.read('/v1/bazaar/offers'))['pending'] === 0;
    await until(isSent, { for: 'all offers to be sent' });
    // An offer may have been accepted before its SKU was refused.
    const known = [...bazaar.offers.keys()].filter((sku) => !bazaar.refusedSkus.has(sku)).length;
    bazaar.offers.clear();
    await channels.client.post('/v1/bazaar/offers/full', {});
    await until(() => bazaar.offers.size === known, { for: 'all offers to be sent again' });
  });
});

it('a marketplace that was unavailable misses nothing', async () => {
  const mug = await onSale(9);
  bazaar.mode = 'unavailable';
  const id = bazaar.placeOrder([{ sku: mug.theirs, quantity: 1 }]);
  const isNotReady = async () => (await channels.client.get('/health/ready')).status === 503;
  await until(isNotReady, { for: 'the host to be not ready' });
  bazaar.mode = 'normal';
  await answered(id, 'ACCEPTED');
  await offered(mug.theirs, 6);
});

it('nothing is parked or undelivered, and no invariant is broken', async () => {
  await channels.settled();
  const { parked, endpoints } = await channels.status();
  expect({ parked, dead: endpoints.filter(({ dead }) => dead > 0) }).toEqual({ parked: [], dead: [] });
  expect(await findFaults(kontor)).toEqual([]);
});
