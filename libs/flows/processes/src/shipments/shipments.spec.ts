import { describe, expect, it } from '@jest/globals';
import { fulfillment, shipment, type FulfillmentEvent, type ShipmentEvent } from '#fulfillment';
import { Decide } from '#event-store';
import { whenGoodsLeftThenBook } from '../stock-movements/book-goods-left.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';
import { shipments } from './shipments.process.js';

type Act = (h: ProcessHarness) => Promise<unknown>;

const assign =
  (fulfillmentId: string, recipient = 'me'): Act =>
  async (h) => {
    const sku = fulfillmentId.toUpperCase();
    const orderId = `o-${fulfillmentId}`;
    await h.stock(sku, 'north', { type: 'ReceiveStock', data: { quantity: 2, ref: 'delivery' } });
    const owner = { type: 'order', id: orderId } as const;
    const reservation = { reservationId: `r-${fulfillmentId}`, quantity: 2, kind: 'hard', owner } as const;
    await h.stock(sku, 'north', { type: 'ReserveStock', data: reservation });
    const lines = [{ lineId: '1', sku, quantity: 2, reservationId: `r-${fulfillmentId}` }];
    const details = { orderId, channel: 'web', locationId: 'north', method: 'ship', lines, attempt: 1, recipient };
    await h.run(fulfillment, fulfillmentId, { type: 'AssignFulfillment', data: { fulfillmentId, ...details } });
  };

const both: Act = async (h) => {
  await assign('a')(h);
  await assign('b')(h);
};

const on =
  (type: string, data: object = {}): Act =>
  (h) =>
    h.run(shipment, 's', { type, data: { shipmentId: 's', ...data } });

const at =
  (fulfillmentId: string, type: string, data: object = {}): Act =>
  (h) =>
    h.run(fulfillment, fulfillmentId, { type, data: { fulfillmentId, locationId: 'north', ...data } });

const consolidate = (...fulfillmentIds: string[]) =>
  on('ConsolidateFulfillments', { locationId: 'north', recipient: 'me', fulfillmentIds });
const ship = on('ShipShipment', { locationId: 'north', carrier: 'mail', tracking: 'T-1' });
const packed = at('a', 'PackParcel', { parcelId: 'p', lines: [{ lineId: '1', quantity: 1 }] });

const stories = {
  'two orders in one shipment': [both, packed, consolidate('a', 'b'), ship, on('RecordShipmentDelivery')],
  'an order of somebody else': [both, assign('c', 'you'), consolidate('a', 'c', 'b'), ship],
  'an order that does not exist': [both, consolidate('a', 'x', 'b'), ship],
  'an order that is held before it leaves': [both, consolidate('a', 'b'), at('b', 'HoldFulfillment'), ship],
  'an order that is taken out': [both, consolidate('a', 'b'), at('b', 'LeaveShipment', { shipmentId: 's' }), ship],
} satisfies Record<string, readonly Act[]>;

/** Orders have no part in it. */
const isForOrder = (message: object) => message instanceof Decide && message.command.type === 'RecordFulfillment';
const nothing = { events: [], eventIds: [], revision: 0, position: undefined, repeated: false };

const runStory = async (acts: readonly Act[], batchSize = 500, crash?: CrashPoint & { readonly phase: number }) => {
  const h = new ProcessHarness([shipments, whenGoodsLeftThenBook], batchSize);
  h.handler = (message) => (isForOrder(message) ? Promise.resolve(nothing) : undefined);
  const effects: number[] = [];
  for (const [phase, act] of acts.entries()) {
    await act(h);
    await h.settle(crash?.phase === phase ? crash : undefined);
    effects.push(h.dispatches);
  }
  return { h, effects };
};

const outcome = async (h: ProcessHarness) => {
  const streams: Record<string, unknown[]> = {};
  const names = ['shipment-s', ...['a', 'b', 'c'].map((id) => `fulfillment-${id}`)];
  for (const { stream, event } of await h.log(...names, 'stock-A~north', 'stock-B~north')) {
    (streams[stream] ??= []).push(event);
  }
  // Members answer one after the other, in whichever order.
  streams['shipment-s']?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { streams, running: h.memory.running, parked: [...h.memory.parked.values()] };
};

const happened = async (h: ProcessHarness, ...streams: string[]) =>
  (await h.log(...streams)).map(({ event }) => event as ShipmentEvent | FulfillmentEvent);

describe('orders of one customer', () => {
  it('leave together, with one number, and arrive together', async () => {
    const { h } = await runStory(stories['two orders in one shipment']);
    for (const [id, parcels] of Object.entries({ a: ['p', 's'], b: ['s'] })) {
      const events = await happened(h, `fulfillment-${id}`);
      const left = events.filter(({ type }) => type === 'ParcelShipped').map(({ data }) => data);
      expect(left).toMatchObject(parcels.map((parcelId) => ({ parcelId, tracking: 'T-1', shipmentId: 's' })));
      expect(events.filter(({ type }) => type === 'ParcelDelivered')).toHaveLength(parcels.length);
      const stock = await h.log(`stock-${id.toUpperCase()}~north`);
      expect(stock.at(-1)?.event.type).toMatch(/StockIssued|ReservationConsumed/);
    }
  });

  it.each([
    ['an order of somebody else', 'c', 'other-recipient'],
    ['an order that does not exist', 'x', 'fulfillment-not-found'],
    ['an order that is held before it leaves', 'b', 'fulfillment-held'],
    ['an order that is taken out', 'b', 'taken-out'],
  ] as const)('leave without %s', async (story, fulfillmentId, code) => {
    const { h } = await runStory(stories[story]);
    const events = await happened(h, 'shipment-s');
    expect(events).toContainEqual({ type: 'ShipmentMemberLost', data: { fulfillmentId, code } });
    expect((await happened(h, `fulfillment-${fulfillmentId}`)).map(({ type }) => type)).not.toContain('ParcelShipped');
    expect((await happened(h, 'fulfillment-a')).map(({ type }) => type)).toContain('ParcelShipped');
  });
});

describe('after a crash at any point, it ends the same', () => {
  it.each(Object.keys(stories) as (keyof typeof stories)[])('%s', async (name) => {
    const calm = await runStory(stories[name]);
    const expected = await outcome(calm.h);
    for (const batchSize of [1, 500]) {
      for (const [phase, effects] of calm.effects.entries()) {
        for (let at = 0; at < effects; at++) {
          for (const moment of CRASH_MOMENTS) {
            const { h } = await runStory(stories[name], batchSize, { phase, at, moment });
            expect(await outcome(h)).toEqual(expected);
          }
        }
      }
    }
  });
});
