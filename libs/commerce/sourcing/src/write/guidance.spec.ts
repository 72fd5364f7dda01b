import { describe, expect, it } from '@jest/globals';
import { type OrderLine } from '#orders';
import { type Policy } from '../domain/policy.js';
import { guidanceFor, type Facts, type Question } from './guidance.js';

const at = (latitude: number) => ({ type: 'store' as const, latitude, longitude: 0, country: 'GB' });
const PLACES = new Map([
  ['north', at(55)],
  ['middle', at(53)],
  ['south', at(51)],
]);
const facts: Facts = { location: (locationId) => PLACES.get(locationId), load: () => 0 };

const near: Policy = {
  strategies: [{ name: 'near', criteria: [{ by: 'distance', weight: 1 }], fallback: 'reject' }],
  shipToStore: true,
};
const aLine = (lineId: string, more: Partial<OrderLine> = {}): OrderLine => ({
  ...{ lineId, sku: 'TEA', quantity: 1, unitPrice: { amount: 100, scale: 2 }, method: 'ship' },
  ...more,
});
const pickup = aLine('2', { method: 'pickup', locationId: 'north' });

const ask = (policy: Policy, question: Partial<Question> = {}) => {
  const locations = ['south', 'middle', 'north'].map((locationId) => ({
    ...{ locationId, methods: ['ship', 'pickup'] as const, paused: false, safetyStock: 0 },
  }));
  const terms = { version: 1, currency: 'GBP', reservationTtlSeconds: 1, locations };
  const context = { orderId: 'o', attempt: 1, channelId: 'web', terms, known: [], held: [], exclude: [] };
  const asked: Question = { ...context, lines: [aLine('1')], near: { latitude: 54.9, longitude: 0 }, ...question };
  return guidanceFor({ policyId: 'p', version: 3, policy }, asked, facts);
};
const ranked = (policy: Policy, question: Partial<Question> = {}) =>
  ask(policy, question).guides.map(({ places, judgement: { pickupAt = 'buyer' } }) => ({
    [pickupAt]: places.map(({ locationId }) => locationId),
  }));

describe('the guidance of a policy', () => {
  it('names its version', () => expect(ask(near)).toMatchObject({ policyId: 'p', version: 3 }));

  it('ranks the places by where the goods go: to the buyer, or to the store', () =>
    expect(ranked(near, { lines: [aLine('1'), pickup] })).toEqual([
      { north: ['middle', 'south'] },
      { buyer: ['north', 'middle', 'south'] },
    ]));

  it('leaves a pickup at its store when the policy sends nothing there', () =>
    expect(ranked({ strategies: near.strategies }, { lines: [pickup] })).toEqual([]));

  it('says who has refused, and offers nobody in their place who cannot', () => {
    const [guide] = ask(near, { exclude: ['north'] }).guides;
    expect(guide?.judgement.excluded).toEqual([{ locationId: 'north', reason: 'refused' }]);
    expect(guide?.others).toEqual([]);
  });

  it('keeps those that it excludes itself for when any place will do', () => {
    const strategies = near.strategies.map((one) => ({ ...one, exclude: ['middle'] }));
    expect(ask({ strategies }).guides[0]?.others).toEqual(['middle']);
  });

  it('is none where no strategy fits', () => {
    const strategies = near.strategies.map((one) => ({ ...one, when: { channels: ['till'] } }));
    expect(ranked({ strategies })).toEqual([]);
  });
});
