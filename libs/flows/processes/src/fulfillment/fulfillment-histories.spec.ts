import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { InvariantChecks } from '#verification';
import { Shop } from './fulfillment.fixture.js';

const later = { occurredAt: '2026-02-01T12:00:00.000Z' };
const place = fc.constantFrom('north', 'south', 'east');
const some = fc.array(fc.record({ lineId: fc.constantFrom('1', '2'), quantity: fc.integer({ min: 1, max: 2 }) }), {
  minLength: 1,
  maxLength: 2,
});
const reason = fc.constantFrom('not-found', 'damaged', 'closed');

type Act = (shop: Shop) => Promise<unknown>;

const hold: Act = (shop) => shop.h.order({ type: 'HoldOrder', data: { orderId: 'o', holdId: 'h', reason: 'odd' } });
const release: Act = (shop) => shop.h.order({ type: 'ReleaseOrderHold', data: { orderId: 'o', holdId: 'h' } });

/** Seldom said by chance in this order. */
const sent =
  (lineId: string, quantity: number): Act =>
  async (shop) => {
    await shop.work('south', 'PackParcel', {
      locationId: 'north',
      lines: [{ lineId, quantity }],
      parcelId: `s-${lineId}`,
    });
    await shop.work('south', 'ShipParcel', { locationId: 'north', parcelId: `s-${lineId}`, carrier: 'van' });
    await shop.work('south', 'RecordArrival');
    await shop.work('south', 'MarkReadyForPickup');
  };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom(sent('1', 3), sent('2', 2)),
  fc.tuple(place, some, fc.constantFrom('p', 'q', 'r')).map(([at, lines, parcelId]): Act => async (shop) => {
    await shop.work(at, 'PackParcel', { lines, parcelId });
    await shop.work(at, 'ShipParcel', { parcelId, carrier: 'mail' });
  }),
  fc.tuple(place, reason).map(
    ([at, why]): Act =>
      (shop) =>
        shop.work(at, 'RejectFulfillment', { reason: why }),
  ),
  fc.tuple(place, some, reason).map(
    ([at, lines, why]): Act =>
      (shop) =>
        shop.work(at, 'ReportShortPick', { lines, reason: why }),
  ),
  place.map(
    (at): Act =>
      (shop) =>
        shop.work(at, 'ExpireAcceptance', {}, later),
  ),
  place.map(
    (at): Act =>
      (shop) =>
        shop.work(at, 'MarkReadyForPickup'),
  ),
  place.map(
    (at): Act =>
      (shop) =>
        shop.work(at, 'RecordArrival'),
  ),
  fc.tuple(place, some).map(
    ([at, lines]): Act =>
      (shop) =>
        shop.work(at, 'HandOver', { lines, proof: 'code' }),
  ),
  place.map(
    (at): Act =>
      (shop) =>
        shop.work(at, 'ExpirePickup', {}, later),
  ),
  some.map(
    (lines): Act =>
      (shop) =>
        shop.h.order({ type: 'CancelOrderLines', data: { orderId: 'o', lines, reason: 'regret' } }),
  ),
  fc.constantFrom(hold, release),
);

const way = fc.constantFrom<object>(
  {},
  { method: 'pickup', locationId: 'north' },
  { method: 'pickup', locationId: 'south' }, // from the north
  { method: 'carry-out', locationId: 'north' },
);

const history = fc.record({
  lines: fc.tuple(way, way),
  acts: fc.array(fc.record({ act, rests: fc.boolean() }), { maxLength: 12, size: 'max' }),
});

/** What is refused changes nothing; nobody has work that was never assigned. */
const refused = (error: unknown) => {
  if (error instanceof DomainError || String(error).includes('Nothing was assigned')) return;
  throw error;
};

it('after any actions in any order, all invariants hold and no reservation is orphaned', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(history, async ({ lines, acts }) => {
      const shop = new Shop(500);
      for (const sku of ['A', 'B']) for (const at of ['north', 'south', 'east']) await shop.receive(sku, at, 4);
      const [first, second] = lines;
      const sold = [
        { lineId: '1', sku: 'A', quantity: 3, ...first },
        { lineId: '2', sku: 'B', quantity: 2, ...second },
      ];
      await shop.place('o', sold, { '1': 'north', '2': 'north' });
      await shop.h.settle();
      for (const { act: does, rests } of acts) {
        await does(shop).catch(refused);
        if (rests) await shop.h.settle();
      }
      await shop.h.settle();
      await check(shop, seen);
    }),
    { numRuns: 400 },
  );
  // Otherwise the histories would say little.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...[
        'OrderReallocated',
        'OrderLinesFulfilled',
        'OrderLinesCancelled',
        'OrderCancellationRefused',
        'StockAdjusted',
      ],
      ...['ParcelShipped', 'FulfillmentRejected', 'FulfillmentHeld', 'HandedOver', 'PickupExpired', 'ArrivedForPickup'],
    ]),
  );
});

const check = async (shop: Shop, seen: Set<string>) => {
  expect([...shop.h.memory.parked.values()]).toEqual([]);
  const checks = new InvariantChecks({}); // nothing is sealed in the log of a specification
  for (const recorded of await shop.events('order', 'fulfillment', 'stock')) {
    checks.check(recorded);
    seen.add(recorded.event.type);
  }
  checks.finish(Date.parse('2036-01-01T00:00:00.000Z'));
  expect(checks.checkers.flatMap(({ violations }) => violations.map(({ sentence }) => sentence))).toEqual([]);
};
