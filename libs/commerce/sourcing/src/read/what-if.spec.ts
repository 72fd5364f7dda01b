import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { type Candidate, type OrderLine } from '#orders';
import { aRecorded } from '#testing';
import { planFulfillment } from '../domain/plan.js';
import { type Policy } from '../domain/policy.js';
import { WhatIf, type Period } from './what-if.js';

const PLACES = [
  { locationId: 'london', latitude: 51.5, longitude: -0.1 },
  { locationId: 'leeds', latitude: 53.8, longitude: -1.5 },
];
const NEAR_LEEDS = { latitude: 53.8, longitude: -1.6 };
const locations = PLACES.map(({ locationId }) => ({
  locationId,
  methods: ['ship', 'pickup'] as const,
  safetyStock: 0,
}));
const terms = {
  ...{ version: 1, currency: 'GBP', reservationTtlSeconds: 900 },
  locations: locations.map((at) => ({ ...at, paused: false })),
};
const network: [string, Message][] = [
  ...PLACES.map(({ locationId, ...at }): [string, Message] => [
    `location-${locationId}`,
    { type: 'LocationRegistered', data: { name: locationId, type: 'store', ...at } },
  ]),
  ['channel-web', { type: 'ChannelConfigured', data: { ...terms, locations, name: 'Web', kind: 'web' } }],
];

const near: Policy = {
  strategies: [{ name: 'near', criteria: [{ by: 'distance', weight: 1 }], fallback: 'any-location' }],
  costs: { perParcel: 400, perKm: 1 },
};

const aLine = (quantity: number, more: Partial<OrderLine> = {}): OrderLine => ({
  ...{ lineId: '1', sku: 'TEA', quantity, unitPrice: { amount: 100, scale: 2 }, method: 'ship' },
  ...more,
});
const at = (locationId: string, available: number): Candidate => ({ sku: 'TEA', locationId, available });

/** The events of an order that was placed and planned. */
const ordered = (orderId: string, line: OrderLine, known: readonly Candidate[]): [string, Message][] => [
  [
    `order-${orderId}`,
    {
      type: 'OrderPlaced',
      data: { currency: 'GBP', lines: [line], charges: [], near: NEAR_LEEDS, expiresAt: '', total: 0 },
    },
  ],
  [`order-${orderId}`, { type: 'FulfillmentPlanned', data: planFulfillment(orderId, [line], terms, known) }],
];

const report = (events: readonly [string, Message][], policy = near, period: Period = {}) => {
  const whatIf = new WhatIf(policy, period);
  for (const [index, [stream, event]] of [...network, ...events].entries()) {
    whatIf.addEvent(aRecorded(stream, event, { position: asPosition(index + 1) }));
  }
  return whatIf.report();
};

describe('the comparison under another policy', () => {
  it('shows fewer kilometers and lower cost from a nearer location', () => {
    const { before, after, ...rest } = report(ordered('o', aLine(2), [at('london', 5), at('leeds', 5)]));
    expect(rest).toMatchObject({
      ...{ orders: 1, changed: 1, notJudged: {}, withoutDistance: 0 },
      changes: [{ orderId: 'o', before: 'london 2', after: 'leeds 2' }],
      units: [
        { locationId: 'leeds', before: 0, after: 2 },
        { locationId: 'london', before: 2, after: 0 },
      ],
    });
    expect([before.parcels, Math.round(before.km), after.parcels, Math.round(after.km)]).toEqual([1, 275, 1, 7]);
    expect(after.cost - before.cost).toBeCloseTo(after.km - before.km);
  });

  it('counts orders that would be split', () => {
    const { before, after } = report(ordered('o', aLine(4), [at('london', 5), at('leeds', 3)]));
    expect([before.split, after.split, after.parcels]).toEqual([0, 1, 2]);
  });

  it('counts orders that would not be served', () => {
    const [strategy] = near.strategies;
    const policy = { strategies: strategy ? [{ ...strategy, fallback: 'reject' as const, maxSplit: 1 }] : [] };
    const { after, changes } = report(ordered('o', aLine(7), [at('london', 5), at('leeds', 3)]), policy);
    expect(after.unserved).toBe(1);
    expect(changes).toEqual([{ orderId: 'o', before: 'leeds 2, london 5', after: '' }]);
  });

  it('skips an order whose plan recorded no stock', () =>
    expect(report(ordered('o', aLine(1), []))).toMatchObject({ orders: 0, notJudged: { 'no-stock-recorded': 1 } }));

  it('leaves a pickup at its store', () =>
    expect(
      report(ordered('o', aLine(1, { method: 'pickup', locationId: 'london' }), []), { ...near, shipToStore: true }),
    ).toMatchObject({ orders: 1, changed: 0, after: { parcels: 0, unserved: 0 } }));

  it('compares only the orders of the period', () => {
    const events = ordered('o', aLine(1), [at('london', 5)]);
    expect(report(events, near, { from: '2026-01-02' }).orders).toBe(0);
    expect(report(events, near, { to: '2026-01-01T12:00:00.000Z' }).orders).toBe(0);
    expect(report(events, near, { from: '2026-01-01T12:00:00.000Z', to: '2026-01-02' }).orders).toBe(1);
  });
});
