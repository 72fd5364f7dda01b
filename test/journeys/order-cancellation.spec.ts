import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, openShop, stocked } from '../support/shop.js';
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

const price = (amount: number) => ({ unitPrice: { amount, scale: 2 } });
const units = (quantity: number, lineId = '1') => ({ lineId, quantity });

const charges = [
  { chargeId: 'tenth', kind: 'discount', quantity: 1, ...price(-100) },
  { chargeId: 'shipping', kind: 'shipping', quantity: 1, ...price(499) },
];

const cancel = (orderId: string, ...lines: object[]) =>
  staff.send('CancelOrderLines', { orderId, lines, reason: 'regret' }, { wait: 20 });

/** The value of the cancelled units so far, and how much of it was refunded. */
const refunds = async (orderId: string) => {
  await kontor.settled();
  const { cancelledAmount, refundedAmount } = await staff.read(`/v1/orders/${orderId}`);
  return [cancelledAmount, refundedAmount];
};

describe('cancelling part of an order', () => {
  it('refunds its share of discount and shipping, and all shares add up to the total', async () => {
    // 3 × 3.33 − 1.00 + 4.99 = 13.98
    const line = aLine(await stocked(staff, 3), 3, price(333));
    const orderId = await confirmed(staff, [line], { capture: 'now', charges, tenders: [aTender(1398)] });
    await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 1398 });
    await cancel(orderId, units(1));
    expect(await refunds(orderId)).toEqual([466, 466]);
    await cancel(orderId, units(1));
    expect(await refunds(orderId)).toEqual([933, 933]);
    await cancel(orderId, units(1));
    expect(await refunds(orderId)).toEqual([1398, 1398]);
    await orderBecomes(staff, orderId, { state: 'cancelled', paymentState: 'refunded' });
  });

  it('with several lines shares the charges by the values of the lines', async () => {
    // 10.00 + 20.00 − 1.00 + 4.99 = 33.99; the first line bears a third: 10.00 − 0.33 + 1.66
    const sku = await stocked(staff, 2);
    const lines = [aLine(sku, 1, price(1000)), aLine(sku, 1, { lineId: '2', ...price(2000) })];
    const orderId = await confirmed(staff, lines, { capture: 'now', charges, tenders: [aTender(3399)] });
    await paymentBecomes(staff, orderId, 'card', { state: 'captured' });
    await cancel(orderId, units(1));
    expect(await refunds(orderId)).toEqual([1133, 1133]);
    await cancel(orderId, units(1, '2'));
    expect(await refunds(orderId)).toEqual([3399, 3399]);
  });

  it('refunds the last tender first', async () => {
    const line = aLine(await stocked(staff, 2), 2);
    const tenders = [aTender(1000), aTender(700, { tenderId: 'second' })];
    const orderId = await confirmed(staff, [line], { capture: 'now', tenders });
    await paymentBecomes(staff, orderId, 'second', { captured: 700 });
    await paymentBecomes(staff, orderId, 'card', { captured: 1000 });
    await cancel(orderId, units(1));
    await paymentBecomes(staff, orderId, 'second', { state: 'refunded', refunded: 700 });
    await paymentBecomes(staff, orderId, 'card', { state: 'partly-refunded', refunded: 150 });
  });

  it('is carried out once although it is sent twice', async () => {
    const orderId = await confirmed(staff, [aLine(await stocked(staff, 2), 2)]);
    const body = { orderId, lines: [units(1)], reason: 'regret' };
    const sending = { key: `regret-${orderId}`, wait: 20 };
    await expect(staff.send('CancelOrderLines', body, sending)).resolves.toMatchObject({ status: 200 });
    await expect(staff.send('CancelOrderLines', body, sending)).resolves.toMatchObject({ body: { repeated: true } });
    await kontor.settled();
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ unitsCancelled: 1 });
  });
});

describe('a shipped unit', () => {
  const shipped = async () => {
    const line = aLine(await stocked(staff, 3), 3);
    const orderId = await confirmed(staff, [line], { tenders: [aTender(2550)] });
    const work = await fulfillmentWork(staff, orderId, 'warehouse');
    await work.does('PackParcel', { parcelId: 'P-1', lines: [units(1)] });
    return { orderId, sku: line.sku, work };
  };
  const shipping = { parcelId: 'P-1', carrier: 'royal-mail' };

  it('cannot be cancelled, but the rest can', async () => {
    const { orderId, work } = await shipped();
    await work.does('ShipParcel', shipping);
    await kontor.settled();
    await expect(cancel(orderId, units(3))).resolves.toMatchObject({
      status: 409,
      body: { code: 'line-already-fulfilled', requested: 3, cancellable: 2 },
    });
    await expect(cancel(orderId, units(2))).resolves.toMatchObject({ status: 200 });
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', cancelledAmount: 1700, capturedAmount: 850 });
    await paymentBecomes(staff, orderId, 'card', { captured: 850, voided: 1700, refunded: 0 });
  });

  it('that is being cancelled at the same time is either shipped and paid for, or cancelled', async () => {
    for (let round = 0; round < 5; round++) {
      const { orderId, sku, work } = await shipped();
      const [, { status }] = await Promise.all([work.tries('ShipParcel', shipping), cancel(orderId, units(3))]);
      await kontor.settled();
      const { lines } = await staff.read(`/v1/orders/${orderId}`);
      const [{ fulfilled, cancelled }] = lines as [{ fulfilled: number; cancelled: number }];
      expect([0, 1]).toContain(fulfilled);
      expect(cancelled).toBe(status === 200 ? 3 - fulfilled : 0); // the whole command is refused if the parcel came first
      await paymentBecomes(staff, orderId, 'card', { captured: 850 * fulfilled, voided: 850 * cancelled });
      await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({
        ...{ onHand: 3 - fulfilled, hardReserved: 3 - fulfilled - cancelled },
      });
    }
  });
});

it('cancellations break no invariant', async () => expect(await findFaults(kontor)).toEqual([]));
