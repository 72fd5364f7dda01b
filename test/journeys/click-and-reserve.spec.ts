import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
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
});

afterAll(() => kontor.stop(), 60_000);

const stockAtStore = (sku: string) => staff.read(`/v1/stock/${sku}/store`);

/** Places an order on the web for pickup at the store, to be paid later. */
const reserved = async () => {
  const sku = await stocked(staff, 1, 'store');
  const line = aLine(sku, 1, { method: 'pickup', locationId: 'store' });
  const orderId = await confirmed(staff, [line], { payLater: true });
  return { sku, orderId, work: await fulfillmentWork(staff, orderId, 'store') };
};

describe('goods that are reserved on the web and paid in the store', () => {
  it('stay reserved until they are paid at the till and handed over', async () => {
    const { sku, orderId, work } = await reserved();
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 1, hardReserved: 1 });
    await expect(staff.read(`/v1/orders/${orderId}/payments`)).resolves.toMatchObject({ items: [] });

    await work.does('MarkReadyForPickup');
    await orderBecomes(staff, orderId, { orderState: 'OrderPickupAvailable', paymentState: 'due' });
    const tenders = [{ tenderId: 'terminal', kind: 'terminal', amount: 850 }];
    await staff.done('PayOrder', { orderId, tenders }, { channel: 'till' });
    await paymentBecomes(staff, orderId, 'terminal', { state: 'captured', captured: 850, channel: 'till' });
    await work.does('HandOver', { proof: 'code 4711' });

    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', paymentState: 'paid' });
    await kontor.settled();
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });

  it('cannot be sold to anybody else meanwhile', async () => {
    const { sku } = await reserved();
    const { body } = await staff.send(
      'PlaceOrder',
      { orderId: `rival-${sku}`, lines: [aLine(sku, 1, { method: 'carry-out', locationId: 'store' })] },
      { channel: 'till', wait: 20 },
    );
    expect(body).toMatchObject({ state: 'rejected' });
  });

  it('go back to stock when nobody comes, and nothing is refunded', async () => {
    const { sku, orderId, work } = await reserved();
    await work.does('MarkReadyForPickup', { until: new Date(Date.now() + 2000).toISOString() });
    const isExpired = async () => (await work.now())['state'] === 'expired';
    await until(isExpired, { for: 'the pickup to expire', everyMs: 100 });
    await orderBecomes(staff, orderId, {
      state: 'cancelled',
      paymentState: 'none',
      capturedAmount: 0,
      refundedAmount: 0,
    });
    await kontor.settled();
    await expect(stockAtStore(sku)).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
    await expect(staff.read(`/v1/orders/${orderId}/payments`)).resolves.toMatchObject({ items: [] });
    await expect(
      staff.send('PayOrder', { orderId, tenders: [{ tenderId: 'late', kind: 'cash', amount: 850 }] }),
    ).resolves.toMatchObject({ status: 409, body: { code: 'order-ended' } });
  });
});

it('click and reserve breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
