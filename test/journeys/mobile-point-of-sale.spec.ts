import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { findFaults } from '../support/verify.js';

let kontor: Kontor;
let staff: Client;
/** A clerk's device on the shop floor. */
let device: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  device = await kontor.channel('till', ['orders:place', 'orders:read', 'stock:read']);
});

afterAll(() => kontor.stop(), 60_000);

const sale = (sku: string) =>
  anOrder([aLine(sku, 1, { method: 'carry-out', locationId: 'store' })], {
    ...{ capture: 'now', tenders: [{ tenderId: 'terminal', kind: 'terminal', amount: 850 }] },
  });

it('a sale on the shop floor is confirmed, handed over, paid and taken out of stock at once', async () => {
  const sku = await stocked(staff, 2, 'store');
  const order = sale(sku);
  const { body } = await device.send('PlaceOrder', order, { wait: 20 });
  expect(body).toMatchObject({ state: 'confirmed' });
  await orderBecomes(device, order.orderId, { fulfillmentState: 'fulfilled', paymentState: 'paid' });
  await paymentBecomes(staff, order.orderId, 'terminal', { state: 'captured', captured: 850 });
  await kontor.settled();
  await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
  const { items } = (await staff.read(`/v1/orders/${order.orderId}/fulfillments`)) as unknown as { items: Fields[] };
  expect(items).toMatchObject([{ method: 'carry-out', state: 'handed-over', isOpen: false, acceptBy: null }]);
});

it('of two clerks who sell the last unit, one sale is confirmed, and the other takes no payment', async () => {
  const sku = await stocked(staff, 1, 'store');
  const sales = [sale(sku), sale(sku)];
  const answers = await Promise.all(sales.map((order) => device.send('PlaceOrder', order, { wait: 20 })));
  const states = answers.map(({ body }) => (body as Fields)['state']);
  expect(states.toSorted()).toEqual(['confirmed', 'rejected']);
  await kontor.settled();
  const loser = sales[states.indexOf('rejected')]?.orderId ?? '';
  await expect(staff.read(`/v1/orders/${loser}/payments`)).resolves.toMatchObject({ items: [] });
  await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
});

it('mobile points of sale break no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
