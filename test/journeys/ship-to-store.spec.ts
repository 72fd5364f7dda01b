import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  const strategies = [{ name: 'any', criteria: [{ by: 'priority', weight: 1 }], fallback: 'any-location' }];
  await staff.done('PublishSourcingPolicy', { policyId: 'to-store', strategies, shipToStore: true });
  await staff.done('ActivateSourcingPolicy', { policyId: 'to-store', version: 1, channel: 'web' });
});

afterAll(() => kontor.stop(), 60_000);

const units = (quantity: number) => ({ lineId: '1', quantity });
const stockAt = (sku: string, locationId: string) => staff.get(`/v1/stock/${sku}/${locationId}`);

/** An order for pickup at a store without stock, shipped there from the warehouse. */
const onItsWay = async () => {
  const sku = await stocked(staff, 3);
  const line = aLine(sku, 2, { method: 'pickup', locationId: 'store' });
  const orderId = await confirmed(staff, [line], { tenders: [aTender(1700)] });
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('AcceptFulfillment');
  await work.does('PackParcel', { parcelId: 'P-1', lines: [units(2)] });
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'own-van' });
  await kontor.settled();
  return { sku, orderId, work: await fulfillmentWork(staff, orderId, 'store') };
};

describe('goods that a store does not have', () => {
  it('are shipped to the store and handed over there, and only then is the payment captured', async () => {
    const { sku, orderId, work } = await onItsWay();
    expect(await work.now()).toMatchObject({ locationId: 'warehouse', pickupAt: 'store', state: 'shipped' });
    await expect(stockAt(sku, 'warehouse')).resolves.toMatchObject({ body: { onHand: 1, hardReserved: 0 } });
    await orderBecomes(staff, orderId, { fulfillmentState: 'allocated', capturedAmount: 0 });

    await expect(work.tries('HandOver', { proof: 'code 4711' })).resolves.toMatchObject({ status: 409 });
    const { items } = (await staff.read('/v1/locations/store/worklist?state=shipped')) as { items: object[] };
    expect(items).toContainEqual(expect.objectContaining({ orderId, state: 'shipped' }));
    await work.does('RecordArrival');
    await work.does('MarkReadyForPickup');
    await orderBecomes(staff, orderId, { orderState: 'OrderPickupAvailable' });
    await work.does('HandOver', { proof: 'code 4711' });

    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', orderState: 'OrderDelivered' });
    await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 1700 });
    await kontor.settled();
    await expect(stockAt(sku, 'warehouse')).resolves.toMatchObject({ body: { onHand: 1, hardReserved: 0 } });
    await expect(stockAt(sku, 'store')).resolves.toMatchObject({ status: 404 });
  });

  it('stay in the store when nobody collects them, and the payment is voided', async () => {
    const { sku, orderId, work } = await onItsWay();
    await work.does('RecordArrival');
    await work.does('MarkReadyForPickup', { until: new Date(Date.now() + 2000).toISOString() });
    const isExpired = async () => (await work.now())['state'] === 'expired';
    await until(isExpired, { for: 'the pickup to expire', everyMs: 100 });
    await orderBecomes(staff, orderId, { state: 'cancelled', capturedAmount: 0 });
    await paymentBecomes(staff, orderId, 'card', { state: 'voided' });
    await kontor.settled();
    await expect(stockAt(sku, 'store')).resolves.toMatchObject({ body: { onHand: 2, hardReserved: 0 } });
    await expect(stockAt(sku, 'warehouse')).resolves.toMatchObject({ body: { onHand: 1, hardReserved: 0 } });
  });
});

it('shipping to a store breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
