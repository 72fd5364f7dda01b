import { expect, it } from '@jest/globals';
import { type DeciderRunner } from '#event-store';
import { order, paymentIdOf, type OrderCommand } from '#orders';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { payment } from '../domain/payment.js';
import { type PaymentCommand } from '../domain/payment-messages.js';
import { RefundPayment, RefundPaymentHandler } from './refund-payment.js';

const orderId = 'o';
const card = paymentIdOf(orderId, 'card');
const wallet = paymentIdOf(orderId, 'wallet');
const line = { lineId: '1', sku: 'A', quantity: 2, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' } as const;
const lines = [{ lineId: '1', quantity: 2 }];
const allocation = { reservationId: 'r', sku: 'A', locationId: 'north', quantity: 2, lines };

const toOrder = async (deciders: DeciderRunner, ...commands: readonly OrderCommand[]) => {
  for (const command of commands) await deciders.run(order, orderId, command, aCause());
};

const toPayment = async (deciders: DeciderRunner, ...commands: readonly PaymentCommand[]) => {
  for (const command of commands) {
    await deciders.run(payment, (command.data as { paymentId: string }).paymentId, command, aCause());
  }
};

const paid = (paymentId: string, amount: number): PaymentCommand[] => [
  { type: 'RequestPayment', data: { paymentId, orderId, kind: 'card', amount, currency: 'EUR' } },
  { type: 'RecordPaymentResult', data: { paymentId, operationId: 'authorize', outcome: 'done', amount } },
  { type: 'CapturePayment', data: { paymentId, operationId: 'settle/0', amount } },
  { type: 'RecordPaymentResult', data: { paymentId, operationId: 'settle/0', outcome: 'done', amount } },
];

const placed: OrderCommand = {
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

/** A delivered order of 20.00, of which 15.00 are paid by card. */
const delivered = async (store = new InMemoryEventStore()) => {
  const deciders = runnerOn(store);
  const leave = { orderId, fulfillmentId: 'f', reservations: [{ reservationId: 'r', lines }] };
  await toOrder(
    deciders,
    placed,
    { type: 'ConfirmOrder', data: { orderId, allocations: [allocation] } },
    { type: 'RecordFulfillment', data: leave },
  );
  await toPayment(deciders, ...paid(card, 1500), ...paid(wallet, 500));
  return deciders;
};

const refund = (deciders: DeciderRunner, paymentId: string, operationId: string, amount: number) =>
  new RefundPaymentHandler(deciders).execute(
    new RefundPayment({ paymentId, operationId, amount, reason: 'goodwill' }, aCause()),
  );

const takenBackAtTill = (paidBack: number, units = lines): OrderCommand => ({
  type: 'AddRecordedReturn',
  data: { orderId, returnId: 't', lines: units, paidBack, currency: 'EUR' },
});

const nothingDue = (due: number) => ({ code: 'nothing-due', details: expect.objectContaining({ due }) });

it('refunds by hand what is left', async () => {
  const deciders = await delivered();
  await expect(refund(deciders, card, 'sorry', 1500)).resolves.toMatchObject({
    events: [{ type: 'PaymentRequested' }],
  });
});

it('refuses a refund of an order whose money a till has given back', async () => {
  const deciders = await delivered();
  await toOrder(deciders, takenBackAtTill(2000));
  await expect(refund(deciders, card, 'sorry', 1)).rejects.toMatchObject(nothingDue(0));
});

it('refuses more than is left, and says what is left', async () => {
  const deciders = await delivered();
  await toOrder(deciders, takenBackAtTill(1300, []));
  await expect(refund(deciders, card, 'sorry', 701)).rejects.toMatchObject(nothingDue(700));
  await expect(refund(deciders, card, 'sorry', 700)).resolves.toMatchObject({ events: [{ type: 'PaymentRequested' }] });
});

it('counts refunds of this payment and of the others that the order has not counted yet', async () => {
  const deciders = await delivered();
  await toOrder(deciders, takenBackAtTill(1300, []));
  await refund(deciders, card, 'first', 300);
  await expect(refund(deciders, card, 'second', 401)).rejects.toMatchObject(nothingDue(400));
  await expect(refund(deciders, wallet, 'second', 401)).rejects.toMatchObject(nothingDue(400));
});

it('counts two refunds that are asked for at once, on different payments, one after the other', async () => {
  const deciders = await delivered();
  await toOrder(deciders, takenBackAtTill(1500, []));
  const handler = new RefundPaymentHandler(deciders);
  const outcomes = await Promise.allSettled(
    [card, wallet].map((paymentId) =>
      handler.execute(
        new RefundPayment({ paymentId, operationId: 'sorry', amount: 500, reason: 'goodwill' }, aCause()),
      ),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: nothingDue(0) });
});

/** Compare hyperswitch issue 13182: both refunds read the same history and passed. */
it('gives back no more than was captured, however many refunds of one payment are asked for at once', async () => {
  const deciders = await delivered();
  const handler = new RefundPaymentHandler(deciders);
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'a', 'c'].map((operationId) =>
      handler.execute(new RefundPayment({ paymentId: card, operationId, amount: 900, reason: 'goodwill' }, aCause())),
    ),
  );
  const events = outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value.events : []));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  expect(events).toHaveLength(1);
});

it('counts what another process has recorded since this one read the streams', async () => {
  const store = new InMemoryEventStore();
  const deciders = await delivered(store);
  const other = runnerOn(store);
  await refund(other, wallet, 'first', 500);
  await toOrder(other, takenBackAtTill(1000, []));
  await expect(refund(deciders, card, 'second', 501)).rejects.toMatchObject(nothingDue(500));
});

it('counts a refund by hand whose reason reads like that of a return', async () => {
  const deciders = await delivered();
  const command = { paymentId: card, operationId: 'settle/0/again', amount: 1500, reason: 'return/b/1' };
  await new RefundPaymentHandler(deciders).execute(new RefundPayment(command, aCause()));
  await toOrder(deciders, takenBackAtTill(500, []));
  await expect(refund(deciders, wallet, 'second', 1)).rejects.toMatchObject(nothingDue(0));
});

it('does not count a refund twice that the order has counted', async () => {
  const deciders = await delivered();
  await refund(deciders, card, 'first', 300);
  await toOrder(deciders, {
    type: 'AddRefund',
    data: { orderId, reference: `${card}/first`, by: 'payment', amount: 300 },
  });
  await expect(refund(deciders, card, 'second', 1200)).resolves.toMatchObject({ events: [{ type: 'PaymentQueued' }] });
});

it('does not count the refund of a return twice', async () => {
  const deciders = await delivered();
  await toOrder(deciders, {
    type: 'RecordReturned',
    data: { orderId, returnId: 'b', lines: [{ lineId: '1', quantity: 1 }] },
  });
  await toPayment(deciders, {
    type: 'RefundPayment',
    data: { paymentId: card, operationId: 'settle/1', amount: 1000, reason: 'return/b/1' },
  });
  await expect(refund(deciders, wallet, 'sorry', 500)).resolves.toMatchObject({
    events: [{ type: 'PaymentRequested' }],
  });
  await expect(refund(deciders, card, 'sorry', 500)).resolves.toMatchObject({ events: [{ type: 'PaymentQueued' }] });
  await expect(refund(deciders, wallet, 'again', 1)).rejects.toMatchObject({ code: 'exceeds-captured' });
});

it('answers a repeat as before, although nothing is left any more', async () => {
  const deciders = await delivered();
  await refund(deciders, card, 'sorry', 1500);
  await toOrder(deciders, takenBackAtTill(2000));
  await expect(refund(deciders, card, 'sorry', 1500)).resolves.toMatchObject({ events: [] });
});

it('gives back all that a rejected order has paid', async () => {
  const deciders = runnerOn(new InMemoryEventStore());
  await toOrder(deciders, placed, { type: 'RejectOrder', data: { orderId, reasons: [{ code: 'payment-declined' }] } });
  await toPayment(deciders, ...paid(card, 1500));
  await expect(refund(deciders, card, 'sorry', 1500)).resolves.toMatchObject({
    events: [{ type: 'PaymentRequested' }],
  });
});
