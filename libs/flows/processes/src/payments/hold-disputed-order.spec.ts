import { describe, expect, it } from '@jest/globals';
import { idOf } from '#event-store';
import { fulfillment, type FulfillmentCommand } from '#fulfillment';
import { order, paymentIdOf, type OrderCommand, type OrderLine } from '#orders';
import { InMemoryPaymentProvider, payment } from '#payments';
import { type PaymentResult } from '#payments';
import { aCause, runnerOn } from '#testing';
import { checkout } from '../checkout/checkout.process.js';
import { fulfillmentProcess } from '../fulfillment/fulfillment.process.js';
import { ProcessHarness } from '../processes.fixture.js';
import { settlement } from '../settlement/settlement.process.js';
import { whenGoodsLeftThenBook } from '../stock-movements/book-goods-left.process.js';
import { holdDisputedOrder } from './hold-disputed-order.process.js';
import { payments } from './payments.process.js';

const orderId = 'o';
const line: OrderLine = { lineId: '1', sku: 'A', quantity: 2, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' };
const lines = [{ lineId: '1', quantity: 2 }];
const allocation = { reservationId: 'r-1', sku: 'A', locationId: 'north', quantity: 2, lines };

const place: OrderCommand = {
  type: 'PlaceOrder',
  data: {
    ...{ orderId, lines: [line], charges: [] },
    terms: {
      ...{ version: 1, currency: 'EUR', reservationTtlSeconds: 900 },
      locations: [{ locationId: 'north', methods: ['ship'], safetyStock: 0, paused: false }],
    },
    plan: { attempt: 1, allocations: [allocation], candidates: [], policyVersion: 1 },
    tenders: [
      { tenderId: 'card', kind: 'card', amount: 1500, token: 'tok_visa' },
      { tenderId: 'wallet', kind: 'wallet', amount: 500, token: 'tok_pay' },
    ],
  },
};

const processes = [checkout, settlement, payments, fulfillmentProcess(), whenGoodsLeftThenBook, holdDisputedOrder];

/** An order that a location has packed. */
const packed = async () => {
  const h = new ProcessHarness(processes, 500);
  h.connect(new InMemoryPaymentProvider(() => 'none'));
  await h.stock('A', 'north', { type: 'ReceiveStock', data: { quantity: 2, ref: 'd' } });
  await runnerOn(h.store).run(order, orderId, place, aCause());
  await h.settle();
  await work(h, 'PackParcel', { parcelId: 'P', lines });
  return h;
};

const workAt = ({ store }: ProcessHarness) => {
  const all = store.events.filter(({ event }) => event.type === 'FulfillmentAssigned');
  return idOf(all[0]?.stream ?? '');
};

const work = async (h: ProcessHarness, type: 'PackParcel' | 'ShipParcel', data: object) => {
  const fulfillmentId = workAt(h);
  const command = { type, data: { fulfillmentId, locationId: 'north', ...data } } as FulfillmentCommand;
  await runnerOn(h.store).run(fulfillment, fulfillmentId, command, aCause());
  await h.settle();
};

const ship = (h: ProcessHarness) => work(h, 'ShipParcel', { parcelId: 'P', carrier: 'post' });

const reports = async (h: ProcessHarness, tenderId: string, result: PaymentResult, operationId = 'authorize') => {
  const paymentId = paymentIdOf(orderId, tenderId);
  const data = { paymentId, operationId, ...result };
  await runnerOn(h.store).run(payment, paymentId, { type: 'RecordPaymentResult', data }, aCause());
  await h.settle();
};

const expired = { outcome: 'declined', code: 'expired' } as const;
const holds = async (h: ProcessHarness) =>
  (await h.log('order-o')).flatMap(({ event }) =>
    event.type === 'OrderHeld' || event.type === 'OrderHoldReleased' ? [event] : [],
  );

describe('an order whose authorization the provider takes back', () => {
  it('is held before its parcel leaves, and says why', async () => {
    const h = await packed();
    await reports(h, 'card', expired);
    expect(await holds(h)).toEqual([
      {
        type: 'OrderHeld',
        data: {
          holdId: 'payment-disputed',
          reason: 'payment-disputed',
          note: 'o.card: according to the provider, 1500 minor units are missing (expired)',
        },
      },
    ]);
    await expect(ship(h)).rejects.toMatchObject({ code: 'fulfillment-held' });
  });

  it('ships once the provider has the money again', async () => {
    const h = await packed();
    await reports(h, 'card', expired);
    await reports(h, 'card', { outcome: 'done', amount: 1500, reference: 'again' });
    await ship(h);
    expect((await h.log('payment-o.card')).map(({ event }) => event.type)).toContain('PaymentCaptured');
  });

  it('ships once a person has released the hold', async () => {
    const h = await packed();
    await reports(h, 'card', expired);
    const release = { orderId, holdId: 'payment-disputed', reason: 'paid by transfer' };
    await runnerOn(h.store).run(order, orderId, { type: 'ReleaseOrderHold', data: release }, aCause());
    await h.settle();
    await ship(h);
    expect(await holds(h)).toMatchObject([{ type: 'OrderHeld' }, { data: { reason: 'paid by transfer' } }]);
  });

  it('waits for every payment that is disputed', async () => {
    const h = await packed();
    await reports(h, 'card', expired);
    await reports(h, 'wallet', expired);
    await reports(h, 'card', { outcome: 'done', amount: 1500, reference: 'again' });
    await expect(ship(h)).rejects.toMatchObject({ code: 'fulfillment-held' });
    await reports(h, 'wallet', { outcome: 'done', amount: 500, reference: 'again' });
    await ship(h);
  });

  it('waits for every operation that is disputed', async () => {
    const h = await packed();
    await ship(h);
    await reports(h, 'card', expired, 'settle/0');
    await reports(h, 'wallet', expired, 'settle/0');
    await reports(h, 'card', { outcome: 'done', amount: 1500, reference: 'again' }, 'settle/0');
    expect(await holds(h)).toMatchObject([{ type: 'OrderHeld' }]);
    await reports(h, 'wallet', { outcome: 'done', amount: 500, reference: 'again' }, 'settle/0');
    expect(await holds(h)).toMatchObject([{ type: 'OrderHeld' }, { type: 'OrderHoldReleased' }]);
  });

  it('is not changed once it was cancelled, neither by a dispute nor by its end', async () => {
    const h = await packed();
    const all = { orderId, lines, reason: 'changed-mind' };
    await runnerOn(h.store).run(order, orderId, { type: 'CancelOrderLines', data: all }, aCause());
    await h.settle();
    const before = await h.log('order-o');
    await reports(h, 'card', expired);
    await reports(h, 'card', { outcome: 'done', amount: 1500, reference: 'again' });
    expect(await h.log('order-o')).toEqual(before);
  });

  it('is not held for an authorization that is captured', async () => {
    const h = await packed();
    await ship(h);
    await reports(h, 'card', expired);
    expect(await holds(h)).toEqual([]);
  });
});
