import { describe, expect, it } from '@jest/globals';
import { strategyFor, type OrderFacts } from './choose-strategy.js';
import { kilometers } from './distance.js';
import { judgePlaces, type Place } from './judge-places.js';
import { type Conditions, type Criterion, type Policy, type Strategy } from './policy.js';

const LONDON = { latitude: 51.5, longitude: -0.1 };
const LEEDS = { latitude: 53.8, longitude: -1.5 };

const place = (locationId: string, more: Partial<Place> = {}): Place => ({ locationId, units: 0, load: 0, ...more });
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
  places: readonly Place[],
  { position, ...policy }: Partial<Policy> & { position?: typeof LONDON } = {},
) =>
  judgePlaces(strategy(criteria), { strategies: [], ...policy }, places, position ? { position } : { country: 'GB' })
    .judged.map(({ locationId, score }) => `${locationId} ${score}`)
    .join(', ');

it('measures as the crow flies', () => {
  expect(Math.round(kilometers(LONDON, LEEDS))).toBe(273);
  expect(kilometers(LEEDS, LEEDS)).toBe(0);
});

describe('a place is worth more', () => {
  it('the earlier it stands in the order of the channel', () =>
    expect(scores(by('priority'), [place('a'), place('b')])).toBe('a 1, b 0.5'));
  it('the nearer it is', () =>
    expect(scores(by('distance'), [place('leeds', LEEDS), place('london', LONDON)], { position: LONDON })).toBe(
      'london 1, leeds 0',
    ));
  it('in the same country, when nobody knows how near', () =>
    expect(scores(by('distance'), [place('a', { country: 'DE' }), place('b', { country: 'GB' })])).toBe('b 1, a 0'));
  it('the more it has', () =>
    expect(scores(by('stock'), [place('a', { units: 2 }), place('b', { units: 8 })])).toBe('b 1, a 0.25'));
  it('the more it can still do today', () =>
    expect(
      scores(by('capacity'), [place('a', { load: 3 }), place('b')], {
        capacities: [{ locationId: 'a', perDay: 4 }],
      }),
    ).toBe('b 1, a 0.25'));
  it('the less it costs', () =>
    expect(
      scores(by('cost', 2), [place('leeds', LEEDS), place('london', LONDON)], {
        position: LONDON,
        costs: { perParcel: 0, perKm: 1 },
      }),
    ).toBe('london 0, leeds -2'));
  it('by the sum of its weights', () =>
    expect(scores([...by('priority', 2), ...by('stock', 3)], [place('a'), place('b', { units: 1 })])).toBe('b 4, a 2'));
  it('and of equals the first of the channel comes first', () =>
    expect(scores(by('stock'), [place('b'), place('a')])).toBe('b 0, a 0'));
});

describe('a place is left out, and it is said why,', () => {
  const reason = (at: Place, more: Partial<Strategy>, policy: Partial<Policy> = {}) =>
    judgePlaces(strategy(by('stock'), more), { strategies: [], ...policy }, [at], {}).excluded[0]?.reason;

  it.each([
    ['paused', place('a', { barred: 'paused' }), {}],
    ['excluded', place('a'), { exclude: ['a'] }],
    ['type', place('a', { type: 'store' }), { locationTypes: ['warehouse'] }],
  ] as const)('%s', (why, at, more) => expect(reason(at, more)).toBe(why));

  it('no-capacity', () =>
    expect(reason(place('a', { load: 4 }), {}, { capacities: [{ locationId: 'a', perDay: 4 }] })).toBe('no-capacity'));
});

describe('a strategy is used', () => {
  const facts: OrderFacts = { channelId: 'web', country: 'GB', value: 5000, lines: 2, method: 'ship' };
  const used = (when: Conditions, order = facts) =>
    strategyFor({ strategies: [strategy(by('stock'), { when })] }, order) !== undefined;

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

  it('never on what is not known', () => {
    const unknown: OrderFacts = { channelId: 'web', lines: 1, method: 'ship' };
    expect([used({ countries: ['GB'] }, unknown), used({ minValue: 0 }, unknown)]).toEqual([false, false]);
  });

  it('when it is the first that fits', () => {
    const first = strategy(by('stock'), { name: 'rich', when: { minValue: 9999 } });
    const second = strategy(by('stock'), { name: 'all' });
    expect(strategyFor({ strategies: [first, second, first] }, facts)?.name).toBe('all');
  });
});
