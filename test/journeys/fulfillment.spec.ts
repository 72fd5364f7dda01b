import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const confirmed = async (lines: readonly object[]) => {
  const order = anOrder(lines);
  const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
  expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  await kontor.settled();
  return order.orderId;
};

const stockOf = (sku: string, locationId: string) => staff.read(`/v1/stock/${sku}/${locationId}`);
const units = (lineId: string, quantity: number) => ({ lineId, quantity });

describe('an order to be shipped', () => {
  it('is on the work list of its location, leaves in two parcels and is delivered', async () => {
    const sku = await stocked(staff, 5);
    const orderId = await confirmed([aLine(sku, 3)]);
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    const { items } = (await staff.read('/v1/locations/warehouse/worklist?state=assigned')) as { items: object[] };
    expect(items).toContainEqual(expect.objectContaining({ orderId, state: 'assigned', channel: 'web' }));

    await work.does('AcceptFulfillment');
    await work.does('PickItems', { lines: [units('1', 3)] });
    await work.does('PackParcel', { parcelId: 'P-1', lines: [units('1', 2)] });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail', tracking: 'AB1' });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ fulfillmentState: 'partly-fulfilled' });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 3, hardReserved: 1 });

    await work.does('PackParcel', { parcelId: 'P-2', lines: [units('1', 1)] });
    await work.does('ShipParcel', { parcelId: 'P-2', carrier: 'royal-mail', tracking: 'AB2' });
    await work.does('RecordDelivery', { parcelId: 'P-1', locationId: undefined });
    await work.does('RecordDelivery', { parcelId: 'P-2', locationId: undefined });
    await kontor.settled();
    await expect(work.now()).resolves.toMatchObject({
      state: 'delivered',
      isOpen: false,
      parcels: [
        { parcelId: 'P-1', tracking: 'AB1', deliveredAt: expect.any(String) },
        { parcelId: 'P-2', tracking: 'AB2', deliveredAt: expect.any(String) },
      ],
    });
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      ...{ fulfillmentState: 'fulfilled', lines: [{ fulfilled: 3, allocated: 0 }] },
    });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 2, hardReserved: 0 });
  });

  it('goes to another location when one rejects it as not found, and the stock is corrected', async () => {
    const sku = await stocked(staff, 2);
    await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 2, ref: 'delivery' });
    const orderId = await confirmed([aLine(sku, 2)]);
    await (await fulfillmentWork(staff, orderId, 'warehouse')).does('RejectFulfillment', { reason: 'not-found' });
    await kontor.settled();
    await expect((await fulfillmentWork(staff, orderId, 'store')).now()).resolves.toMatchObject({
      state: 'assigned',
      attempt: 2,
    });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
    await expect(stockOf(sku, 'store')).resolves.toMatchObject({ onHand: 2, hardReserved: 2 });
  });

  it('is shipped from two locations after a short pick', async () => {
    const sku = await stocked(staff, 3);
    await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 1, ref: 'delivery' });
    const orderId = await confirmed([aLine(sku, 3)]);
    const here = await fulfillmentWork(staff, orderId, 'warehouse');
    await here.does('ReportShortPick', { lines: [units('1', 1)], reason: 'damaged' });
    await here.does('PackParcel', { parcelId: 'P-1', lines: [units('1', 2)] });
    await here.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    await kontor.settled();
    const there = await fulfillmentWork(staff, orderId, 'store');
    await there.does('PackParcel', { parcelId: 'P-1', lines: [units('1', 1)] });
    await there.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ fulfillmentState: 'fulfilled' });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 1, unavailable: 1, hardReserved: 0 });
  });

  it('is cancelled when no other location has the goods', async () => {
    const sku = await stocked(staff, 1);
    const orderId = await confirmed([aLine(sku, 1)]);
    await (await fulfillmentWork(staff, orderId, 'warehouse')).does('RejectFulfillment', { reason: 'closed' });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ state: 'cancelled' });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
  });

  it('gives the next location its full time to accept, although the refusal of the first is reported late', async () => {
    const sku = await stocked(staff, 1);
    await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 1, ref: 'delivery' });
    const orderId = await confirmed([aLine(sku, 1)]);
    const { fulfillmentId } = await fulfillmentWork(staff, orderId, 'warehouse');
    const ago = new Date(Date.now() - 48 * 60 * 60 * 1000).toISOString();
    const refusal = { fulfillmentId, locationId: 'warehouse', reason: 'no-capacity' };
    await staff.done('RejectFulfillment', refusal, { headers: { 'Kontor-Occurred-At': ago } });
    const next = await (await fulfillmentWork(staff, orderId, 'store')).now();
    expect(next).toMatchObject({ state: 'assigned', attempt: 2 });
    expect(Date.parse(String(next['acceptBy']))).toBeGreaterThan(Date.now() + 23 * 60 * 60 * 1000);
  });

  it('cannot be accepted while it is held', async () => {
    const orderId = await confirmed([aLine(await stocked(staff, 1), 1)]);
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await staff.done('HoldOrder', { orderId, holdId: 'h', reason: 'asked' });
    await kontor.settled();
    await expect(work.tries('AcceptFulfillment')).resolves.toMatchObject({
      status: 409,
      body: { code: 'fulfillment-held' },
    });
    await staff.done('ReleaseOrderHold', { orderId, holdId: 'h' });
    await kontor.settled();
    await work.does('AcceptFulfillment');
  });

  it('can be cancelled only for the units that have not left', async () => {
    const sku = await stocked(staff, 3);
    const orderId = await confirmed([aLine(sku, 3)]);
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('PackParcel', { parcelId: 'P-1', lines: [units('1', 2)] });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    await kontor.settled();
    await staff.done('CancelOrderLines', { orderId, lines: [units('1', 1)], reason: 'regret' });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      ...{ fulfillmentState: 'fulfilled', lines: [{ fulfilled: 2, cancelled: 1, allocated: 0 }], cancelledAmount: 850 },
    });
    await expect(stockOf(sku, 'warehouse')).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
  });
});
