import { describe, expect, it } from '@jest/globals';
import { chooseStrategy, type OrderFacts } from './choose-strategy.js';
import { distanceKm } from './distance.js';
import { scoreLocations, type SourcingLocation } from './score-locations.js';
import { type Conditions, type Criterion, type Policy, type Strategy } from './policy.js';

const LONDON = { latitude: 51.5, longitude: -0.1 };
const LEEDS = { latitude: 53.8, longitude: -1.5 };

const location = (locationId: string, more: Partial<SourcingLocation> = {}): SourcingLocation => ({
  locationId,
  units: 0,
  load: 0,
  ...more,
});
const strategy = (criteria: readonly Criterion[], more: Partial<Strategy> = {}): Strategy => ({
  name: 's',
  criteria,
  fallback: 'reject',
  ...more,
});
const by = (kind: Criterion['by'], weight = 1) => [{ by: kind, weight }];

/** `leeds 1, london 0.5` */
const scores = (
  criteria: readonly Criterion[],
  locations: readonly SourcingLocation[],
  { position, ...policy }: Partial<Policy> & { position?: typeof LONDON } = {},
) =>
  scoreLocations(
    strategy(criteria),
    { strategies: [], ...policy },
    locations,
    position ? { position } : { country: 'GB' },
  )
    .scored.map(({ locationId, score }) => `${locationId} ${score}`)
    .join(', ');

it('measures the great-circle distance', () => {
  expect(Math.round(distanceKm(LONDON, LEEDS))).toBe(273);
  expect(distanceKm(LEEDS, LEEDS)).toBe(0);
});

describe('a location scores higher', () => {
  it('the earlier it comes in the order of the channel', () =>
    expect(scores(by('priority'), [location('a'), location('b')])).toBe('a 1, b 0.5'));
  it('the nearer it is', () =>
    expect(scores(by('distance'), [location('leeds', LEEDS), location('london', LONDON)], { position: LONDON })).toBe(
      'london 1, leeds 0',
    ));
  it('in the same country, if the distance is unknown', () =>
    expect(scores(by('distance'), [location('a', { country: 'DE' }), location('b', { country: 'GB' })])).toBe(
      'b 1, a 0',
    ));
  it('the more of the goods it has', () =>
    expect(scores(by('stock'), [location('a', { units: 2 }), location('b', { units: 8 })])).toBe('b 1, a 0.25'));
  it('the more of its daily capacity is free', () =>
    expect(
      scores(by('capacity'), [location('a', { load: 3 }), location('b')], {
        capacities: [{ locationId: 'a', perDay: 4 }],
      }),
    ).toBe('b 1, a 0.25'));
  it('the less it costs', () =>
    expect(
      scores(by('cost', 2), [location('leeds', LEEDS), location('london', LONDON)], {
        position: LONDON,
        costs: { perParcel: 0, perKm: 1 },
      }),
    ).toBe('london 0, leeds -2'));
  it('by the sum of the weighted criteria', () =>
    expect(scores([...by('priority', 2), ...by('stock', 3)], [location('a'), location('b', { units: 1 })])).toBe(
      'b 4, a 2',
    ));
  it('and equal scores stay in the order of the channel', () =>
    expect(scores(by('stock'), [location('b'), location('a')])).toBe('b 0, a 0'));
});

describe('a location is excluded for the reason', () => {
  const reason = (at: SourcingLocation, more: Partial<Strategy>, policy: Partial<Policy> = {}) =>
    scoreLocations(strategy(by('stock'), more), { strategies: [], ...policy }, [at], {}).excluded[0]?.reason;

  it.each([
    ['paused', location('a', { blockedBy: 'paused' }), {}],
    ['excluded', location('a'), { exclude: ['a'] }],
    ['type', location('a', { type: 'store' }), { locationTypes: ['warehouse'] }],
  ] as const)('%s', (why, at, more) => expect(reason(at, more)).toBe(why));

  it('no-capacity', () =>
    expect(reason(location('a', { load: 4 }), {}, { capacities: [{ locationId: 'a', perDay: 4 }] })).toBe(
      'no-capacity',
    ));
});

describe('a strategy is used', () => {
  const facts: OrderFacts = { channelId: 'web', country: 'GB', value: 5000, lines: 2, method: 'ship' };
  const used = (when: Conditions, order = facts) =>
    chooseStrategy({ strategies: [strategy(by('stock'), { when })] }, order) !== undefined;

  it.each<[Conditions, boolean]>([
    [{}, true],
    [{ channels: ['web'] }, true],
    [{ channels: ['till'] }, false],
    [{ countries: ['GB', 'IE'] }, true],
    [{ countries: ['DE'] }, false],
    [{ minValue: 5000 }, true],
    [{ minValue: 5001 }, false],
    [{ maxValue: 5000 }, true],
    [{ maxValue: 4999 }, false],
    [{ minLines: 2, maxLines: 2 }, true],
    [{ minLines: 3 }, false],
    [{ methods: ['ship'] }, true],
    [{ methods: ['pickup'] }, false],
    [{ channels: ['web'], minValue: 9999 }, false],
  ])('when %j', (when, expected) => expect(used(when)).toBe(expected));

  it('never if a property that it tests is unknown', () => {
    const unknown: OrderFacts = { channelId: 'web', lines: 1, method: 'ship' };
    expect([used({ countries: ['GB'] }, unknown), used({ minValue: 0 }, unknown)]).toEqual([false, false]);
  });

  it('if it is the first whose conditions hold', () => {
    const first = strategy(by('stock'), { name: 'rich', when: { minValue: 9999 } });
    const second = strategy(by('stock'), { name: 'all' });
    expect(chooseStrategy({ strategies: [first, second, first] }, facts)?.name).toBe('all');
  });
});
