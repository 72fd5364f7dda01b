import { describe, expect, it } from '@jest/globals';
import { type OrderLine } from '#orders';
import { type Policy } from '../domain/policy.js';
import { rankByPolicy, type LocationFacts, type RequestWithStock } from './rank-by-policy.js';

const at = (latitude: number) => ({ type: 'store' as const, latitude, longitude: 0, country: 'GB' });
const PLACES = new Map([
  ['north', at(55)],
  ['middle', at(53)],
  ['south', at(51)],
]);
const facts: LocationFacts = { location: (locationId) => PLACES.get(locationId), assignedToday: () => 0 };

const near: Policy = {
  strategies: [{ name: 'near', criteria: [{ by: 'distance', weight: 1 }], fallback: 'reject' }],
  shipToStore: true,
};
const aLine = (lineId: string, more: Partial<OrderLine> = {}): OrderLine => ({
  ...{ lineId, sku: 'TEA', quantity: 1, unitPrice: { amount: 100, scale: 2 }, method: 'ship' },
  ...more,
});
const pickup = aLine('2', { method: 'pickup', locationId: 'north' });

const ask = (policy: Policy, request: Partial<RequestWithStock> = {}) => {
  const locations = ['south', 'middle', 'north'].map((locationId) => ({
    ...{ locationId, methods: ['ship', 'pickup'] as const, paused: false, safetyStock: 0 },
  }));
  const terms = { version: 1, currency: 'GBP', reservationTtlSeconds: 1, locations };
  const context = {
    orderId: 'o',
    attempt: 1,
    channelId: 'web',
    terms,
    knownStock: [],
    cartReservations: [],
    exclude: [],
  };
  const asked: RequestWithStock = {
    ...context,
    lines: [aLine('1')],
    near: { latitude: 54.9, longitude: 0 },
    ...request,
  };
  return rankByPolicy({ policyId: 'p', version: 3, policy }, asked, facts);
};
const ranked = (policy: Policy, request: Partial<RequestWithStock> = {}) =>
  ask(policy, request).rankings.map(({ ranked: locations, judgement: { pickupAt = 'buyer' } }) => ({
    [pickupAt]: locations.map(({ locationId }) => locationId),
  }));

describe('the rankings of a policy', () => {
  it('name its version', () => expect(ask(near)).toMatchObject({ policyId: 'p', version: 3 }));

  it('rank the locations by the destination of the goods: the buyer or the store', () =>
    expect(ranked(near, { lines: [aLine('1'), pickup] })).toEqual([
      { north: ['middle', 'south'] },
      { buyer: ['north', 'middle', 'south'] },
    ]));

  it('leave a pickup at its store if the policy does not allow ship-to-store', () =>
    expect(ranked({ strategies: near.strategies }, { lines: [pickup] })).toEqual([]));

  it('name the location that refused, and do not offer it as another location', () => {
    const [ranking] = ask(near, { exclude: ['north'] }).rankings;
    expect(ranking?.judgement.excluded).toEqual([{ locationId: 'north', reason: 'refused' }]);
    expect(ranking?.otherLocations).toEqual([]);
  });

  it('offer locations that the policy excludes as other locations', () => {
    const strategies = near.strategies.map((one) => ({ ...one, exclude: ['middle'] }));
    expect(ask({ strategies }).rankings[0]?.otherLocations).toEqual(['middle']);
  });

  it('are empty if no strategy applies', () => {
    const strategies = near.strategies.map((one) => ({ ...one, when: { channels: ['till'] } }));
    expect(ranked({ strategies })).toEqual([]);
  });
});
