import { beforeEach, expect, it } from '@jest/globals';
import { type DeciderRunner } from '#event-store';
import { order, type OrderCommand } from '#orders';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { RequestReturn, RequestReturnHandler } from '../index.js';
import { type ReturnRequestDetails } from './request-return.js';

const line = { lineId: '1', sku: 'TEA', quantity: 2, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' } as const;
const sold = { ...line, locationId: 'leeds' };
const asked: ReturnRequestDetails = {
  returnId: 'b-1',
  orderId: 'o-1',
  lines: [{ lineId: '1', quantity: 1 }],
  reason: 'too-small',
  refundTo: 'original',
};

let runner: DeciderRunner;
let handler: RequestReturnHandler;

beforeEach(() => {
  const store = new InMemoryEventStore();
  runner = runnerOn(store);
  handler = new RequestReturnHandler(runner, store);
});

const trade = (command: object) => runner.run(order, 'o-1', command as OrderCommand, aCause({ channel: 'web' }));
const record = { type: 'RecordOrder', data: { orderId: 'o-1', currency: 'JPY', lines: [sold], charges: [] } };
const place = (over: object) => {
  const data = { orderId: 'o-1', customerId: 'c-1', lines: [line], charges: [], terms, plan, ...over };
  return trade({ type: 'PlaceOrder', data });
};
const plan = { attempt: 1, allocations: [], candidates: [], policyVersion: 1 };
const terms = { version: 1, currency: 'GBP', reservationTtlSeconds: 600, locations: [] };
const request = (over: Partial<ReturnRequestDetails> = {}) =>
  handler.execute(new RequestReturn({ ...asked, ...over }, aCause({ channel: 'till' })));

it('takes SKU, price, currency and customer from the order of any channel', async () => {
  await place({});
  const { lineId, sku, unitPrice } = line;
  expect((await request({ currency: 'EUR' })).events).toMatchObject([
    {
      type: 'ReturnRequested',
      data: { orderId: 'o-1', customerId: 'c-1', currency: 'GBP', lines: [{ lineId, sku, quantity: 1, unitPrice }] },
    },
  ]);
});

it.each([
  ['by payments', () => place({ tenders: [{ tenderId: 't', kind: 'card', amount: 2000 }] }), 'original'],
  ['later', () => place({ payLater: true }), 'original'],
  ['elsewhere', () => place({}), 'elsewhere'],
  ['at a till', () => trade(record), 'cash'],
])('refunds an order that was paid %s', async (_, sell, refundTo) => {
  await sell();
  expect((await request()).events).toMatchObject([{ data: { refundTo } }]);
});

it('is refused for an unknown order', () => expect(request()).rejects.toMatchObject({ code: 'order-not-found' }));
