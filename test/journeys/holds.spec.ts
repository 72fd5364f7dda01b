import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
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

const all = { lineId: '1', quantity: 1 };
const hold = (orderId: string, holdId: string) => staff.done('HoldOrder', { orderId, holdId, reason: 'to be checked' });
const release = (orderId: string, holdId: string) => staff.done('ReleaseOrderHold', { orderId, holdId });

const workFor = async (orderId: string) => {
  await kontor.settled();
  const { items } = (await staff.read(`/v1/orders/${orderId}/fulfillments`)) as unknown as { items: Fields[] };
  return items;
};

const refusedAs = (code: string) => expect.objectContaining({ status: 409, body: expect.objectContaining({ code }) });

describe('an order that is held', () => {
  it('before it is confirmed is assigned to no location until the hold is released', async () => {
    const sku = await stocked(staff, 1);
    const order = anOrder([aLine(sku)], { tenders: [aTender(850)] });
    const bank = kontor.pids()['payment-simulator'];
    if (bank === undefined) throw new Error('There is no payment simulator');
    process.kill(bank, 'SIGSTOP'); // the order waits for its payment
    try {
      await staff.send('PlaceOrder', order, { channel: 'web' });
      await hold(order.orderId, 'fraud-check');
    } finally {
      process.kill(bank, 'SIGCONT');
    }
    await orderBecomes(staff, order.orderId, { state: 'confirmed', orderState: 'OrderProblem' });
    expect(await workFor(order.orderId)).toEqual([]);
    await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ hardReserved: 1 });

    await release(order.orderId, 'fraud-check');
    const work = await fulfillmentWork(staff, order.orderId, 'warehouse');
    await work.does('AcceptFulfillment');
    await orderBecomes(staff, order.orderId, { orderState: 'OrderProcessing' });
  });

  it('after it was assigned cannot be shipped until the hold is released', async () => {
    const orderId = await confirmed(staff, [aLine(await stocked(staff, 1))], { tenders: [aTender(850)] });
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('PackParcel', { parcelId: 'P-1', lines: [all] });
    await hold(orderId, 'fraud-check');
    await kontor.settled();
    const shipping = { parcelId: 'P-1', carrier: 'royal-mail' };
    expect(await work.tries('ShipParcel', shipping)).toEqual(refusedAs('fulfillment-held'));
    await orderBecomes(staff, orderId, { orderState: 'OrderProblem', capturedAmount: 0 });

    await release(orderId, 'fraud-check');
    await kontor.settled();
    await work.does('ShipParcel', shipping);
    await paymentBecomes(staff, orderId, 'card', { captured: 850 });
  });

  it('twice waits for both releases', async () => {
    const orderId = await confirmed(staff, [aLine(await stocked(staff, 1))]);
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await hold(orderId, 'fraud-check');
    await hold(orderId, 'address');
    await release(orderId, 'fraud-check');
    await kontor.settled();
    expect(await work.tries('AcceptFulfillment')).toEqual(refusedAs('fulfillment-held'));
    await release(orderId, 'address');
    await kontor.settled();
    await work.does('AcceptFulfillment');
  });

  it('can be cancelled, and releases its stock and payment', async () => {
    const sku = await stocked(staff, 1);
    const orderId = await confirmed(staff, [aLine(sku)], { capture: 'now', tenders: [aTender(850)] });
    await fulfillmentWork(staff, orderId, 'warehouse');
    await hold(orderId, 'fraud-check');
    await kontor.settled();
    await staff.done('CancelOrderLines', { orderId, lines: [all], reason: 'fraud' });
    await orderBecomes(staff, orderId, { state: 'cancelled', paymentState: 'refunded' });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
    expect(await workFor(orderId)).toMatchObject([{ state: 'cancelled', isOpen: false }]);
  });
});

it('order holds break no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
