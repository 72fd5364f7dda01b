import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, aSku, openShop, promised, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const level = (sku: string, locationId = 'warehouse') => staff.read(`/v1/stock/${sku}/${locationId}`);

describe('a reservation', () => {
  const hold = (sku: string, quantity: number, more: object = {}) => {
    const owner = { type: 'cart', id: randomUUID() };
    const command = {
      sku,
      locationId: 'warehouse',
      reservationId: randomUUID(),
      quantity,
      kind: 'soft',
      owner,
      ...more,
    };
    return { ...command, send: (channel = 'web') => staff.send('ReserveStock', command, { channel, wait: 20 }) };
  };

  it('of a cart expires by itself', async () => {
    const sku = await stocked(staff, 2);
    await expect(hold(sku, 2).send('flash')).resolves.toMatchObject({ status: 200 });
    await until(async () => (await promised(staff, sku, ['web']))[0] === 2, { for: 'the reservation to expire' });
    const { events } = await staff.read(`/v1/stock/${sku}/warehouse/explain`);
    expect(events).toMatchObject([
      { type: 'StockReceived' },
      { type: 'StockReserved' },
      { type: 'ReservationExpired' },
    ]);
    await expect(level(sku)).resolves.toMatchObject({ onHand: 2, softReserved: 0 });
  });

  it('beyond the stock is refused with the available quantity, and the refusal is recorded', async () => {
    const sku = await stocked(staff, 2);
    await hold(sku, 1).send();
    await expect(hold(sku, 2).send()).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/insufficient-stock', available: 1 },
    });
    const { events } = await staff.read(`/v1/stock/${sku}/warehouse/explain`);
    expect(events).toMatchObject([{}, { type: 'StockReserved' }, { type: 'StockReservationDeclined' }]);
  });

  it('cannot take the safety stock of its channel', async () => {
    const sku = await stocked(staff, 3);
    await expect(hold(sku, 2).send('marketplace')).resolves.toMatchObject({ status: 409, body: { available: 1 } });
    await expect(hold(sku, 1).send('marketplace')).resolves.toMatchObject({ status: 200 });
    await expect(promised(staff, sku, ['marketplace', 'web'])).resolves.toEqual([0, 2]);
  });

  it('that was released cannot be consumed', async () => {
    const sku = await stocked(staff, 2);
    const { reservationId, send } = hold(sku, 1);
    await send();
    const place = { sku, locationId: 'warehouse', reservationId };
    await staff.done('ReleaseReservation', { ...place, reason: 'cart emptied' });
    await expect(staff.send('ConsumeReservation', { ...place, ref: 'parcel' })).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/reservation-ended' },
    });
    await expect(level(sku)).resolves.toMatchObject({ onHand: 2, softReserved: 0, issued: 0 });
  });

  it('that is made hard and consumed takes the goods out of stock', async () => {
    const sku = await stocked(staff, 5);
    const { reservationId, send } = hold(sku, 2);
    await send('flash');
    const place = { sku, locationId: 'warehouse', reservationId };
    await staff.done('FirmReservation', place);
    await expect(level(sku)).resolves.toMatchObject({ softReserved: 0, hardReserved: 2 });
    await staff.done('ConsumeReservation', { ...place, ref: 'parcel-1' });
    await expect(level(sku)).resolves.toMatchObject({ onHand: 3, hardReserved: 0, issued: 2 });
  });

  it('is refused at a paused location', async () => {
    await staff.done('RegisterLocation', { locationId: 'annex', name: 'Annex', type: 'warehouse' });
    const sku = await stocked(staff, 2, 'annex');
    await staff.done('PauseLocation', { locationId: 'annex', reason: 'stock-taking' });
    await expect(hold(sku, 1, { locationId: 'annex' }).send()).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/location-inactive' },
    });
    await staff.done('ResumeLocation', { locationId: 'annex' });
    await expect(hold(sku, 1, { locationId: 'annex' }).send()).resolves.toMatchObject({ status: 200 });
  });
});

describe('a count', () => {
  it('keeps movements that came after it', async () => {
    const sku = await stocked(staff, 10);
    const countedAt = new Date().toISOString();
    await until(() => new Date().toISOString() > countedAt, { for: 'the clock to go on', everyMs: 1 });
    await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'later' });
    const count = { sku, locationId: 'warehouse', countId: randomUUID(), counted: 8, asOf: countedAt, sourceSeq: 1 };
    await staff.done('RecordStockCount', count, { channel: 'wms' });
    await expect(level(sku)).resolves.toMatchObject({ onHand: 13, adjusted: -2 });
  });

  it('that is older than the last one of its source is refused', async () => {
    const sku = await stocked(staff, 10);
    const count = (counted: number, sourceSeq: number) => {
      const asOf = new Date().toISOString();
      const body = { sku, locationId: 'warehouse', countId: randomUUID(), counted, asOf, sourceSeq };
      return staff.send('RecordStockCount', body, { channel: 'wms', wait: 20 });
    };
    await expect(count(9, 7)).resolves.toMatchObject({ status: 200 });
    await expect(count(4, 6)).resolves.toMatchObject({ status: 409, body: { type: '/problems/count-stale' } });
    await expect(level(sku)).resolves.toMatchObject({ onHand: 9 });
  });
});

describe('an external fact is always recorded', () => {
  it('even a sale of units that are reserved for an order', async () => {
    const sku = await stocked(staff, 2, 'store');
    const order = anOrder([aLine(sku, 2, { method: 'pickup', locationId: 'store' })]);
    await staff.done('PlaceOrder', order, { channel: 'web' });
    const sale = { sku, locationId: 'store', quantity: 1, tillId: 't1', receiptNo: '17', line: 1 };
    await expect(staff.send('RecordStoreSale', sale, { channel: 'till', wait: 20 })).resolves.toMatchObject({
      status: 200,
      body: { events: [{ type: 'StockIssued' }, { type: 'StockShortfallDetected' }] },
    });
    await expect(level(sku, 'store')).resolves.toMatchObject({ onHand: 1, hardReserved: 2, shortfall: 1 });
    await expect(promised(staff, sku, ['web'])).resolves.toEqual([0]);
  });

  it('such as a receipt, which takes each of its lines out of stock', async () => {
    const [mug, cup] = [await stocked(staff, 5, 'store'), await stocked(staff, 5, 'store')];
    const there = { method: 'carry-out', locationId: 'store' };
    const order = anOrder([aLine(mug, 2, there), aLine(cup, 1, { ...there, lineId: '2' })], { currency: 'GBP' });
    const sold = { channel: 'till', headers: { 'kontor-occurred-at': '2026-01-02T10:00:00Z' } };
    await staff.done('RecordOrder', order, sold);
    await kontor.settled();
    await expect(level(mug, 'store')).resolves.toMatchObject({ onHand: 3, issued: 2 });
    await expect(level(cup, 'store')).resolves.toMatchObject({ onHand: 4, issued: 1 });
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({
      state: 'recorded',
      fulfillmentState: 'fulfilled',
      placedAt: '2026-01-02T10:00:00.000Z',
      total: 2550,
    });
  });

  const returnedLine = (sku: string, more: object = {}) => ({
    ...aLine(sku),
    method: undefined,
    locationId: 'store',
    ...more,
  });

  it('such as a return, whose goods go into stock where they arrived and are counted in their order', async () => {
    const sku = await stocked(staff, 5);
    const line = aLine(sku, 2, { method: 'ship', locationId: 'warehouse' });
    const order = anOrder([line], { currency: 'GBP' });
    await staff.done('RecordOrder', order, { channel: 'web' });
    const original = { orderId: order.orderId, lineId: '1' };
    const lines = [returnedLine(sku, { disposition: 'restock', original })];
    await staff.done('RecordReturn', { returnId: randomUUID(), currency: 'GBP', lines }, { channel: 'till' });
    await kontor.settled();
    await expect(level(sku)).resolves.toMatchObject({ onHand: 3 });
    await expect(level(sku, 'store')).resolves.toMatchObject({ onHand: 1, restocked: 1 });
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({
      returnState: 'partly-returned',
      unitsReturned: 1,
      returnedAmount: 850,
      lines: [{ fulfilled: 2, returned: 1 }],
    });
  });

  it('such as a return without an order, of which damaged goods cannot be sold', async () => {
    const sku = aSku();
    const lines = [
      returnedLine(sku, { disposition: 'restock' }),
      returnedLine(sku, { lineId: '2', quantity: 2, disposition: 'damaged' }),
      returnedLine(sku, { lineId: '3', disposition: 'missing' }),
    ];
    await staff.done('RecordReturn', { returnId: randomUUID(), currency: 'GBP', lines }, { channel: 'till' });
    await kontor.settled();
    await expect(level(sku, 'store')).resolves.toMatchObject({ onHand: 3, unavailable: 2 });
    await expect(promised(staff, sku, ['web'])).resolves.toEqual([1]);
  });
});

it('stock can be read as it was at an earlier time', async () => {
  const sku = await stocked(staff, 3);
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 4, ref: 'second' });
  const { events } = await staff.read(`/v1/stock/${sku}/warehouse/explain`);
  const [first, second] = events as { recordedAt: string }[];
  const at = (asOf = '') => staff.get(`/v1/stock/${sku}/warehouse?asOf=${asOf}`);
  if (first?.recordedAt !== second?.recordedAt)
    await expect(at(first?.recordedAt)).resolves.toMatchObject({ body: { onHand: 3 } });
  await expect(at(second?.recordedAt)).resolves.toMatchObject({ body: { onHand: 7 } });
  await expect(at('2020-01-01T00:00:00Z')).resolves.toMatchObject({ status: 404 });
});

it('incoming stock is available only on channels that promise it', async () => {
  const sku = await stocked(staff, 1);
  const eta = new Date(Date.now() + 86_400_000).toISOString();
  const { items } = (await staff.read('/v1/channels')) as { items: { channelId: string }[] };
  expect(items.map(({ channelId }) => channelId)).toEqual(expect.arrayContaining(['web', 'till']));
  const locations = [{ locationId: 'warehouse', methods: ['ship'], safetyStock: 0 }];
  const more = { locations, reservationTtlSeconds: 60, promisesIncoming: true };
  const channel = { channelId: 'preorder', name: 'Pre', kind: 'web', currency: 'GBP', locale: 'en-GB', ...more };
  await staff.done('ConfigureChannel', channel);
  await staff.done('AnnounceIncomingStock', { sku, locationId: 'warehouse', ref: 'PO-1', quantity: 6, eta });
  await expect(promised(staff, sku, ['web', 'preorder'])).resolves.toEqual([1, 7]);
  await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'DN', incomingRef: 'PO-1' });
  await expect(promised(staff, sku, ['web', 'preorder'])).resolves.toEqual([6, 6]);
});
