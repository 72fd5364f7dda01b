import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed } from '../support/orders.js';
import { aLine, aSku, openShop, promised, stocked } from '../support/shop.js';
import { findFaults } from '../support/verify.js';

let kontor: Kontor;
let staff: Client;
let web: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  web = await kontor.channel('web', ['carts:write', 'orders:place', 'orders:read', 'stock:read', 'stock:reserve']);
});

afterAll(() => kontor.stop(), 60_000);

const kitOf = async (...components: (readonly [sku: string, quantity: number])[]) => {
  const sku = aSku('KIT');
  const parts = components.map(([component, quantity]) => ({ sku: component, quantity }));
  await staff.done('DefineKit', { sku, components: parts });
  return sku;
};
const price = (amount: number) => ({ unitPrice: { amount, scale: 2 } });
const place = (lines: readonly object[], more: object = {}) =>
  web.send('PlaceOrder', { orderId: randomUUID(), lines, ...more }, { wait: 20 });
const onShelf = (sku: string) => staff.read(`/v1/stock/${sku}/warehouse`);

it('kits that share a component can be sold as long as every component is available', async () => {
  const [cup, pot, tea] = [await stocked(staff, 5), await stocked(staff, 9), await stocked(staff, 9)];
  const [tray, sampler] = [await kitOf([cup, 2], [pot, 1]), await kitOf([cup, 1], [tea, 3])];
  expect(await web.read(`/v1/kits/${tray}`)).toEqual({
    sku: tray,
    version: 1,
    components: [
      { sku: cup, quantity: 2 },
      { sku: pot, quantity: 1 },
    ],
  });
  expect([await promised(staff, tray, ['web']), await promised(staff, sampler, ['web'])]).toEqual([[2], [3]]);

  await expect(place([aLine(tray, 2)])).resolves.toMatchObject({ body: { state: 'confirmed' } });
  expect([await promised(staff, tray, ['web']), await promised(staff, sampler, ['web'])]).toEqual([[0], [1]]);
  await expect(place([aLine(tray)])).resolves.toMatchObject({ body: { state: 'rejected' } });
  expect(await onShelf(pot)).toMatchObject({ hardReserved: 2, softReserved: 0 });
  await expect(place([aLine(sampler)])).resolves.toMatchObject({ body: { state: 'confirmed' } });
  expect(await promised(staff, cup, ['web'])).toEqual([0]);
});

it('the price of a kit is divided among its components, which can be cancelled one by one', async () => {
  const [cup, pot] = [await stocked(staff, 9), await stocked(staff, 9)];
  const tray = await kitOf([cup, 2], [pot, 1]);
  const lines = [aLine(tray, 1, price(1000)), aLine(pot, 1, { lineId: '2', ...price(500) })];
  const orderId = await confirmed(web, lines, { capture: 'now', tenders: [aTender(1500)] });
  const order = await web.read(`/v1/orders/${orderId}`);
  expect(order).toMatchObject({
    total: 1500,
    lines: [
      { lineId: '1.a', sku: cup, ordered: 2, kit: { sku: tray, lineId: '1', quantity: 1 } },
      { lineId: '1.b', sku: pot, ordered: 1 },
      { lineId: '2', sku: pot, ordered: 1 },
    ],
  });
  const cancellation = { orderId, lines: [{ lineId: '1.a', quantity: 1 }], reason: 'one will do' };
  await expect(staff.send('CancelOrderLines', cancellation, { wait: 20 })).resolves.toMatchObject({ status: 200 });
  await kontor.settled();
  expect(await onShelf(cup)).toMatchObject({ hardReserved: 1 });
  // Half of 6.67, the share of two cups, rounded.
  expect(await web.read(`/v1/orders/${orderId}`)).toMatchObject({ cancelledAmount: 334, refundedAmount: 334 });
});

it('the unshipped kits of a partly shipped order can be cancelled, which frees their components', async () => {
  const [cup, pot] = [await stocked(staff, 10), await stocked(staff, 5)];
  const tray = await kitOf([cup, 2], [pot, 1]);
  const orderId = await confirmed(web, [aLine(tray, 5, price(1000))], { capture: 'now', tenders: [aTender(5000)] });
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  const three = [
    { lineId: '1.a', quantity: 6 },
    { lineId: '1.b', quantity: 3 },
  ];
  await work.does('PackParcel', { parcelId: 'P-1', lines: three });
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  const left = [
    { lineId: '1.a', quantity: 4 },
    { lineId: '1.b', quantity: 2 },
  ];
  const cancellation = { orderId, lines: left, reason: 'three will do' };
  await expect(staff.send('CancelOrderLines', cancellation, { wait: 20 })).resolves.toMatchObject({ status: 200 });
  await kontor.settled();
  expect(await onShelf(cup)).toMatchObject({ onHand: 4, hardReserved: 0 });
  expect(await onShelf(pot)).toMatchObject({ onHand: 2, hardReserved: 0 });
  expect(await web.read(`/v1/orders/${orderId}`)).toMatchObject({ cancelledAmount: 2000, refundedAmount: 2000 });
});

it('a kit can be ordered from a cart', async () => {
  const [cup, pot] = [await stocked(staff, 2), await stocked(staff, 2)];
  const tray = await kitOf([cup, 2], [pot, 1]);
  const [cartId, orderId] = [randomUUID(), randomUUID()];
  await web.done('CreateCart', { cartId, currency: 'GBP' });
  await web.done('AddCartLine', { cartId, ...aLine(tray) });
  await web.done('AddCartLine', { cartId, ...aLine(pot, 1, { lineId: '2' }) });
  await web.done('ReserveCart', { cartId });
  expect(await web.read(`/v1/carts/${cartId}`)).toMatchObject({ missing: [{ sku: tray, quantity: 1 }] });
  await web.done('CheckOutCart', { cartId, orderId });
  const answer = await web.send('PlaceOrder', { orderId, cartId }, { wait: 20 });
  expect(answer).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  await kontor.settled();
  expect(await onShelf(pot)).toMatchObject({ hardReserved: 2, softReserved: 0 });
  expect(await onShelf(cup)).toMatchObject({ hardReserved: 2, softReserved: 0 });
});

it('a kit can be redefined for later orders and retired, and cannot contain a kit', async () => {
  const [cup, pot] = [await stocked(staff, 9), await stocked(staff, 9)];
  const tray = await kitOf([cup, 2]);
  const nested = await staff.send('DefineKit', { sku: aSku(), components: [{ sku: tray, quantity: 1 }] }, { wait: 20 });
  expect(nested).toMatchObject({ status: 409, body: { code: 'kit-nested' } });
  await staff.done('DefineKit', { sku: tray, components: [{ sku: pot, quantity: 3 }] });
  await expect(place([aLine(tray)])).resolves.toMatchObject({ body: { state: 'confirmed' } });
  expect([await promised(staff, cup, ['web']), await promised(staff, pot, ['web'])]).toEqual([[9], [6]]);
  await staff.done('RetireKit', { sku: tray });
  expect((await staff.get(`/v1/kits/${tray}`)).status).toBe(404);
  expect(await promised(staff, tray, ['web'])).toEqual([0]);
});

it('kits break no invariant', async () => {
  await kontor.settled();
  expect(await findFaults(kontor)).toEqual([]);
});
