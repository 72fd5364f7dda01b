import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, openShop, promised, stocked } from '../support/shop.js';
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

const terminal = (amount: number) => ({ tenderId: 'terminal', kind: 'terminal', amount });
const home = { contact: { name: 'Ada Byron' }, shipTo: { lines: ['1 High Street'], city: 'Edinburgh' }, country: 'GB' };

it('a till sells goods that only the warehouse has, takes the payment, and the warehouse ships them', async () => {
  const sku = await stocked(staff, 1);
  expect(await promised(staff, sku, ['till'])).toEqual([1]);
  const more = { ...home, capture: 'now', tenders: [terminal(850)] };
  const orderId = await confirmed(staff, [aLine(sku)], more, 'till');
  await paymentBecomes(staff, orderId, 'terminal', { state: 'captured', captured: 850, channel: 'till' });
  await orderBecomes(staff, orderId, { channel: 'till', paymentState: 'paid', fulfillmentState: 'allocated' });

  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('PackParcel', { parcelId: 'P-1', lines: [{ lineId: '1', quantity: 1 }] });
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  await work.does('RecordDelivery', { parcelId: 'P-1', locationId: undefined });
  await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', orderState: 'OrderDelivered' });
  await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ shipTo: home.shipTo });
  expect(await promised(staff, sku, ['till'])).toEqual([0]);
});

it('one order has goods to carry out and goods to ship', async () => {
  const [here, there] = [await stocked(staff, 1, 'store'), await stocked(staff, 1)];
  const lines = [
    aLine(here, 1, { lineId: 'here', method: 'carry-out', locationId: 'store' }),
    aLine(there, 1, { lineId: 'home' }),
  ];
  const more = { ...home, capture: 'now', tenders: [terminal(1700)] };
  const orderId = await confirmed(staff, lines, more, 'till');
  await orderBecomes(staff, orderId, { paymentState: 'paid', fulfillmentState: 'partly-fulfilled' });
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('PackParcel', { parcelId: 'P-1', lines: [{ lineId: 'home', quantity: 1 }] });
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', capturedAmount: 1700, refundedAmount: 0 });
});

it('the payment for goods that the warehouse cannot find is refunded', async () => {
  const sku = await stocked(staff, 1);
  const more = { ...home, capture: 'now', tenders: [terminal(850)] };
  const orderId = await confirmed(staff, [aLine(sku)], more, 'till');
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('RejectFulfillment', { reason: 'not-found' });
  await orderBecomes(staff, orderId, { state: 'cancelled', paymentState: 'refunded' });
  await paymentBecomes(staff, orderId, 'terminal', { state: 'refunded', refunded: 850 });
});

it('the endless aisle breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
