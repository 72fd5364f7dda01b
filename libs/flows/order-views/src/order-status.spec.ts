import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { type Cause } from '#kernel';
import { type RecordedAs } from '#projections';
import { type ReturnEvent, type ReturnLine } from '#returns';
import { aRecorded } from '#testing';
import { type OrderDetails, type OrderEvent } from '#orders';
import { aCharge, aLine, allocation, confirmed, details, placed, rejected } from '#orders/samples';
import { orderAsOf } from './order-as-of.js';
import { orderStatus } from './order-status.projection.js';

type AnyEvent = OrderEvent | ReturnEvent;

const log = (events: readonly AnyEvent[], cause: Partial<Cause> = {}): RecordedAs<AnyEvent>[] =>
  events.map((event, index) => {
    const stream = event.type === 'ReturnRecorded' ? 'return-r-1' : 'order-o-1';
    const at = { revision: index, position: asPosition(10 * index + 10), recordedAt: 1000 * index, cause };
    return aRecorded(stream, event, at);
  });

const status = (...events: AnyEvent[]) => orderAsOf('o-1', log(events));

const recorded = (order: OrderDetails, total: number): OrderEvent => ({
  type: 'OrderRecorded',
  data: { ...order, total },
});
const cancelled = (lineId: string, quantity: number, refund: number): OrderEvent => ({
  type: 'OrderLinesCancelled',
  data: {
    lines: [{ lineId, quantity }],
    releases: [
      { reservationId: 'r', sku: 'TEA', locationId: 'london', by: quantity, left: 0, lines: [{ lineId, quantity }] },
    ],
    reason: 'changed my mind',
    refund,
  },
});
const returned = (orderId: string, lineId: string, quantity: number, currency = 'GBP'): ReturnEvent => {
  const line: ReturnLine = {
    lineId: '1',
    sku: 'TEA',
    quantity,
    unitPrice: { amount: 1000, scale: 2 },
    locationId: 'london',
    disposition: 'restock',
    original: { orderId, lineId },
  };
  return { type: 'ReturnRecorded', data: { currency, lines: [line], credits: [], total: 1000 * quantity } };
};

const recordedReturn = (data: object): OrderEvent => ({
  type: 'OrderReturnRecorded',
  data: { returnId: 'till-1', lines: [], worth: 0, paidBack: 0, ...data },
});

const three = details(aLine('a', { quantity: 2 }), aLine('b', { quantity: 1 }));
const pending = placed(three, 3000);
const taken = confirmed(allocation('r', { a: 2, b: 1 }));

describe('the status of an order', () => {
  it('counts returns up to the largest exact amount, however much tills have given back', () => {
    const large = (): ReturnEvent => {
      const event = returned('o-1', 'a', 1);
      if (event.type !== 'ReturnRecorded') throw new Error('It is a recorded return');
      const lines = event.data.lines.map((line) => ({
        ...line,
        unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 2 },
      }));
      return { ...event, data: { ...event.data, lines } };
    };
    expect(status(recorded(three, 3000), large(), large())).toMatchObject({ returnedAmount: Number.MAX_SAFE_INTEGER });
  });

  it('is pending with all units open and a deadline', () =>
    expect(status(pending)).toMatchObject({
      state: 'pending',
      orderState: 'OrderProcessing',
      fulfillmentState: 'unfulfilled',
      returnState: 'none',
      total: 3000,
      unitsOrdered: 3,
      orderRevision: 0,
      expiresAt: expect.any(String),
      lines: [
        { lineId: 'a', ordered: 2, open: 2, allocated: 0, fulfilled: 0, cancelled: 0, returned: 0 },
        { lineId: 'b', ordered: 1, open: 1 },
      ],
    }));

  it('names units and money that went beyond the order at a till', () => {
    const sold = recorded(three, 3000);
    expect(status(sold)).toMatchObject({ problems: [] });
    expect(status(sold, recordedReturn({ lines: [{ lineId: 'a', quantity: 1 }] }))).toMatchObject({
      problems: [],
      unitsReturned: 0,
    });
    expect(status(sold, recordedReturn({ excess: [{ lineId: 'a', quantity: 2 }], overpaid: 1700 }))).toMatchObject({
      problems: [
        { code: 'exceeds-returnable', returnId: 'till-1', lineId: 'a', quantity: 2 },
        { code: 'overpaid', returnId: 'till-1', amount: 1700 },
      ],
    });
  });

  it('has no deadline once confirmed, and its units are allocated', () =>
    expect(status(pending, taken)).toMatchObject({
      state: 'confirmed',
      fulfillmentState: 'allocated',
      expiresAt: null,
      orderRevision: 1,
      lines: [
        { open: 0, allocated: 2 },
        { open: 0, allocated: 1 },
      ],
    }));

  it('has no open units and no value once rejected', () =>
    expect(status(pending, rejected())).toMatchObject({
      state: 'rejected',
      orderState: 'OrderCancelled',
      fulfillmentState: 'cancelled',
      cancelledAmount: 3000,
      unitsCancelled: 3,
      reasons: [{ code: 'sold-out' }],
      expiresAt: null,
    }));

  it('is fulfilled at once when recorded', () =>
    expect(status(recorded(three, 3000))).toMatchObject({
      state: 'recorded',
      orderState: 'OrderDelivered',
      fulfillmentState: 'fulfilled',
      expiresAt: null,
      lines: [{ fulfilled: 2, open: 0 }, { fulfilled: 1 }],
    }));

  it('has a problem while it is held', () => {
    const held: OrderEvent = { type: 'OrderHeld', data: { holdId: 'h', reason: 'fraud' } };
    const free: OrderEvent = { type: 'OrderHoldReleased', data: { holdId: 'h' } };
    expect(status(pending, held)).toMatchObject({
      orderState: 'OrderProblem',
      holds: [{ holdId: 'h', reason: 'fraud' }],
    });
    expect(status(pending, held, free)).toMatchObject({ orderState: 'OrderProcessing', holds: [] });
  });

  it('continues if a part is cancelled, and ends if all lines are', () => {
    expect(status(pending, taken, cancelled('a', 1, 1000))).toMatchObject({
      state: 'confirmed',
      fulfillmentState: 'allocated',
      cancelledAmount: 1000,
      unitsCancelled: 1,
      lines: [{ allocated: 1, cancelled: 1 }, { allocated: 1 }],
    });
    expect(status(pending, taken, cancelled('a', 2, 2000), cancelled('b', 1, 1000))).toMatchObject({
      state: 'cancelled',
      orderState: 'OrderCancelled',
      cancelledAmount: 3000,
    });
  });

  it('counts returned units on the line in which they were sold', () => {
    const sold = recorded(three, 3000);
    expect(status(sold, returned('o-1', 'a', 1))).toMatchObject({
      returnState: 'partly-returned',
      paymentState: 'partly-refunded',
      returnedAmount: 1000,
      unitsReturned: 1,
      orderRevision: 0,
      lines: [{ fulfilled: 2, returned: 1 }, { returned: 0 }],
    });
    expect(status(sold, returned('o-1', 'a', 2), returned('o-1', 'b', 1))).toMatchObject({
      orderState: 'OrderReturned',
      paymentState: 'refunded',
      returnedAmount: 3000,
    });
  });

  it('needs no payment for units that were returned unpaid', () => {
    const later = placed({ ...three, payLater: true }, 3000);
    const back = (refund: number): OrderEvent => ({
      type: 'OrderLinesReturned',
      data: { returnId: 'r-1', lines: [{ lineId: 'a', quantity: 1 }], refund, unpaid: refund },
    });
    expect(status(later, taken, back(1000))).toMatchObject({ paymentState: 'due', returnedUnpaidAmount: 1000 });
    expect(status(later, taken, back(1000), back(2000))).toMatchObject({
      paymentState: 'none',
      returnedUnpaidAmount: 3000,
    });
  });

  it('is not changed by returns of other orders or unknown lines, or by returns before it was recorded', () => {
    const sold = recorded(three, 3000);
    expect(status(sold, returned('o-2', 'a', 1))).toEqual(status(sold));
    expect(status(sold, returned('o-1', 'zzz', 1))).toMatchObject({ unitsReturned: 0, returnedAmount: 0 });
    expect(status(returned('o-1', 'a', 1))).toBeUndefined();
  });

  it('does not add amounts of another currency', () =>
    expect(status(recorded(three, 3000), returned('o-1', 'a', 1, 'EUR'))).toMatchObject({
      unitsReturned: 1,
      returnedAmount: 0,
    }));

  it('has no personal data', () => {
    const contact = { name: 'Ada Lovelace', email: 'ada@example.org' };
    const shipTo = { lines: ['12 Ockham Park'], postalCode: 'GU23', city: 'Ripley' };
    const row = JSON.stringify(status(placed({ ...three, contact, shipTo, country: 'GB' }, 3000)));
    for (const secret of ['Ada', 'ada@', 'Ockham', 'GU23', 'Ripley']) expect(row).not.toContain(secret);
    expect(row).toContain('"country":"GB"');
  });

  it('belongs to the customer, or else to the subject of a guest', () => {
    const buyer = (order: OrderDetails, subject?: string) =>
      orderAsOf('o-1', log([placed(order)], subject === undefined ? {} : { subject }))?.buyerId;
    expect(buyer({ ...three, customerId: 'c-1' }, 's-1')).toBe('c-1');
    expect(buyer(three, 's-1')).toBe('s-1');
    expect(buyer(three)).toBeNull();
  });

  it('keeps charges as they were booked', () =>
    expect(status(placed({ ...three, charges: [aCharge('post', 495)] }))).toMatchObject({
      charges: [{ chargeId: 'post', unitPrice: { amount: 495, scale: 2 } }],
    }));
});

it('has for every line, after every event: ordered = open + allocated + fulfilled + cancelled', () => {
  const events = [pending, taken, cancelled('a', 1, 1000), returned('o-1', 'b', 1), cancelled('b', 1, 1000)];
  for (let length = 1; length <= events.length; length++) {
    for (const line of status(...events.slice(0, length))?.lines ?? []) {
      expect(line.open + line.allocated + line.fulfilled + line.cancelled).toBe(line.ordered);
    }
  }
});

it('announces once that an order is no longer pending', () => {
  const announce = (before: AnyEvent[], after: AnyEvent[]) =>
    orderStatus.announce?.(status(...before), status(...after));
  expect(announce([], [pending])).toBeUndefined();
  expect(announce([pending], [pending, taken])).toEqual(['o-1', 'confirmed']);
  expect(announce([pending], [pending, rejected()])).toEqual(['o-1', 'rejected']);
  expect(announce([], [recorded(three, 3000)])).toEqual(['o-1', 'recorded']);
  expect(announce([pending, taken], [pending, taken, cancelled('a', 2, 2000)])).toBeUndefined();
});

it('shows an order as of an instant, whatever the order of the given events', () => {
  const events = log([pending, taken, cancelled('a', 1, 1000)]);
  expect(orderAsOf('o-1', events.toReversed(), 1000)).toEqual(status(pending, taken));
  expect(orderAsOf('o-1', events, -1)).toBeUndefined();
});
