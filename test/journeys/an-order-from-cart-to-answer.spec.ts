import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { until } from '../support/until.js';
import { aLine, anOrder, aSku, openShop, promised, stocked } from '../support/shop.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const web = { channel: 'web', wait: 20 };
const everyChannel = ['web', 'app', 'till', 'marketplace'];

describe('an order', () => {
  it('that is confirmed lowers the availability of every channel', async () => {
    const sku = await stocked(staff, 10);
    await expect(promised(staff, sku, everyChannel)).resolves.toEqual([10, 10, 10, 8]);

    const order = anOrder([aLine(sku, 3)], { externalRef: 'W-1', country: 'GB' });
    const answer = await staff.send('PlaceOrder', order, web);

    expect(answer).toMatchObject({ status: 200, body: { state: 'confirmed', stream: `order-${order.orderId}` } });
    expect(answer.headers.get('location')).toBe(`/v1/orders/${order.orderId}`);
    await expect(promised(staff, sku, everyChannel)).resolves.toEqual([7, 7, 7, 5]);
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({
      state: 'confirmed',
      channel: 'web',
      fulfillmentState: 'allocated',
      total: 2550,
      currency: 'GBP',
      lines: [{ sku, ordered: 3, open: 0, allocated: 3, fulfilled: 0, cancelled: 0 }],
    });
  });

  it('that does not wait for its answer gets 202 and the address of the answer', async () => {
    const order = anOrder([aLine(await stocked(staff, 1))]);
    const answer = await staff.send('PlaceOrder', order, { channel: 'web' });
    expect(answer).toMatchObject({ status: 202, body: { state: 'pending' } });
    expect(answer.headers.get('location')).toBe(`/v1/orders/${order.orderId}`);
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({ state: 'confirmed' });
  });

  it('with a sold-out line is rejected, and leaves nothing reserved', async () => {
    const [plenty, scarce] = [await stocked(staff, 5), await stocked(staff, 1)];
    const order = anOrder([aLine(plenty, 2), aLine(scarce, 2, { lineId: '2' })]);
    await expect(staff.send('PlaceOrder', order, web)).resolves.toMatchObject({
      status: 200,
      body: { state: 'rejected', reasons: [{ code: 'sold-out', sku: scarce }] },
    });
    await kontor.settled();
    await expect(promised(staff, plenty, ['web'])).resolves.toEqual([5]);
    for (const sku of [plenty, scarce]) {
      await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({
        softReserved: 0,
        hardReserved: 0,
      });
      await expect(staff.read(`/v1/reservations?sku=${sku}`)).resolves.toEqual({ items: [] });
    }
  });

  it('that an offline app sends days later is confirmed, and the location gets its full time to accept', async () => {
    const sku = await stocked(staff, 1);
    const headers = { 'kontor-occurred-at': new Date(Date.now() - 2 * 24 * 60 * 60 * 1000).toISOString() };
    const [cartId, order] = [randomUUID(), anOrder([aLine(sku)])];
    await staff.done('CreateCart', { cartId, currency: 'GBP' }, { channel: 'web', headers });
    await staff.done('AddCartLine', { cartId, ...aLine(sku) }, { channel: 'web', headers });
    await staff.done('CheckOutCart', { cartId, orderId: order.orderId }, { channel: 'web', headers });
    const answer = await staff.send('PlaceOrder', { ...order, cartId }, { ...web, headers });
    expect(answer).toMatchObject({ status: 200, body: { state: 'confirmed' } });
    await kontor.settled();
    const { items } = await staff.read(`/v1/orders/${order.orderId}/fulfillments`);
    expect(items).toMatchObject([{ state: 'assigned' }]);
    const [{ acceptBy }] = items as [{ acceptBy: string }];
    expect(Date.parse(acceptBy)).toBeGreaterThan(Date.now() + 23 * 60 * 60 * 1000);
  });

  it('for more units than one location has is split over two', async () => {
    const sku = await stocked(staff, 2);
    await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 3, ref: 'delivery' });
    const order = anOrder([aLine(sku, 4)]);
    await expect(staff.send('PlaceOrder', order, web)).resolves.toMatchObject({ body: { state: 'confirmed' } });
    const { items } = (await staff.read(`/v1/stock/${sku}`)) as { items: { hardReserved: number; onHand: number }[] };
    expect(items.map(({ hardReserved }) => hardReserved).reduce((all, one) => all + one, 0)).toBe(4);
    expect(items.every(({ hardReserved, onHand }) => hardReserved <= onHand)).toBe(true);
  });

  it('does not get the safety stock of its channel', async () => {
    const sku = await stocked(staff, 4);
    const place = (quantity: number) =>
      staff.send('PlaceOrder', anOrder([aLine(sku, quantity)]), { channel: 'marketplace', wait: 20 });
    await expect(promised(staff, sku, ['marketplace', 'web'])).resolves.toEqual([2, 4]);
    await expect(place(3)).resolves.toMatchObject({
      body: { state: 'rejected', reasons: [{ code: 'sold-out', sku, available: 2 }] },
    });
    await expect(place(2)).resolves.toMatchObject({ body: { state: 'confirmed' } });
    await expect(promised(staff, sku, ['marketplace', 'web'])).resolves.toEqual([0, 2]);
  });

  it('for pickup is confirmed only where the channel offers pickup', async () => {
    const sku = await stocked(staff, 1, 'store');
    const pickup = (locationId: string) => anOrder([aLine(sku, 1, { method: 'pickup', locationId })]);
    await expect(staff.send('PlaceOrder', pickup('warehouse'), web)).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/method-not-offered' },
    });
    await expect(staff.send('PlaceOrder', pickup('store'), web)).resolves.toMatchObject({
      body: { state: 'confirmed' },
    });
  });

  it('in another currency or an unknown channel is refused', async () => {
    const order = anOrder([aLine(aSku())], { currency: 'EUR' });
    await expect(staff.send('PlaceOrder', order, web)).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/currency-not-of-channel' },
    });
    await expect(staff.send('PlaceOrder', order, { channel: 'nowhere' })).resolves.toMatchObject({ status: 404 });
    await expect(staff.get(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({ status: 404 });
  });
});

describe('an order can be read', () => {
  it('as a timeline with the actor, channel and cause of each event', async () => {
    const order = anOrder([aLine(await stocked(staff, 4), 2)]);
    await staff.done('PlaceOrder', order, web);
    await kontor.settled();
    const { items } = (await staff.read(`/v1/orders/${order.orderId}/timeline`)) as { items: Record<string, string>[] };
    expect(items.map(({ type }) => type)).toEqual([
      'OrderPlaced',
      'FulfillmentPlanned',
      'StockReserved',
      'OrderConfirmed',
      'FulfillmentAssigned',
    ]);
    const [placed, planned, reserved, confirmed] = items;
    expect(reserved).toMatchObject({ causationId: planned?.['eventId'], correlationId: order.orderId });
    expect(confirmed).toMatchObject({ causationId: reserved?.['eventId'], channel: expect.any(String) });
    expect(placed).toMatchObject({ channel: 'web', actor: expect.stringMatching(/^key:/), text: expect.any(String) });
  });

  it('as it was at an earlier time', async () => {
    const sku = await stocked(staff, 4);
    const order = anOrder([aLine(sku, 2)]);
    await staff.done('PlaceOrder', order, web);
    const path = `/v1/orders/${order.orderId}`;
    const { items } = (await staff.read(`${path}/timeline`)) as { items: { type: string; recordedAt: string }[] };
    const confirmedAt = items.find(({ type }) => type === 'OrderConfirmed')?.recordedAt ?? '';
    await staff.done('CancelOrderLines', {
      orderId: order.orderId,
      lines: [{ lineId: '1', quantity: 2 }],
      reason: 'x',
    });

    await until(async () => (await staff.read(path))['state'] === 'cancelled', { for: 'the order to be cancelled' });
    await expect(staff.read(`${path}?asOf=${confirmedAt}`)).resolves.toMatchObject({ state: 'confirmed' });
    await expect(staff.get(`${path}?asOf=2020-01-01T00:00:00Z`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'not-found', detail: `There was no order ${order.orderId} at 2020-01-01T00:00:00.000Z.` },
    });
    await expect(staff.get(`${path}?asOf=yesterday`)).resolves.toMatchObject({ status: 400 });
  });

  it('through its customer, over all channels', async () => {
    const customerId = randomUUID();
    const sku = await stocked(staff, 9);
    await staff.done('RegisterCustomer', { customerId, contact: { name: 'Ada Obi', email: 'ada@example.com' } });
    await staff.done('PlaceOrder', anOrder([aLine(sku, 2)], { customerId }), web);
    await staff.done('PlaceOrder', anOrder([aLine(sku, 1)], { customerId }), { channel: 'app' });
    await expect(staff.read(`/v1/customers/${customerId}`)).resolves.toMatchObject({
      registered: true,
      orders: 2,
      unitsBought: 3,
      value: { GBP: 2550 },
      channels: expect.arrayContaining(['app', 'web']),
      contact: { name: 'Ada Obi', email: 'ada@example.com' },
    });
  });

  it('through its effects on the stock', async () => {
    const sku = await stocked(staff, 4);
    await staff.done('PlaceOrder', anOrder([aLine(sku, 3)]), web);
    const { level, events } = await staff.read(`/v1/stock/${sku}/warehouse/explain`);
    const { onHand, hardReserved } = (await staff.read(`/v1/stock/${sku}/warehouse`)) as Record<string, number>;
    expect(level).toMatchObject({ onHand, hardReserved });
    expect(events).toMatchObject([
      { type: 'StockReceived', onHandAfter: 4, reservedAfter: 0, atpEffect: 4 },
      { type: 'StockReserved', onHandAfter: 4, reservedAfter: 3, atpEffect: -3 },
    ]);
  });
});

describe('an order can be changed', () => {
  it('by cancelling units of a line, which releases their reservation', async () => {
    const sku = await stocked(staff, 10);
    const { orderId, ...order } = anOrder([aLine(sku, 4), aLine(sku, 2, { lineId: '2' })]);
    await staff.done('PlaceOrder', { orderId, ...order }, web);
    const cancel = (lines: object[]) =>
      staff.send('CancelOrderLines', { orderId, lines, reason: 'mind' }, { wait: 20 });

    await expect(cancel([{ lineId: '1', quantity: 3 }])).resolves.toMatchObject({ status: 200 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      state: 'confirmed',
      cancelledAmount: 2550,
      lines: [
        { ordered: 4, allocated: 1, cancelled: 3 },
        { ordered: 2, allocated: 2, cancelled: 0 },
      ],
    });
    await expect(promised(staff, sku, ['web'])).resolves.toEqual([7]);

    await expect(cancel([{ lineId: '1', quantity: 2 }])).resolves.toMatchObject({
      status: 409,
      body: { type: '/problems/line-already-fulfilled', cancellable: 1 },
    });
    await cancel([
      { lineId: '1', quantity: 1 },
      { lineId: '2', quantity: 2 },
    ]);
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      state: 'cancelled',
      cancelledAmount: 5100,
    });
    await expect(staff.read(`/v1/reservations?sku=${sku}`)).resolves.toEqual({ items: [] });
  });

  it('by a hold and its release', async () => {
    const { orderId, ...order } = anOrder([aLine(await stocked(staff, 1))]);
    await staff.done('PlaceOrder', { orderId, ...order }, web);
    await staff.done('HoldOrder', { orderId, holdId: 'fraud', reason: 'check the address' });
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      orderState: 'OrderProblem',
      holds: [{ holdId: 'fraud', reason: 'check the address' }],
    });
    await staff.done('ReleaseOrderHold', { orderId, holdId: 'fraud' });
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      orderState: 'OrderProcessing',
      holds: [],
    });
  });
});
