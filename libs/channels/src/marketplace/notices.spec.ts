import { describe, expect, it } from '@jest/globals';
import { type PublishedEvent } from '../consuming/published-event.js';
import { answerNotice, noticeOf } from './notices.js';
import { type ImportedOrder } from './to-place.js';

const line = { theirSku: 'x', sku: 'MUG', cancelled: 0 };
const order: ImportedOrder = {
  attempt: 1,
  currency: 'GBP',
  lines: [
    { ...line, lineId: 'L1', quantity: 2, wanted: 2 },
    { ...line, lineId: 'L2', quantity: 1, wanted: 0 },
  ],
};
const names: Record<string, string> = { confirmed: 'ACCEPTED', rejected: 'REFUSED', dhl: 'DHL_EU', other: 'OTHER' };
const named = (_: string, ours: string) => Promise.resolve(names[ours] ?? ours);
const about = { theirId: 'BZ/1', orderId: 'o', order, named };
const tell = (type: string, data: object) =>
  noticeOf({ id: 'e', type: `com.kontor.${type}.v1`, data } as unknown as PublishedEvent, about);

describe('a marketplace', () => {
  it('is told of each line how much is sold', async () => {
    await expect(answerNotice(about, true)).resolves.toMatchObject({
      path: '/orders/BZ%2F1/answer',
      body: { status: 'ACCEPTED', lines: [{ line_id: 'L1', accepted: 2 }, { accepted: 0 }] },
    });
    await expect(answerNotice(about, false)).resolves.toMatchObject({
      body: { status: 'REFUSED', lines: [{ accepted: 0 }, { accepted: 0 }] },
    });
  });

  it('is told of a parcel by its own name of the carrier, each line once', async () => {
    const lines = [1, 1].map((quantity) => ({ lineId: 'L1', quantity, reservationId: 'r' }));
    await expect(tell('fulfillment.parcel-shipped', { carrier: 'dhl', tracking: 'T', lines })).resolves.toEqual({
      path: '/orders/BZ%2F1/shipments',
      body: { shipment_id: 'e', carrier: 'DHL_EU', tracking: 'T', lines: [{ line_id: 'L1', quantity: 2 }] },
    });
  });

  it('is told of a cancellation by a reason that it knows', async () => {
    const data = { lines: [{ lineId: 'L1', quantity: 1 }], reason: 'moths', refund: 5 };
    await expect(tell('order.lines-cancelled', data)).resolves.toMatchObject({
      body: { reason: 'OTHER', amount: '0.05' },
    });
  });

  it('refunds what it was paid, and no store credit', async () => {
    await expect(tell('return.refunded', { amount: 850, by: 'elsewhere' })).resolves.toMatchObject({
      body: { amount: '8.50', currency: 'GBP' },
    });
    await expect(tell('return.refunded', { amount: 850, by: 'store-credit' })).resolves.toBeUndefined();
  });

  it('hears nothing of what is not its business', async () => {
    await expect(tell('order.held', {})).resolves.toBeUndefined();
    const lines = [{ lineId: 'L1.a', quantity: 1 }];
    await expect(tell('fulfillment.parcel-shipped', { carrier: 'dhl', lines })).resolves.toBeUndefined();
  });
});
