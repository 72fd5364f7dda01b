import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
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

const shipTo = { lines: ['1 High Street'], postalCode: 'EH1 1AA', city: 'Edinburgh' };
const customer = async () => {
  const customerId = randomUUID();
  await staff.done('RegisterCustomer', { customerId });
  return customerId;
};

/** Two mugs of 8.50, paid by card when they leave. */
const bought = async (channel: string, customerId: string, more: object = {}) => {
  const tenders = [{ tenderId: 'card', kind: 'card', amount: 1700, token: 'tok_visa' }];
  const order = anOrder([aLine(await stocked(staff, 2), 2)], { customerId, shipTo, country: 'GB', tenders, ...more });
  const answer = await staff.send('PlaceOrder', order, { channel, wait: 20 });
  expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  await kontor.settled();
  return { orderId: order.orderId, work: await fulfillmentWork(staff, order.orderId, 'warehouse') };
};

interface Group {
  readonly recipient: string;
  readonly fulfillmentIds: readonly string[];
  readonly orderIds: readonly string[];
}

const groupsWith = async (orderId: string) => {
  const { items } = await staff.read('/v1/locations/warehouse/consolidations');
  return (items as Group[]).filter(({ orderIds }) => orderIds.includes(orderId));
};

const groupWith = async (orderId: string) => {
  const [group] = await groupsWith(orderId);
  if (!group) throw new Error(`Nothing goes with ${orderId}`);
  return group;
};

const becomes = (orderId: string, expected: Fields) =>
  until(
    async () => {
      const order = await staff.read(`/v1/orders/${orderId}`);
      return Object.entries(expected).every(([name, value]) => order[name] === value);
    },
    { for: `order ${orderId} to be ${JSON.stringify(expected)}`, withinMs: 30_000 },
  );

it('orders of one customer on the web and in the app are shipped together under one tracking number', async () => {
  const me = await customer();
  const web = await bought('web', me);
  const app = await bought('app', me, { shipTo: { ...shipTo, lines: ['1, high street'] } });
  const stranger = await bought('web', await customer());
  const elsewhere = await bought('web', me, { shipTo: { lines: ['2 Low Road'] } });

  const group = await groupWith(web.orderId);
  expect(group.orderIds).toEqual([web.orderId, app.orderId]);
  for (const { orderId } of [stranger, elsewhere]) expect(await groupsWith(orderId)).toEqual([]);

  const shipmentId = randomUUID();
  const of = { shipmentId, locationId: 'warehouse' };
  const fulfillmentIds = [...group.fulfillmentIds, elsewhere.work.fulfillmentId];
  await staff.done('ConsolidateFulfillments', { ...of, recipient: group.recipient, fulfillmentIds });
  await kontor.settled();
  expect(await staff.read(`/v1/shipments/${shipmentId}`)).toMatchObject({
    state: 'open',
    fulfillments: [{ state: 'joined' }, { state: 'joined' }, { state: 'lost', code: 'other-recipient' }],
  });
  expect(await groupsWith(web.orderId)).toEqual([]);

  await staff.done('ShipShipment', { ...of, carrier: 'royal-mail', tracking: 'AB1' });
  for (const { orderId, work } of [web, app]) {
    await becomes(orderId, { orderState: 'OrderInTransit', paymentState: 'paid', capturedAmount: 1700 });
    const parcels = [{ parcelId: shipmentId, carrier: 'royal-mail', tracking: 'AB1', shipmentId }];
    expect(await work.now()).toMatchObject({ state: 'shipped', parcels });
  }
  expect(await elsewhere.work.now()).toMatchObject({ state: 'assigned', shipmentId: null });

  await staff.done('RecordShipmentDelivery', { shipmentId });
  for (const { orderId } of [web, app]) await becomes(orderId, { orderState: 'OrderDelivered' });
  await kontor.settled();
  expect(await staff.read(`/v1/shipments/${shipmentId}`)).toMatchObject({ state: 'delivered', tracking: 'AB1' });
});

it('a fulfillment that was taken out or is held is left behind and shipped separately', async () => {
  const me = await customer();
  const [first, second, third] = [await bought('web', me), await bought('app', me), await bought('till', me)];
  const group = await groupWith(first.orderId);
  const shipmentId = randomUUID();
  const of = { shipmentId, locationId: 'warehouse' };
  const { recipient, fulfillmentIds } = group;
  await staff.done('ConsolidateFulfillments', { ...of, recipient, fulfillmentIds });
  await kontor.settled();
  await second.work.does('LeaveShipment', { shipmentId });
  await staff.done('HoldOrder', { orderId: third.orderId, holdId: 'h', reason: 'asked' });
  await kontor.settled();
  await staff.done('ShipShipment', { ...of, carrier: 'royal-mail', tracking: 'AB2' });
  await kontor.settled();
  expect(await staff.read(`/v1/shipments/${shipmentId}`)).toMatchObject({
    state: 'shipped',
    fulfillments: [{ state: 'joined' }, { code: 'taken-out' }, { code: 'fulfillment-held' }],
  });
  await becomes(first.orderId, { orderState: 'OrderInTransit' });

  await staff.done('ReleaseOrderHold', { orderId: third.orderId, holdId: 'h' });
  await kontor.settled();
  for (const { orderId, work } of [second, third]) {
    await work.does('PackParcel', { parcelId: 'P-1', lines: [{ lineId: '1', quantity: 2 }] });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    await becomes(orderId, { orderState: 'OrderInTransit', paymentState: 'paid' });
  }
});

it('consolidation breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
