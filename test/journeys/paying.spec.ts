import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAYMENT_SIGNATURE_HEADER, PAYMENT_WEBHOOK_CONTENT_TYPE, signWebhook } from '#payments';
import { type Client } from '../support/client.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';
import { Kontor } from '../support/kontor.js';
import { orderBecomes } from '../support/orders.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

const SECRET = 'journey-secret';
let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start({ env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const web = { channel: 'web', wait: 20 };

/** The operations that the provider carried out for an order. */
const journalOf = async (orderId: string) => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const response = await fetch(`${kontor.runFile.paymentUrl}/journal`, { headers });
  const all = (await response.json()) as { paymentId: string; operation: string; amount: number }[];
  return all
    .filter(({ paymentId }) => paymentId.startsWith(orderId))
    .map(({ operation, amount }) => `${operation} ${amount}`);
};

const buy = async (token: string, capture: 'now' | 'on-shipping' = 'now') => {
  const tenders = [{ tenderId: 'card', kind: 'card', amount: 1700, token }];
  const order = anOrder([aLine(await stocked(staff, 5), 2)], { tenders, capture });
  const { body } = await staff.send('PlaceOrder', order, web);
  return { orderId: order.orderId, body };
};

const paymentOf = async (orderId: string) => {
  const { items } = await staff.read(`/v1/orders/${orderId}/payments`);
  return (items as Record<string, unknown>[])[0];
};

/** Waits until the payment has these values. */
const becomes = (orderId: string, expected: object) =>
  until(
    async () => {
      const found = await paymentOf(orderId);
      return Object.entries(expected).every(([name, value]) => found?.[name] === value);
    },
    { for: `the payment of ${orderId} to be ${JSON.stringify(expected)}`, withinMs: 30_000 },
  );

describe('a card', () => {
  it.each(['tok_visa', 'tok_cut', 'tok_lost', 'tok_error', 'tok_twice', 'tok_early'])(
    '%s is charged once, however answers and webhooks are lost, repeated or late',
    async (token) => {
      const { orderId, body } = await buy(token);
      expect(body).toMatchObject({ state: 'confirmed' });
      await becomes(orderId, { state: 'captured', authorized: 1700, captured: 1700, disputed: false });
      expect(await journalOf(orderId)).toEqual(['authorize 1700', 'capture 1700']);
    },
  );

  it('is captured once the webhook comes, without waiting for the answer', async () => {
    const started = performance.now();
    const { orderId } = await buy('tok_early');
    await becomes(orderId, { state: 'captured' });
    expect(performance.now() - started).toBeLessThan(8_000); // earlier than the time-out of the request
  });

  it('that is declined leads to a rejected order', async () => {
    const { orderId, body } = await buy('tok_decline');
    expect(body).toMatchObject({ state: 'rejected' });
    expect(await paymentOf(orderId)).toMatchObject({ state: 'failed', captured: 0 });
  });

  it('is refunded in part once, although the command is sent twice', async () => {
    const { orderId } = await buy('tok_visa');
    await becomes(orderId, { state: 'captured' });
    const refund = { paymentId: `${orderId}.card`, operationId: randomUUID(), amount: 500, reason: 'goodwill' };
    await staff.done('RefundPayment', refund);
    await staff.done('RefundPayment', refund);
    await becomes(orderId, { state: 'partly-refunded', refunded: 500 });
    expect(await journalOf(orderId)).toEqual(['authorize 1700', 'capture 1700', 'refund 500']);
    const payment = await staff.read(`/v1/payments/${orderId}.card`);
    expect((payment['ledger'] as { operation: string }[]).map(({ operation }) => operation)).toEqual([
      'authorize',
      'capture',
      'refund',
    ]);
  });

  it('cannot be refunded beyond the captured amount', async () => {
    const { orderId } = await buy('tok_visa');
    await becomes(orderId, { state: 'captured' });
    const refund = { paymentId: `${orderId}.card`, operationId: 'r', amount: 1701, reason: 'goodwill' };
    expect(await staff.send('RefundPayment', refund)).toMatchObject({
      status: 409,
      body: { code: 'exceeds-captured', available: 1700 },
    });
  });

  it('is charged although the provider is killed meanwhile', async () => {
    const placing = buy('tok_visa');
    kontor.kill('payment-simulator');
    const { orderId } = await placing;
    await becomes(orderId, { state: 'captured' });
    expect(await journalOf(orderId)).toEqual(['authorize 1700', 'capture 1700']);
  });
});

/** What the provider reports on its own, signed as it signs. */
const reports = async (orderId: string, report: object) => {
  const text = JSON.stringify({ paymentId: `${orderId}.card`, operationId: 'authorize', ...report });
  const headers = {
    'content-type': PAYMENT_WEBHOOK_CONTENT_TYPE,
    [PAYMENT_SIGNATURE_HEADER]: signWebhook(SECRET, text, Date.now()),
  };
  const { status } = await fetch(`${staff.url}/v1/webhooks/payments`, { method: 'POST', headers, body: text });
  expect(status).toBe(204);
  await kontor.settled();
};

describe('an authorization that the provider reports as expired', () => {
  const shipping = { parcelId: 'P-1', carrier: 'royal-mail' };
  const expired = { status: 'declined', code: 'expired' };
  const hold = { holdId: 'payment-disputed', reason: 'payment-disputed' };

  const packed = async () => {
    const { orderId } = await buy('tok_visa', 'on-shipping');
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('PackParcel', { parcelId: 'P-1', lines: [{ lineId: '1', quantity: 2 }] });
    return { orderId, work };
  };

  it('holds the order before its parcel leaves, until a person releases it with a reason', async () => {
    const { orderId, work } = await packed();
    await reports(orderId, expired);
    expect(await work.tries('ShipParcel', shipping)).toMatchObject({ status: 409, body: { code: 'fulfillment-held' } });
    expect(await staff.read(`/v1/orders/${orderId}`)).toMatchObject({ orderState: 'OrderProblem', holds: [hold] });

    await staff.done('ReleaseOrderHold', { orderId, holdId: hold.holdId, reason: 'paid by bank transfer' });
    await kontor.settled();
    await work.does('ShipParcel', shipping);
    const { items } = await staff.read(`/v1/orders/${orderId}/timeline`);
    const words = /\.card: according to the provider, 1700 minor units are missing \(expired\)$/;
    expect(items).toContainEqual(expect.objectContaining({ type: 'OrderHeld', note: expect.stringMatching(words) }));
    const released = { text: 'Hold payment-disputed released: other', note: 'paid by bank transfer' };
    expect(items).toContainEqual(expect.objectContaining(released));
  });

  it('ships the order once the provider has the money again', async () => {
    const { orderId, work } = await packed();
    await reports(orderId, expired);
    await becomes(orderId, { disputed: true });
    await reports(orderId, { status: 'done', amount: 1700, currency: 'GBP', reference: 'again' });
    await becomes(orderId, { disputed: false });
    await orderBecomes(staff, orderId, { orderState: 'OrderProcessing' });
    await work.does('ShipParcel', shipping);
    await becomes(orderId, { state: 'captured', captured: 1700 });
  });
});
