import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
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

const read = (returnId: string) => staff.read(`/v1/returns/${returnId}`);
const become = (returnId: string, wanted: (now: Fields) => boolean, what: string) =>
  until(async () => ((now: Fields) => wanted(now) && now)(await read(returnId)), { for: `${what}: ${returnId}` });
const inState = (returnId: string, state: string) => become(returnId, (now) => now['state'] === state, state);

const card = (amount: number) => ({ tenders: [{ tenderId: 'card', kind: 'card', amount, token: 'tok' }] });

/** Two mugs for 17.00, bought on the web, sent from the warehouse. */
const bought = async (terms: object = card(1700)) => {
  const sku = await stocked(staff, 5);
  const order = anOrder([aLine(sku, 2)], terms);
  const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
  expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  const work = await fulfillmentWork(staff, order.orderId, 'warehouse');
  await work.does('AcceptFulfillment');
  await work.does('PickItems', { lines: [units(2)] });
  await work.does('PackParcel', { parcelId: 'P-1', lines: [units(2)] });
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  await kontor.settled();
  return { sku, orderId: order.orderId };
};

const units = (quantity: number) => ({ lineId: '1', quantity });

const ask = async (more: object) => {
  const returnId = randomUUID();
  await staff.done(
    'RequestReturn',
    { returnId, reason: 'unwanted', refundTo: 'original', ...more },
    { channel: 'till' },
  );
  return returnId;
};

const inspect = (returnId: string, quantity: number, disposition = 'restock') =>
  staff.done('InspectReturn', { returnId, locationId: 'store', items: [{ ...units(quantity), disposition }] });

const refundedTo = async (orderId: string) => {
  const { items } = await staff.read(`/v1/orders/${orderId}/payments`);
  return (items as { refunded: number }[]).map(({ refunded }) => refunded);
};

describe('an order that was placed on the web', () => {
  it('can be returned to a store: the goods go into its stock, and the card is refunded', async () => {
    const { sku, orderId } = await bought();
    const returnId = await ask({ orderId, lines: [units(2)], fees: [{ kind: 'restocking', amount: 200 }] });
    await inState(returnId, 'approved');
    await inspect(returnId, 1);
    await inspect(returnId, 1, 'damaged');

    await expect(inState(returnId, 'closed')).resolves.toMatchObject({
      ...{ orderId, channel: 'till', units: 2, worth: 1700, fees: 200, total: 1500, refunded: 1500, failure: null },
    });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({
      onHand: 2,
      unavailable: 1,
    });
    await expect(refundedTo(orderId)).resolves.toEqual([1500]);
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      returnState: 'returned',
      unitsReturned: 2,
    });
    const { items } = await staff.read(`/v1/orders/${orderId}/timeline?limit=200`);
    expect((items as { text: string }[]).map(({ text }) => text)).toContain(
      `Return inspected at store: 1 × ${sku} damaged`,
    );
  });

  it('cannot be returned twice', async () => {
    const { orderId } = await bought();
    const first = await ask({ orderId, lines: [units(2)] });
    await inState(first, 'approved');
    const second = await ask({ orderId, lines: [units(1)] });
    await inState(second, 'declined');

    await staff.done('CloseReturn', { returnId: first });
    await kontor.settled();
    await inState(await ask({ orderId, lines: [units(1)] }), 'approved');
    await inState(await ask({ orderId, lines: [units(2)] }), 'declined');
  });

  it('that is partly paid is refunded only beyond what is still due', async () => {
    const { orderId } = await bought({ payLater: true });
    await staff.done('PayOrder', { orderId, ...card(1000) }, { channel: 'app' });
    await until(async () => (await staff.read(`/v1/orders/${orderId}`))['capturedAmount'] === 1000, { for: 'capture' });
    const returnId = await ask({ orderId, lines: [units(1)] });
    await inspect(returnId, 1);
    await expect(inState(returnId, 'closed')).resolves.toMatchObject({ worth: 850, total: 150, refunded: 150 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      ...{ paymentState: 'partly-refunded', capturedAmount: 1000, refundedAmount: 150 },
      ...{ returnedAmount: 850, returnedUnpaidAmount: 700 },
    });
    const more = { tenders: [{ tenderId: 'more', kind: 'card', amount: 1, token: 'tok' }] };
    await expect(staff.send('PayOrder', { orderId, ...more }, { channel: 'app' })).resolves.toMatchObject({
      body: { code: 'nothing-due' },
    });
  });

  it('that was never paid earns no store credit', async () => {
    const { orderId } = await bought({ payLater: true });
    const returnId = await ask({ orderId, lines: [units(2)], refundTo: 'store-credit' });
    await inspect(returnId, 2);
    await expect(inState(returnId, 'closed')).resolves.toMatchObject({ worth: 1700, total: 0, giftCardId: null });
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ paymentState: 'none' });
  });

  it('can be exchanged: a new order is paid with the value of the returned goods', async () => {
    const { orderId } = await bought();
    const other = await stocked(staff, 1);
    const order = anOrder([aLine(other, 1)]);
    const returnId = await ask({ orderId, lines: [units(1)] });
    await staff.done('ExchangeReturn', { returnId, newOrderId: order.orderId });
    await inspect(returnId, 1);
    await inState(returnId, 'closed');

    const tenders = [{ tenderId: 'credit', kind: 'store-credit', returnId, amount: 850 }];
    const answer = await staff.send('PlaceOrder', { ...order, tenders }, { channel: 'web', wait: 20 });
    expect(answer).toMatchObject({ body: { state: 'confirmed' } });
    await expect(refundedTo(orderId)).resolves.toEqual([0]);
  });

  it('is refunded for a claim without goods once staff approve it', async () => {
    const { orderId, sku } = await bought();
    const returnId = await ask({ orderId, lines: [units(1)], reason: 'claim' });
    const { items } = await staff.read(`/v1/returns?state=requested&orderId=${orderId}`);
    expect(items).toMatchObject([{ returnId, state: 'requested' }]);
    await staff.done('ApproveReturn', { returnId });
    await expect(inState(returnId, 'closed')).resolves.toMatchObject({ refunded: 850, units: 0 });
    await expect(staff.get(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ status: 404 });
  });
});

describe('goods without an order', () => {
  const blind = (sku: string) => ({
    ...{ currency: 'GBP', refundTo: 'store-credit' },
    lines: [{ ...units(1), sku, unitPrice: { amount: 850, scale: 2 } }],
  });

  it('are returned for store credit at the stated price', async () => {
    const sku = await stocked(staff, 1, 'store');
    const returnId = await ask(blind(sku));
    await inspect(returnId, 1);
    await expect(inState(returnId, 'closed')).resolves.toMatchObject({ blind: true, refunded: 850 });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ onHand: 2 });

    const order = anOrder([aLine(sku, 1, { method: 'carry-out', locationId: 'store' })]);
    const tenders = [{ tenderId: 'credit', kind: 'store-credit', returnId, amount: 850 }];
    const answer = await staff.send('PlaceOrder', { ...order, tenders }, { channel: 'till', wait: 20 });
    expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  });

  it('cannot be received at an unknown location, and nothing is refunded', async () => {
    const returnId = await ask(blind(await stocked(staff, 1, 'store')));
    const items = [{ ...units(1), disposition: 'restock' }];
    const answer = await staff.send('InspectReturn', { returnId, locationId: 'stroe', items });
    expect(answer).toMatchObject({ status: 404, body: { code: 'location-not-found' } });
    await kontor.settled();
    await expect(inState(returnId, 'approved')).resolves.toMatchObject({ refunded: 0 });
  });

  it('cannot be refunded to an original payment', async () => {
    const answer = await staff.send('RequestReturn', {
      ...{ returnId: randomUUID(), reason: 'unwanted', ...blind('MUG'), refundTo: 'original' },
    });
    expect(answer).toMatchObject({ status: 409, body: { type: '/problems/refund-needs-order' } });
  });
});

it('a return of goods that a till sold is paid out by a till', async () => {
  const sku = await stocked(staff, 2, 'store');
  const order = anOrder([aLine(sku, 1, { method: 'carry-out', locationId: 'store' })], { currency: 'GBP' });
  await staff.done('RecordOrder', order, { channel: 'till' });
  const returnId = await ask({ orderId: order.orderId, lines: [units(1)] });
  await inspect(returnId, 1);
  await become(returnId, (now) => now['total'] === 850, 'what is due');
  await staff.done('PayOutReturn', { returnId, locationId: 'store' });
  await expect(inState(returnId, 'closed')).resolves.toMatchObject({ refundTo: 'cash', refunded: 850 });
});
