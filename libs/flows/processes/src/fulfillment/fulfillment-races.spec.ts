import { describe, expect, it } from '@jest/globals';
import { Decide, type DeciderRunner, type StreamType } from '#event-store';
import { type Message } from '#kernel';
import { order, ReplanFulfillment } from '#orders';
import { aCause } from '#testing';
import { runStory, type Shop, type Story } from './fulfillment.fixture.js';

const three = { lineId: '1', sku: 'A', quantity: 3 };
const one = { lineId: '2', sku: 'B', quantity: 1, method: 'ship' as const, unitPrice: { amount: 100, scale: 2 } };

/** The buyer is faster than the command: one unit of a line is cancelled just before it. */
const cancelledBefore = (shop: Shop, isIt: (message: object) => boolean, lineId: string) => {
  const { handler } = shop.h;
  const passOn = (message: object, deciders: DeciderRunner) => {
    if (!(message instanceof Decide)) return handler?.(message, deciders);
    const { type, id, command, cause } = message;
    return deciders.run(type as StreamType<unknown, Message, Message>, id, command, cause);
  };
  const data = { orderId: 'o', lines: [{ lineId, quantity: 1 }], reason: 'regret' };
  shop.h.handler = (message, deciders) => {
    if (!isIt(message)) return handler?.(message, deciders);
    shop.h.handler = handler;
    const cancelled = deciders.run(order, 'o', { type: 'CancelOrderLines', data }, aCause());
    return cancelled.then(() => passOn(message, deciders)).then((outcome) => outcome ?? cancelled);
  };
};

const placed = async (shop: Shop) => {
  await shop.receive('A', 'north', 3);
  await shop.receive('B', 'north', 1);
  await shop.place('o', [three]);
};

const leaves = (quantity: number) => async (shop: Shop) => {
  await shop.work('north', 'PackParcel', { parcelId: 'p', lines: [{ lineId: '1', quantity }] });
  await shop.work('north', 'ShipParcel', { parcelId: 'p', carrier: 'mail', tracking: 'p' });
};

const ended = async (story: Story) => {
  const { shop } = await runStory(story);
  expect([...shop.h.memory.parked.values()]).toEqual([]);
  expect(shop.h.memory.running).toEqual([]);
  return shop;
};

const cancelledUnits = async (shop: Shop) =>
  (await shop.h.log('order-o')).flatMap(({ event }) =>
    event.type === 'OrderLinesCancelled' ? (event.data as { lines: object[] }).lines : [],
  );

describe('a cancellation that comes before the reallocation', () => {
  it('of an added line releases its reservation', async () => {
    const shop = await ended([
      placed,
      async (shop) => {
        cancelledBefore(shop, (message) => message instanceof ReplanFulfillment, '2');
        await shop.h.order({ type: 'ProposeOrderEdit', data: { orderId: 'o', editId: 'e', add: [one], remove: [] } });
        await shop.h.order({ type: 'ApplyOrderEdit', data: { orderId: 'o', editId: 'e' } });
      },
      leaves(3),
    ]);
    expect(await shop.stock('B', 'north')).toEqual({ onHand: 1, reserved: 0, unavailable: 0 });
    expect(await cancelledUnits(shop)).toEqual([{ lineId: '2', quantity: 1 }]);
  });

  it('of a lost unit cancels no other unit', async () => {
    const isSettled = (message: object) => message instanceof Decide && message.command.type === 'SettleCancellation';
    const shop = await ended([
      placed,
      async (shop) => {
        for (const place of ['south', 'east']) shop.empty.add(place);
        cancelledBefore(shop, isSettled, '1');
        const lines = [{ lineId: '1', quantity: 1 }];
        await shop.work('north', 'ReportShortPick', { lines, reason: 'not-found' });
      },
      leaves(2),
    ]);
    expect(await cancelledUnits(shop)).toEqual([{ lineId: '1', quantity: 1 }]);
    expect(await shop.stock('A', 'north')).toEqual({ onHand: 0, reserved: 0, unavailable: 0 });
  });
});

it('two units of a line that are lost one after the other are both cancelled', async () => {
  const shortPick = (shop: Shop) => {
    for (const place of ['south', 'east']) shop.empty.add(place);
    return shop.work('north', 'ReportShortPick', { lines: [{ lineId: '1', quantity: 1 }], reason: 'not-found' });
  };
  const shop = await ended([placed, shortPick, shortPick, leaves(1)]);
  expect(await cancelledUnits(shop)).toEqual([
    { lineId: '1', quantity: 1 },
    { lineId: '1', quantity: 1 },
  ]);
  expect(await shop.stock('A', 'north')).toEqual({ onHand: 0, reserved: 0, unavailable: 0 });
});
