import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const SECRET = 'journey-secret';
let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start({ env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const units = (lineId: string, quantity: number) => ({ lineId, quantity });
const card = (tenderId: string, amount: number) => ({ tenderId, kind: 'card', amount, token: 'tok_visa' });
const shipping = { chargeId: 'post', kind: 'shipping', quantity: 1, unitPrice: { amount: 495, scale: 2 } };

/** Three mugs of 8.50 and 4.95 for the post: 30.45 by card. */
const bought = async (capture: 'now' | 'on-shipping') => {
  const sku = await stocked(staff, 3);
  const order = anOrder([aLine(sku, 3)], { charges: [shipping], tenders: [card('card', 3045)], capture });
  const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
  expect(answer).toMatchObject({ body: { state: 'confirmed' } });
  await kontor.settled();
  return { sku, orderId: order.orderId };
};

const edit = async (orderId: string, change: object, more: object = {}) => {
  await staff.done('ProposeOrderEdit', { orderId, editId: 'e', ...change });
  await staff.done('ApplyOrderEdit', { orderId, editId: 'e', ...more });
  await kontor.settled();
};

const added = (sku: string, quantity: number) => ({ ...aLine(sku, quantity), lineId: '2' });

const paymentOf = async (orderId: string, tenderId: string) => staff.read(`/v1/payments/${orderId}.${tenderId}`);

const becomes = (orderId: string, tenderId: string, expected: Fields) =>
  until(
    async () => {
      const { status, body } = await staff.get(`/v1/payments/${orderId}.${tenderId}`);
      return status === 200 && Object.entries(expected).every(([name, value]) => (body as Fields)[name] === value);
    },
    { for: `the payment ${tenderId} to be ${JSON.stringify(expected)}`, withinMs: 30_000 },
  );

describe('an edit of an order', () => {
  it('is previewed to the penny, and leaves amounts unchanged when it is discarded', async () => {
    const { sku, orderId } = await bought('on-shipping');
    const before = await staff.read(`/v1/orders/${orderId}`);
    const change = { add: [added(sku, 2)], remove: [units('1', 1)] };
    await staff.done('ProposeOrderEdit', { orderId, editId: 'e', ...change });
    await kontor.settled();
    // 30.45 + 2 × 8.50 − (8.50 + 1.65 of the post)
    const preview = { editId: 'e', state: 'proposed', totalBefore: 3045, totalAfter: 3730, difference: 685 };
    expect(await staff.read(`/v1/orders/${orderId}/edits`)).toMatchObject({ items: [preview] });
    await staff.done('DiscardOrderEdit', { orderId, editId: 'e' });
    await kontor.settled();
    const { lines, total, cancelledAmount } = before;
    expect(await staff.read(`/v1/orders/${orderId}`)).toMatchObject({ lines, total, cancelledAmount });
    const late = await staff.send('ApplyOrderEdit', { orderId, editId: 'e' });
    expect(late).toMatchObject({ status: 409, body: { code: 'edit-not-found' } });
  });

  it('adds goods from another location, paid by another card on shipping', async () => {
    const { orderId } = await bought('on-shipping');
    const sku = await stocked(staff, 2, 'store');
    await edit(orderId, { add: [added(sku, 2)] }, { tenders: [card('more', 1700)] });
    await becomes(orderId, 'more', { state: 'authorized', authorized: 1700 });
    for (const [place, lineId, quantity] of [
      ['warehouse', '1', 3],
      ['store', '2', 2],
    ] as const) {
      const work = await fulfillmentWork(staff, orderId, place);
      await work.does('PackParcel', { parcelId: 'P-1', lines: [units(lineId, quantity)] });
      await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    }
    await becomes(orderId, 'more', { state: 'captured', captured: 1700 });
    await becomes(orderId, 'card', { state: 'captured', captured: 3045 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      ...{ fulfillmentState: 'fulfilled', paymentState: 'paid', total: 4745 },
    });
    await expect(staff.read(`/v1/stock/${sku}/store`)).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });

  it('removes units and refunds their exact share', async () => {
    const { sku, orderId } = await bought('now');
    await becomes(orderId, 'card', { captured: 3045 });
    await edit(orderId, { remove: [units('1', 2)] });
    await becomes(orderId, 'card', { state: 'partly-refunded', refunded: 2030 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      lines: [{ ordered: 3, cancelled: 2 }],
      cancelledAmount: 2030,
    });
    await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ onHand: 3, hardReserved: 1 });
  });

  it('cancels added goods that no location has, and charges nothing for them', async () => {
    const { sku, orderId } = await bought('now');
    await edit(orderId, { add: [added(sku, 1)] }, { tenders: [card('more', 850)] });
    await becomes(orderId, 'more', { state: 'voided', captured: 0 });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({
      lines: [{ allocated: 3 }, { lineId: '2', ordered: 1, cancelled: 1 }],
      paymentState: 'paid',
    });
    expect(await paymentOf(orderId, 'card')).toMatchObject({ captured: 3045, refunded: 0 });
  });

  it('is refused for a method that the channel does not offer, and after everything has left', async () => {
    const { sku, orderId } = await bought('now');
    const propose = (line: object) =>
      staff.send('ProposeOrderEdit', { orderId, editId: 'e', add: [{ ...added(sku, 1), ...line }] });
    expect(await propose({ method: 'carry-out', locationId: 'warehouse' })).toMatchObject({
      body: { code: 'method-not-offered' },
    });
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('PackParcel', { parcelId: 'P-1', lines: [units('1', 3)] });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
    await kontor.settled();
    expect(await propose({})).toMatchObject({ status: 409, body: { code: 'order-fulfilled' } });
  });
});

it('order edits break no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
