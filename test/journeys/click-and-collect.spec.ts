import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const confirmed = async (line: object) => {
  const order = anOrder([line]);
  const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
  expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  await kontor.settled();
  return order.orderId;
};

const toCollect = (sku: string) => aLine(sku, 1, { method: 'pickup', locationId: 'store' });
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const stockAtStore = (sku: string) => staff.read(`/v1/stock/${sku}/store`);

describe('goods ordered on the web for a store', () => {
  it('are reserved there, made ready, and handed over with a proof after a reminder', async () => {
    const sku = await stocked(staff, 1, 'store');
    const orderId = await confirmed(toCollect(sku));
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 1, hardReserved: 1 });

    const work = await fulfillmentWork(staff, orderId, 'store');
    await work.does('MarkReadyForPickup', { until: soon(3600) });
    // The last day has begun, so a reminder is due.
    const isReminded = async () => (await work.now())['reminded'] === true;
    await until(isReminded, { for: 'the reminder', withinMs: 20_000, everyMs: 100 });
    await work.does('HandOver', { proof: 'code 4711' });
    await kontor.settled();

    await expect(work.now()).resolves.toMatchObject({ state: 'handed-over', isOpen: false });
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ fulfillmentState: 'fulfilled' });
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });

  it('go back to stock when nobody collects them, and the order is cancelled', async () => {
    const sku = await stocked(staff, 1, 'store');
    const orderId = await confirmed(toCollect(sku));
    const work = await fulfillmentWork(staff, orderId, 'store');
    await work.does('MarkReadyForPickup', { until: soon(2) });
    const isExpired = async () => (await work.now())['state'] === 'expired';
    await until(isExpired, { for: 'the pickup to expire', withinMs: 20_000, everyMs: 100 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      state: 'cancelled',
      cancelledAmount: 850,
    });
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
  });

  it('are fulfilled at once when a till sells them for carry-out', async () => {
    const sku = await stocked(staff, 1, 'store');
    const order = anOrder([aLine(sku, 1, { method: 'carry-out', locationId: 'store' })]);
    await staff.send('PlaceOrder', order, { channel: 'till', wait: 20 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({ fulfillmentState: 'fulfilled' });
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });
});
