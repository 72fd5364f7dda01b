import { describe, expect, it } from '@jest/globals';
import { CRASH_MOMENTS } from '../processes.fixture.js';
import { runStory, type Shop, type SoldLine, type Story } from './fulfillment.fixture.js';

const later = { occurredAt: '2026-02-01T12:00:00.000Z' };
const units = (lineId: string, quantity: number) => ({ lineId, quantity });

const stocked = async (shop: Shop) => {
  for (const place of ['north', 'south', 'east']) await shop.receive('A', place, 5);
  await shop.receive('B', 'north', 5);
};

const ordered =
  (...lines: Parameters<Shop['place']>[1]) =>
  async (shop: Shop) => {
    await stocked(shop);
    await shop.place('o', lines);
  };

const three = { lineId: '1', sku: 'A', quantity: 3 };
const one = { lineId: '2', sku: 'B', quantity: 1 };

const parcel =
  (place: string, parcelId: string, ...lines: object[]) =>
  async (shop: Shop) => {
    await shop.work(place, 'PackParcel', { parcelId, lines });
    await shop.work(place, 'ShipParcel', { parcelId, carrier: 'mail', tracking: parcelId });
  };

const refuse = (place: string, reason: string) => (shop: Shop) => shop.work(place, 'RejectFulfillment', { reason });

const commandId = '00000000-0000-4000-8000-00000000000c';
const cancel =
  (...lines: { lineId: string; quantity: number }[]) =>
  (shop: Shop) =>
    shop.h.order({ type: 'CancelOrderLines', data: { orderId: 'o', lines, reason: 'regret' } }, { commandId });

const edited =
  (line: SoldLine, ...remove: readonly ReturnType<typeof units>[]) =>
  async (shop: Shop) => {
    const add = [{ unitPrice: { amount: 100, scale: 2 }, method: 'ship' as const, ...line }];
    await shop.h.order({ type: 'ProposeOrderEdit', data: { orderId: 'o', editId: 'e', add, remove } });
    await shop.h.order({ type: 'ApplyOrderEdit', data: { orderId: 'o', editId: 'e' } }, { commandId });
  };

const stories = {
  'two parcels': [
    ordered(three, one),
    parcel('north', 'p-1', units('1', 2), units('2', 1)),
    parcel('north', 'p-2', units('1', 1)),
  ],
  'a refusal': [ordered(three), refuse('north', 'no-capacity'), parcel('south', 'p', units('1', 3))],
  'a short pick': [
    ordered(three),
    (shop: Shop) => shop.work('north', 'ReportShortPick', { lines: [units('1', 1)], reason: 'not-found' }),
    parcel('north', 'p-1', units('1', 2)),
    parcel('south', 'p-2', units('1', 1)),
  ],
  'damaged goods': [ordered(three), refuse('north', 'damaged')],
  'three refusals': [ordered(three), refuse('north', 'closed'), refuse('south', 'closed'), refuse('east', 'closed')],
  'a refusal, and no place that has it': [
    async (shop: Shop) => {
      await shop.receive('A', 'north', 3);
      await shop.place('o', [three]);
    },
    refuse('north', 'not-found'),
  ],
  'a refusal, and a place that has sold it meanwhile': [
    async (shop: Shop) => {
      await stocked(shop);
      await shop.h.stock('A', 'south', {
        type: 'RecordStockIssue',
        data: { quantity: 3, cause: 'store-sale', ref: 't' },
      });
      await shop.place('o', [three]);
    },
    refuse('north', 'no-capacity'),
    parcel('east', 'p', units('1', 3)),
  ],
  'goods whose reservation somebody has ended': [
    ordered(three),
    async (shop: Shop) => {
      const data = { reservationId: 'o/1/A/north/1', reason: 'by hand' };
      await shop.h.stock('A', 'north', { type: 'ReleaseReservation', data });
    },
    parcel('north', 'p', units('1', 3)),
  ],
  'a location that never answers': [
    ordered(three),
    (shop: Shop) => shop.work('north', 'ExpireAcceptance', {}, later),
    parcel('south', 'p', units('1', 3)),
  ],
  'goods that are collected': [
    ordered({ ...three, method: 'pickup', locationId: 'north' }),
    (shop: Shop) => shop.work('north', 'MarkReadyForPickup'),
    (shop: Shop) => shop.work('north', 'HandOver', { proof: 'code' }),
  ],
  'goods that nobody collects': [
    ordered({ ...three, method: 'pickup', locationId: 'north' }),
    (shop: Shop) => shop.work('north', 'MarkReadyForPickup'),
    (shop: Shop) => shop.work('north', 'ExpirePickup', {}, later),
  ],
  'goods sent to where they are collected': [
    async (shop: Shop) => {
      await stocked(shop);
      await shop.place('o', [{ ...three, method: 'pickup', locationId: 'south' }], { '1': 'north' });
    },
    parcel('north', 'p', units('1', 3)),
    (shop: Shop) => shop.work('south', 'RecordArrival'),
    (shop: Shop) => shop.work('south', 'MarkReadyForPickup'),
    (shop: Shop) => shop.work('south', 'HandOver', { proof: 'code', lines: [units('1', 2)] }),
    (shop: Shop) => shop.work('south', 'ExpirePickup', {}, later),
  ],
  'goods that are carried out': [ordered({ ...three, method: 'carry-out', locationId: 'north' })],
  'a cancellation that comes too late in part': [
    ordered(three, one),
    parcel('north', 'p', units('1', 2)),
    cancel(units('1', 1), units('2', 1)),
  ],
  'a cancellation while the parcel leaves': [
    ordered(three, one),
    async (shop: Shop) => {
      await cancel(units('1', 3), units('2', 1))(shop);
      await parcel('north', 'p', units('1', 2))(shop);
    },
  ],
  'a hold': [
    ordered(three),
    (shop: Shop) => shop.h.order({ type: 'HoldOrder', data: { orderId: 'o', holdId: 'h', reason: 'odd' } }),
    (shop: Shop) => shop.h.order({ type: 'ReleaseOrderHold', data: { orderId: 'o', holdId: 'h' } }),
    parcel('north', 'p', units('1', 3)),
  ],
  'an order that is held at once, and cancelled in part': [
    async (shop: Shop) => {
      await ordered(three, one)(shop);
      await shop.h.order({ type: 'HoldOrder', data: { orderId: 'o', holdId: 'h', reason: 'odd' } });
    },
    cancel(units('1', 1)),
    (shop: Shop) => shop.h.order({ type: 'ReleaseOrderHold', data: { orderId: 'o', holdId: 'h' } }),
    parcel('north', 'p', units('1', 2), units('2', 1)),
  ],
  'a line that is added': [ordered(three), edited(one), parcel('north', 'p', units('2', 1))],
  'a line that nobody has': [ordered(three), edited({ ...one, sku: 'C' })],
  'a line that is added for another': [ordered(three), edited(one, units('1', 3)), parcel('north', 'p', units('2', 1))],
  'a line that is added while the last parcel leaves': [
    ordered(three),
    async (shop: Shop) => {
      await parcel('north', 'p', units('1', 3))(shop);
      await edited(one)(shop);
    },
  ],
  'goods that must still come in': [
    async (shop: Shop) => {
      await shop.h.stock('A', 'north', { type: 'SetBackorderLimit', data: { limit: 10 } });
      await shop.receive('A', 'north', 1);
      await shop.receive('B', 'north', 1);
      await shop.place('o', [three, one]);
    },
    (shop: Shop) => shop.receive('A', 'north', 5),
    parcel('north', 'p', units('1', 3)),
  ],
} satisfies Record<string, Story>;

const types = async (shop: Shop) => (await shop.h.log('order-o')).map(({ event }) => event.type);
const ended = async (story: keyof typeof stories) => {
  const { shop } = await runStory(stories[story]);
  expect([...shop.h.memory.parked.values()]).toEqual([]);
  return shop;
};

describe('the fulfillment of an order', () => {
  it('ships parcels and issues their stock', async () => {
    const shop = await ended('two parcels');
    expect((await types(shop)).slice(3)).toEqual(['OrderLinesFulfilled', 'OrderLinesFulfilled']);
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
    expect(shop.h.memory.running).toEqual([]);
  });

  it('moves to another location after a refusal, and releases the first reservation', async () => {
    const shop = await ended('a refusal');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 5, reserved: 0, unavailable: 0 });
    expect(await shop.stock('A', 'south')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
  });

  it('uses two locations after a short pick, and corrects the stock', async () => {
    const shop = await ended('a short pick');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
    expect(await shop.stock('A', 'south')).toEqual({ onHand: 4, reserved: 0, unavailable: 0 });
  });

  it('marks damaged goods as unavailable', async () => {
    const shop = await ended('damaged goods');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 5, reserved: 0, unavailable: 3 });
    expect(await shop.stock('A', 'south')).toEqual({ onHand: 5, reserved: 3, unavailable: 0 });
  });

  it('is cancelled after three refusals', async () => {
    const shop = await ended('three refusals');
    expect((await shop.h.log('order-o')).at(-1)?.event).toMatchObject({
      type: 'OrderLinesCancelled',
      data: { lines: [units('1', 3)], reason: 'not-available', refund: 300 },
    });
    for (const place of ['north', 'south', 'east']) {
      expect(await shop.stock('A', place)).toEqual({ onHand: 5, reserved: 0, unavailable: 0 });
    }
    expect(shop.h.memory.running).toEqual([]);
  });

  it('is cancelled when no other location has stock', async () => {
    const shop = await ended('a refusal, and no place that has it');
    expect((await shop.h.log('order-o')).at(-1)?.event).toMatchObject({ data: { reason: 'not-available' } });
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 0, reserved: 0, unavailable: 0 });
  });

  it('moves to a third location when the second has sold out meanwhile', async () => {
    const shop = await ended('a refusal, and a place that has sold it meanwhile');
    expect(await shop.stock('A', 'south')).toMatchObject({ onHand: 2, reserved: 0 });
    expect(await shop.stock('A', 'east')).toMatchObject({ onHand: 2, reserved: 0 });
  });

  it('issues stock even if the reservation has ended', async () => {
    const shop = await ended('goods whose reservation somebody has ended');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
    expect((await types(shop)).at(-1)).toBe('OrderLinesFulfilled');
  });

  it('moves to another location when one never answers', async () => {
    expect(await (await ended('a location that never answers')).stock('A', 'south')).toMatchObject({ onHand: 2 });
  });

  it('is not assigned while the order is on hold', async () => {
    const shop = await ended('an order that is held at once, and cancelled in part');
    const [assigned] = await shop.said('FulfillmentAssigned');
    expect(assigned).toMatchObject({ lines: [{ lineId: '1', quantity: 2 }, { lineId: '2' }], attempt: 1 });
    expect(await shop.said('FulfillmentAssigned')).toHaveLength(1);
  });

  it('is held at its locations while the order is on hold', async () => {
    const shop = await ended('a hold');
    expect(await shop.said('FulfillmentHeld')).toHaveLength(1);
    expect(await shop.said('FulfillmentResumed')).toHaveLength(1);
  });

  it('is assigned once backordered units have arrived', async () => {
    const { shop } = await runStory(stories['goods that must still come in'].slice(0, 1));
    expect(await shop.said('FulfillmentAssigned')).toMatchObject([{ lines: [{ lineId: '2' }] }]);
    expect(await (await ended('goods that must still come in')).said('FulfillmentAssigned')).toHaveLength(2);
  });
});

describe('a line that an edit adds', () => {
  it('is assigned like any other', async () => {
    const shop = await ended('a line that is added');
    expect(await shop.said('FulfillmentAssigned')).toMatchObject([{ lines: [three] }, { lines: [one], attempt: 1 }]);
    expect((await types(shop)).at(-1)).toBe('OrderLinesFulfilled');
  });

  it('replaces a line that is removed', async () => {
    const shop = await ended('a line that is added for another');
    expect(await shop.said('FulfillmentLinesCancelled')).toMatchObject([{ cancelled: [units('1', 3)] }]);
    expect(await shop.stock('A', 'north')).toMatchObject({ onHand: 5, reserved: 0 });
    expect((await types(shop)).at(-1)).toBe('OrderLinesFulfilled');
  });

  it('is cancelled if the last parcel has left meanwhile', async () => {
    const shop = await ended('a line that is added while the last parcel leaves');
    expect(await shop.said('FulfillmentAssigned')).toHaveLength(1);
    expect(await types(shop)).toContain('OrderLinesCancelled');
    expect(shop.h.memory.running).toEqual([]);
  });

  it('is cancelled if no location has stock', async () => {
    const shop = await ended('a line that nobody has');
    expect((await shop.h.log('order-o')).at(-1)?.event).toMatchObject({
      type: 'OrderLinesCancelled',
      data: { lines: [units('2', 1)], reason: 'not-available' },
    });
  });
});

describe('goods for the buyer to collect', () => {
  it('leave the stock when they are handed over', async () => {
    const shop = await ended('goods that are collected');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
    expect((await types(shop)).at(-1)).toBe('OrderLinesFulfilled');
  });

  it('go back to stock when they are not collected', async () => {
    const shop = await ended('goods that nobody collects');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 5, reserved: 0, unavailable: 0 });
    expect((await shop.h.log('order-o')).at(-1)?.event).toMatchObject({
      data: { reason: 'not-collected', refund: 300 },
    });
    expect(shop.h.memory.running).toEqual([]);
  });

  it('that came from another location stay at the pickup store when they are not collected', async () => {
    const shop = await ended('goods sent to where they are collected');
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 2, reserved: 0, unavailable: 0 });
    expect(await shop.stock('A', 'south')).toEqual({ onHand: 6, reserved: 0, unavailable: 0 });
    expect((await types(shop)).slice(3)).toEqual(['OrderLinesFulfilled', 'OrderReallocated', 'OrderLinesCancelled']);
  });

  it('are handed over at once when they are carried out', async () => {
    const shop = await ended('goods that are carried out');
    expect((await types(shop)).at(-1)).toBe('OrderLinesFulfilled');
    expect(await shop.stock('A', 'north')).toMatchObject({ onHand: 2, reserved: 0 });
    expect(shop.h.memory.running).toEqual([]);
  });
});

describe('a cancellation', () => {
  it('cancels units that have not left', async () => {
    const shop = await ended('a cancellation that comes too late in part');
    expect((await shop.h.log('order-o')).at(-1)?.event).toMatchObject({
      type: 'OrderLinesCancelled',
      data: { lines: [units('1', 1), units('2', 1)], refund: 200 },
    });
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 3, reserved: 0, unavailable: 0 });
  });

  it('is refused for units that have left already', async () => {
    const shop = await ended('a cancellation while the parcel leaves');
    expect(await types(shop)).toEqual(expect.arrayContaining(['OrderLinesCancelled', 'OrderCancellationRefused']));
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 3, reserved: 0, unavailable: 0 });
    expect(shop.h.memory.running).toEqual([]);
  });
});

describe('after a crash at any point, it ends the same', () => {
  it.each(Object.keys(stories) as (keyof typeof stories)[])('%s', async (name) => {
    const story: Story = stories[name];
    const calm = await runStory(story);
    const end = (shop: Shop) => (name.includes('while') ? shop.standing() : shop.outcome());
    const expected = await end(calm.shop);
    for (const batchSize of [1, 500]) {
      for (const [phase, effects] of calm.effects.entries()) {
        for (let at = 0; at < effects; at++) {
          for (const moment of CRASH_MOMENTS) {
            const { shop } = await runStory(story, batchSize, { phase, at, moment });
            expect(await end(shop)).toEqual(expected);
          }
        }
      }
    }
  });
});
