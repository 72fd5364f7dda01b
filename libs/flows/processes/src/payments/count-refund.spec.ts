import { describe, expect, it } from '@jest/globals';
import { order, paymentIdOf, type OrderCommand, type OrderLine } from '#orders';
import { InMemoryPaymentProvider, payment } from '#payments';
import { type PaymentCommand } from '#payments';
import { type OrderTerms, type ReturnCommand } from '#returns';
import { aCause, runnerOn } from '#testing';
import { checkout } from '../checkout/checkout.process.js';
import { ProcessHarness } from '../processes.fixture.js';
import { returns } from '../returns/returns.process.js';
import { settlement } from '../settlement/settlement.process.js';
import { whenRefundedWithoutReturnThenCountAgainstOrder } from './count-refund.process.js';
import { payments } from './payments.process.js';

const orderId = 'o';
const paymentId = paymentIdOf(orderId, 'card');
const line: OrderLine = { lineId: '1', sku: 'A', quantity: 2, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' };
const lines = [{ lineId: '1', quantity: 2 }];
const allocation = { reservationId: 'r-1', sku: 'A', locationId: 'north', quantity: 2, lines };
const terms = {
  version: 1,
  currency: 'EUR',
  reservationTtlSeconds: 900,
  locations: [{ locationId: 'north', methods: ['ship'] as const, safetyStock: 0, paused: false }],
};

const place: OrderCommand = {
  type: 'PlaceOrder',
  data: {
    ...{ orderId, lines: [line], charges: [], terms, capture: 'now' },
    plan: { attempt: 1, allocations: [allocation], candidates: [], policyVersion: 1 },
    tenders: [{ tenderId: 'card', kind: 'card', amount: 2000, token: 'tok_visa' }],
  },
};
const leave: OrderCommand = {
  type: 'RecordFulfillment',
  data: { orderId, fulfillmentId: 'f-1', reservations: [{ reservationId: 'r-1', lines }] },
};

const processes = [checkout, settlement, payments, returns, whenRefundedWithoutReturnThenCountAgainstOrder];

/** An order of 20.00 that is captured and delivered. */
const delivered = async () => {
  const h = new ProcessHarness(processes, 500);
  h.connect(new InMemoryPaymentProvider(() => 'none'));
  await h.stock('A', 'north', { type: 'ReceiveStock', data: { quantity: 2, ref: 'd' } });
  for (const command of [place, leave]) {
    await runnerOn(h.store).run(order, orderId, command, aCause());
    await h.settle();
  }
  return h;
};

const pay = async (h: ProcessHarness, command: PaymentCommand) => {
  await runnerOn(h.store).run(payment, paymentId, command, aCause());
  await h.settle();
};

const comesBack = async (h: ProcessHarness, refundTo: 'original' | 'cash') => {
  const known: OrderTerms = { currency: 'EUR', lines: [line], paid: 'tenders' };
  const commands: ReturnCommand[] = [
    { type: 'RequestReturn', data: { returnId: 'b', orderId, lines, reason: 'worn', refundTo, order: known } },
    {
      type: 'InspectReturn',
      data: { returnId: 'b', locationId: 'north', items: lines.map((one) => ({ ...one, disposition: 'restock' })) },
    },
  ];
  for (const command of commands) {
    await h.goodsReturn(command);
    await h.settle();
  }
};

const dataOf = async (h: ProcessHarness, stream: string, type: string) =>
  (await h.log(stream)).flatMap(({ event }) => (event.type === type ? [event.data] : []));

const atProvider: PaymentCommand = {
  type: 'RecordPaymentResult',
  data: { paymentId, operationId: 're_1', outcome: 'done', operation: 'refund', amount: 500, reference: 're_1' },
};

describe('money that was given back without a return', () => {
  it('at the provider leaves the rest for the goods that come back', async () => {
    const h = await delivered();
    await pay(h, atProvider);
    await pay(h, atProvider);
    await comesBack(h, 'original');
    expect(await dataOf(h, 'order-o', 'OrderRefundRecorded')).toEqual([
      { reference: 'o.card/re_1', by: 'provider', amount: 500 },
    ]);
    expect(await dataOf(h, 'return-b', 'ReturnRefunded')).toMatchObject([{ amount: 1500 }]);
    expect(await dataOf(h, `payment-${paymentId}`, 'PaymentRefunded')).toMatchObject([
      { amount: 500, atProvider: true },
      { amount: 1500 },
    ]);
    expect(await dataOf(h, 'return-b', 'ReturnClosed')).toHaveLength(1);
  });

  it('by a clerk is not paid out again in cash', async () => {
    const h = await delivered();
    await pay(h, { type: 'RefundPayment', data: { paymentId, operationId: 'sorry', amount: 2000, reason: 'late' } });
    await comesBack(h, 'cash');
    expect(await dataOf(h, 'return-b', 'ReturnAssessed')).toMatchObject([{ worth: 0, amount: 0 }]);
    expect(await dataOf(h, 'return-b', 'ReturnClosed')).toHaveLength(1);
  });

  it('after everything was refunded is named as too much', async () => {
    const h = await delivered();
    await comesBack(h, 'original');
    await pay(h, atProvider);
    expect(await dataOf(h, 'order-o', 'OrderRefundRecorded')).toMatchObject([{ amount: 500, overpaid: 500 }]);
    expect(await dataOf(h, `payment-${paymentId}`, 'PaymentDisputed')).toMatchObject([{ expected: 0, reported: 500 }]);
  });
});
