import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const SECRET = 'journey-secret';
let kontor: Kontor;
let staff: Client;
let web: Client;
let app: Client;
let callCenter: Client;
let leeds: Client;
let glasgow: Client;

const channelOf = (channelId: string, kind: string) => ({
  ...{ channelId, name: channelId, kind, currency: 'GBP', locale: 'en-GB' },
  locations: [{ locationId: 'store', methods: ['ship', 'pickup', 'carry-out'], safetyStock: 0 }],
  ...{ reservationTtlSeconds: 900, promisesIncoming: false },
});

beforeAll(async () => {
  kontor = await Kontor.start({ env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  staff = kontor.staff;
  await openShop(staff);
  await staff.done('RegisterLocation', { locationId: 'glasgow', name: 'Glasgow', type: 'store', country: 'GB' });
  await staff.done('ConfigureChannel', channelOf('call-centre', 'call-centre'));
  await staff.done('ConfigureChannel', channelOf('till-leeds', 'till'));
  await staff.done('ConfigureChannel', channelOf('till-glasgow', 'till'));
  web = await kontor.channel('web', ['stock:read', 'carts:write', 'stock:reserve']);
  app = await kontor.channel('app', ['carts:write', 'orders:place', 'orders:read']);
  callCenter = await kontor.channel('call-centre', ['orders:pay']);
  leeds = await kontor.channel('till-leeds', ['fulfillment:read', 'fulfillment:work']);
  glasgow = await kontor.channel('till-glasgow', ['returns:manage', 'returns:in-store']);
});

afterAll(() => kontor.stop(), 60_000);

const stockAt = (sku: string, locationId: string) => staff.read(`/v1/stock/${sku}/${locationId}`);

interface TimelineEntry extends Fields {
  readonly type: string;
  readonly channel: string;
  readonly actor: string;
}

it('goods seen on the web are ordered in the app, paid by phone, collected in one store and returned in another', async () => {
  const sku = await stocked(staff, 2, 'store');
  const [cartId, orderId, returnId] = [randomUUID(), randomUUID(), randomUUID()];

  // Seen on the web: the goods are available, and a cart reserves them.
  const { items: offers } = await web.read(`/v1/availability?sku=${sku}`);
  expect(offers).toMatchObject([{ atp: 2 }]);
  await web.done('CreateCart', { cartId, currency: 'GBP' });
  await web.done('AddCartLine', { cartId, ...aLine(sku, 2, { method: 'pickup', locationId: 'store' }) });
  await web.done('ReserveCart', { cartId });
  const isHeld = async () => (await stockAt(sku, 'store'))['softReserved'] === 2;
  await until(isHeld, { for: 'the cart to be reserved' });

  // Ordered in the app, from the same cart.
  await web.done('HandOverCart', { cartId, to: { channel: 'app' } });
  await app.done('CheckOutCart', { cartId, orderId });
  const placed = await app.send('PlaceOrder', { orderId, cartId, payLater: true }, { wait: 20 });
  expect(placed).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  await orderBecomes(app, orderId, { channel: 'app', paymentState: 'due' });
  await kontor.settled();
  await expect(stockAt(sku, 'store')).resolves.toMatchObject({ softReserved: 0, hardReserved: 2 });

  // Paid by phone.
  await callCenter.done('PayOrder', { orderId, tenders: [aTender(1700)] });
  await paymentBecomes(staff, orderId, 'card', { state: 'authorized', channel: 'call-centre' });

  // Collected in Leeds.
  const work = await fulfillmentWork(leeds, orderId, 'store');
  await work.does('MarkReadyForPickup');
  await work.does('HandOver', { proof: 'code 4711' });
  await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 1700 });
  await orderBecomes(app, orderId, { fulfillmentState: 'fulfilled', paymentState: 'paid' });

  // Returned in Glasgow, refunded to the card.
  const line = { lineId: '1', quantity: 1 };
  await glasgow.done('RequestReturn', { returnId, orderId, lines: [line], reason: 'unwanted', refundTo: 'original' });
  const isApproved = async () => (await staff.read(`/v1/returns/${returnId}`))['state'] === 'approved';
  await until(isApproved, { for: 'the return to be approved' });
  const items = [{ ...line, disposition: 'restock' }];
  await glasgow.done('InspectReturn', { returnId, locationId: 'glasgow', items });
  await paymentBecomes(staff, orderId, 'card', { state: 'partly-refunded', refunded: 850 });
  await orderBecomes(app, orderId, { returnState: 'partly-returned', paymentState: 'partly-refunded' });

  // The goods are at the right locations, and nothing is reserved.
  await kontor.settled();
  await expect(stockAt(sku, 'store')).resolves.toMatchObject({ onHand: 0, softReserved: 0, hardReserved: 0 });
  await expect(stockAt(sku, 'glasgow')).resolves.toMatchObject({ onHand: 1, softReserved: 0, hardReserved: 0 });
  await expect(staff.read(`/v1/carts/${cartId}`)).resolves.toMatchObject({ state: 'closed' });

  // The provider was asked for these operations only.
  const headers = { authorization: `Bearer ${SECRET}` };
  const journal = (await (await fetch(`${kontor.runFile.paymentUrl}/journal`, { headers })).json()) as Fields[];
  expect(journal.map(({ operation, amount }) => `${String(operation)} ${String(amount)}`)).toEqual([
    ...['authorize 1700', 'capture 1700', 'refund 850'],
  ]);

  // One timeline has everything in order, with actor and channel.
  const { items: entries } = (await staff.read(`/v1/orders/${orderId}/timeline?limit=200`)) as unknown as {
    items: TimelineEntry[];
  };
  const money = entries.filter(({ type }) => /^Payment(Authorized|Captured|Refunded)$/.test(type));
  expect(money.map(({ type }) => type)).toEqual(['PaymentAuthorized', 'PaymentCaptured', 'PaymentRefunded']);
  const people = entries.filter(({ actor }) => !actor.startsWith('process:'));
  expect(people.map(({ type, channel }) => `${type} on ${channel}`)).toEqual([
    'OrderPlaced on app',
    'FulfillmentPlanned on app',
    'OrderTendered on call-centre',
    'FulfillmentAccepted on till-leeds',
    'ItemsPicked on till-leeds',
    'ReadyForPickup on till-leeds',
    'HandedOver on till-leeds',
    'ReturnRequested on till-glasgow',
    'ReturnReceived on till-glasgow',
    'ReturnItemsInspected on till-glasgow',
  ]);
  expect(new Set(people.map(({ actor }) => actor)).size).toBe(4); // a key each
});

it('one transaction over five channels breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
