import { asPosition } from '#event-store';
import { expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { orderTimeline } from './order-timeline.projection.js';

const entriesOf = (stream: string, event: Message, cause = {}) =>
  orderTimeline.rowsOf(aRecorded(stream, event, { revision: 2, position: asPosition(70), cause }));

const textOf = (stream: string, event: Message) => entriesOf(stream, event).map(({ orderId, text }) => [orderId, text]);

const rejected = { type: 'OrderRejected', data: { reasons: [{ code: 'sold-out' }] } };
const placed = {
  type: 'OrderPlaced',
  data: { currency: 'GBP', total: 3000, lines: [{ lineId: 'a', quantity: 3 }] },
};

const owner = { type: 'order', id: 'o-1' };
const reserved = (of: object = owner) => ({
  type: 'StockReserved',
  data: { reservationId: 'r', quantity: 2, kind: 'hard', owner: of },
});

it('has the actor, the time and the cause of an event', () =>
  expect(entriesOf('order-o-1', rejected, { causationId: 'e-1', actor: 'process:checkout' })).toEqual([
    {
      orderId: 'o-1',
      position: asPosition(70),
      type: 'OrderRejected',
      occurredAt: '2026-01-01T12:00:00.000Z',
      recordedAt: '2026-01-01T12:00:01.000Z',
      actor: 'process:checkout',
      channel: 'web',
      text: 'Order rejected: sold-out',
      eventId: expect.any(String),
      causationId: 'e-1',
      correlationId: 'correlation-1',
      commandId: expect.any(String),
      stream: 'order-o-1',
    },
  ]));

it('describes the events of the order in sentences', () => {
  expect(textOf('order-o-1', placed)).toEqual([['o-1', 'Order placed: 1 line, 3 units, 30.00 GBP']]);
  expect(textOf('order-o-1', { type: 'OrderConfirmed', data: { allocations: [{}] } })).toEqual([
    ['o-1', 'Order confirmed with 1 reservation'],
  ]);
});

it('includes the reservations of the order, and not those of carts', () => {
  expect(textOf('stock-85123A~london-1', reserved())).toEqual([['o-1', '2 × 85123A reserved at london-1']]);
  expect(textOf('stock-85123A~london-1', reserved({ type: 'cart', id: 'o-1' }))).toEqual([]);
  expect(textOf('stock-85123A~london-1', { type: 'StockReceived', data: { quantity: 2, ref: 'x' } })).toEqual([]);
});

it('includes the events of its payments', () =>
  expect(
    textOf('payment-o-1.card', { type: 'PaymentCaptured', data: { orderId: 'o-1', amount: 850, currency: 'GBP' } }),
  ).toEqual([['o-1', '8.50 GBP captured']]));

it('has an entry for a return in each order that it names, with the goods of that order', () => {
  const line = (sku: string, orderId?: string) => ({
    ...{ lineId: sku, sku, quantity: 1, locationId: 'leeds', disposition: 'damaged' },
    ...(orderId && { original: { orderId, lineId: '1' } }),
  });
  const lines = [line('TEA', 'o-1'), line('MUG', 'o-2'), line('PEN', 'o-1'), line('INK')];
  expect(textOf('return-r-1', { type: 'ReturnRecorded', data: { lines } })).toEqual([
    ['o-1', '1 × TEA returned at leeds: damaged; 1 × PEN returned at leeds: damaged'],
    ['o-2', '1 × MUG returned at leeds: damaged'],
  ]);
});
