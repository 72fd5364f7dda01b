import { describe, expect, it } from '@jest/globals';
import { type PublishedEvent } from '../inbox/published-event.js';
import { answerNotice, noticeOf } from './order-notices.js';
import { type ImportedOrder } from './order-translation.js';

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
const translate = (_: string, ours: string) => Promise.resolve(names[ours] ?? ours);
const subject = { marketplaceOrderId: 'BZ/1', orderId: 'o', order, translate };
const notice = (type: string, data: object) =>
  noticeOf({ id: 'e', type: `com.kontor.${type}.v1`, data } as unknown as PublishedEvent, subject);

describe('a marketplace', () => {
  it('gets an answer for each line', async () => {
    await expect(answerNotice(subject, true)).resolves.toMatchObject({
      path: '/orders/BZ%2F1/answer',
      body: { status: 'ACCEPTED', lines: [{ line_id: 'L1', accepted: 2 }, { accepted: 0 }] },
    });
    await expect(answerNotice(subject, false)).resolves.toMatchObject({
      body: { status: 'REFUSED', lines: [{ accepted: 0 }, { accepted: 0 }] },
    });
  });

  it('gets a notice of a parcel with its own name of the carrier and each line once', async () => {
    const lines = [1, 1].map((quantity) => ({ lineId: 'L1', quantity, reservationId: 'r' }));
    await expect(notice('fulfillment.parcel-shipped', { carrier: 'dhl', tracking: 'T', lines })).resolves.toEqual({
      path: '/orders/BZ%2F1/shipments',
      body: { shipment_id: 'e', carrier: 'DHL_EU', tracking: 'T', lines: [{ line_id: 'L1', quantity: 2 }] },
    });
  });

  it('gets a notice of a cancellation with one of its own reasons', async () => {
    const data = { lines: [{ lineId: 'L1', quantity: 1 }], reason: 'moths', refund: 5 };
    await expect(notice('order.lines-cancelled', data)).resolves.toMatchObject({
      body: { reason: 'OTHER', amount: '0.05' },
    });
  });

  it('gets a notice of a refund, but not of store credit', async () => {
    await expect(notice('return.refunded', { amount: 850, by: 'elsewhere' })).resolves.toMatchObject({
      body: { amount: '8.50', currency: 'GBP' },
    });
    await expect(notice('return.refunded', { amount: 850, by: 'store-credit' })).resolves.toBeUndefined();
  });

  it('gets no notice of other events, or of components of kits', async () => {
    await expect(notice('order.held', {})).resolves.toBeUndefined();
    const lines = [{ lineId: 'L1.a', quantity: 1 }];
    await expect(notice('fulfillment.parcel-shipped', { carrier: 'dhl', lines })).resolves.toBeUndefined();
  });
});
