import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkPlan,
  type Candidate,
  type Fallback,
  type FulfillmentPlan,
  type ReservedCandidate,
  type RankingDecision,
  type OrderLine,
} from '#orders';
import { aLine, shop, terms } from '#orders/samples';
import { type LocationRanking } from './location-ranking.js';
import { makePlan } from './plan.js';
import { replan } from './replan.js';

const at = (locationId: string, available: number, sku = 'TEA'): Candidate => ({ sku, locationId, available });

interface Limits extends Partial<Omit<RankingDecision, 'scores' | 'excluded' | 'maxSplit'>> {
  readonly maxSplit?: number | undefined;
  readonly splitCost?: number;
  readonly otherLocations?: readonly string[];
}

/** A ranking of these locations by their benefit, the best first. */
const ranking = (
  benefits: Readonly<Record<string, number>>,
  { splitCost = 0, otherLocations = [], maxSplit, ...judgement }: Limits = {},
): LocationRanking => {
  const ranked = Object.entries(benefits).map(([locationId, benefit]) => ({ locationId, benefit, cost: 0 }));
  const scores = ranked.map(({ locationId, benefit }) => ({ locationId, score: benefit }));
  const limit = maxSplit === undefined ? {} : { maxSplit };
  return {
    judgement: { strategy: 's', scores, excluded: [], fallback: 'reject', ...judgement, ...limit },
    ranked,
    splitCost,
    otherLocations,
  };
};

const all = terms({ locations: ['a', 'b', 'c', 'd'].map((id) => shop(id)) });

interface Given {
  readonly lines: readonly OrderLine[];
  readonly knownStock?: readonly Candidate[] | undefined;
  readonly rankings?: readonly LocationRanking[];
  readonly cartReservations?: readonly ReservedCandidate[];
  readonly exclude?: readonly string[];
}

const plan = ({ lines, knownStock, rankings, cartReservations = [], exclude = [] }: Given) => {
  const request = { orderId: 'o', attempt: 1, lines, terms: all, knownStock, cartReservations, exclude };
  return makePlan(request, rankings && { policyId: 'p', version: 2, rankings });
};

/** `a: TEA 3, b: CUP 1>store` */
const describePlan = ({ allocations }: Pick<FulfillmentPlan, 'allocations'>) =>
  allocations
    .map(({ locationId, sku, quantity, lines }) => {
      const [{ pickupAt } = {}] = lines;
      return `${locationId}: ${sku} ${quantity}${pickupAt === undefined ? '' : `>${pickupAt}`}`;
    })
    .join(', ');

const tea = (quantity: number) => aLine('1', { quantity });
const cup = aLine('2', { sku: 'CUP' });
const everywhere = ['a', 'b', 'c', 'd'].map((id) => at(id, 9));

describe('a plan by a policy', () => {
  it('takes the units from the location with the highest benefit', () =>
    expect(
      describePlan(
        plan({ lines: [tea(5)], knownStock: [at('a', 9), at('b', 3)], rankings: [ranking({ b: 2, a: 1 })] }),
      ),
    ).toBe('b: TEA 3, a: TEA 2'));

  it('takes one location that has everything if the cost of a split is higher', () =>
    expect(
      describePlan(
        plan({
          lines: [tea(5)],
          knownStock: [at('a', 9), at('b', 3)],
          rankings: [ranking({ b: 2, a: 1 }, { splitCost: 3 })],
        }),
      ),
    ).toBe('a: TEA 5'));

  it('finds the two locations that cover the demand within the allowed split', () => {
    const knownStock = [at('a', 2), at('b', 3), at('c', 3), at('d', 3)];
    const rankings = [ranking({ a: 4, b: 3, c: 2, d: 1 }, { maxSplit: 2 })];
    expect(describePlan(plan({ lines: [tea(6)], knownStock, rankings }))).toBe('b: TEA 3, c: TEA 3');
  });

  it.each([
    ['any-location', 'a: TEA 2, d: TEA 4'],
    ['backorder', 'a: TEA 6'],
    ['reject', ''],
  ] as const)('with too little stock applies the fallback %s', (fallback, expected) => {
    const rankings = [ranking({ a: 2, b: 1 }, { fallback, otherLocations: ['d'], maxSplit: 1 })];
    const found = plan({ lines: [tea(6)], knownStock: [at('a', 2), at('d', 4)], rankings });
    expect(describePlan(found)).toBe(expected);
    expect(found.sourcing?.judgements).toMatchObject([{ fellBack: true }]);
  });

  it.each([
    ['reject', undefined],
    ['any-location', 'b: TEA 3, c: TEA 1'],
  ] as const)('is planned again within its split, unless the fallback is any-location: %s', (fallback, expected) => {
    const rankings = [ranking({ a: 3, b: 2, c: 1 }, { maxSplit: 1, fallback })];
    const first = plan({ lines: [tea(4)], knownStock: [at('a', 4), at('b', 3), at('c', 3)], rankings });
    const declined = [{ reservationId: first.allocations[0]?.reservationId ?? '', available: 0 }];
    const again = replan('o', first, declined);
    expect(again && describePlan(again)).toBe(expected);
  });

  it('asks the best location if the stock is unknown, whatever the fallback', () =>
    expect(describePlan(plan({ lines: [tea(6)], rankings: [ranking({ c: 2, a: 1 })] }))).toBe('c: TEA 6'));

  it('records the policy and its judgements, and keeps the candidates in the order of the ranking', () => {
    const { sourcing, candidates } = plan({
      lines: [tea(1)],
      knownStock: everywhere,
      rankings: [ranking({ c: 2, a: 1 })],
    });
    expect(sourcing).toMatchObject({
      policyId: 'p',
      version: 2,
      judgements: [
        {
          strategy: 's',
          scores: [
            { locationId: 'c', score: 2 },
            { locationId: 'a', score: 1 },
          ],
        },
      ],
    });
    expect(candidates.map(({ locationId }) => locationId)).toEqual(['c', 'a']);
  });

  it('follows the order of the channel if no strategy applies', () =>
    expect(describePlan(plan({ lines: [tea(1)], knownStock: everywhere, rankings: [] }))).toBe('a: TEA 1'));
});

describe('a pickup whose store has too little', () => {
  const pickup = aLine('1', { quantity: 5, method: 'pickup', locationId: 'b' });
  const toStore = ranking({ d: 2, c: 1 }, { pickupAt: 'b' });

  it('takes what the store has, and the rest from the best location', () =>
    expect(describePlan(plan({ lines: [pickup], knownStock: [at('b', 2), at('d', 9)], rankings: [toStore] }))).toBe(
      'b: TEA 2>b, d: TEA 3>b',
    ));
  it('stays at its store if the stock is unknown', () =>
    expect(describePlan(plan({ lines: [pickup], rankings: [toStore] }))).toBe('b: TEA 5>b'));
  it('stays at its store without a policy', () =>
    expect(describePlan(plan({ lines: [pickup], knownStock: everywhere }))).toBe('b: TEA 5'));
  it('is planned again with another location if the store declines', () => {
    const first = plan({ lines: [pickup], knownStock: [at('b', 5), at('d', 9)], rankings: [toStore] });
    const declined = [{ reservationId: first.allocations[0]?.reservationId ?? '', available: 1 }];
    const again = replan('o', first, declined);
    expect(again && describePlan(again)).toBe('b: TEA 1>b, d: TEA 4>b');
  });
});

describe('a reservation of the cart', () => {
  const cartReservations = (locationId: string, available: number) => [
    { ...at(locationId, available), reservationId: 'r' },
  ];

  it('is used first, counts as available, and is replaced', () => {
    const found = plan({ lines: [tea(3)], knownStock: [at('a', 9)], cartReservations: cartReservations('b', 2) });
    expect(describePlan(found)).toBe('b: TEA 2, a: TEA 1');
    expect(found.allocations.map(({ replaces }) => replaces)).toEqual(['r', undefined]);
  });
  it('is added to the units that are available at its location', () =>
    expect(
      describePlan(
        plan({ lines: [tea(3)], knownStock: [at('a', 2), at('b', 1)], cartReservations: cartReservations('b', 2) }),
      ),
    ).toBe('b: TEA 3'));
  it('is used first, however high the cost of a split', () => {
    const rankings = [ranking({ a: 9, b: 1 }, { splitCost: 20 })];
    expect(
      describePlan(
        plan({ lines: [tea(3)], knownStock: [at('a', 9)], cartReservations: cartReservations('b', 2), rankings }),
      ),
    ).toBe('b: TEA 2, a: TEA 1');
  });
  it('is used first under a policy as well', () =>
    expect(
      describePlan(
        plan({
          lines: [tea(3)],
          knownStock: [at('a', 9)],
          cartReservations: cartReservations('b', 2),
          rankings: [ranking({ a: 9, b: 1 })],
        }),
      ),
    ).toBe('b: TEA 2, a: TEA 1'));
  it('is not used at a location that the channel does not sell from', () =>
    expect(
      describePlan(
        plan({ lines: [tea(1)], knownStock: [at('a', 9)], cartReservations: cartReservations('elsewhere', 2) }),
      ),
    ).toBe('a: TEA 1'));
  it('is replaced for a pickup', () => {
    const lines = [aLine('1', { method: 'pickup', locationId: 'b' })];
    expect(plan({ lines, cartReservations: cartReservations('b', 1) }).allocations).toMatchObject([
      { locationId: 'b', replaces: 'r' },
    ]);
  });
});

describe('a plan for units that a location refused', () => {
  it('takes only units that are known to be available elsewhere', () =>
    expect(
      describePlan(plan({ lines: [tea(5)], knownStock: [at('a', 9), at('b', 2), at('c', 1)], exclude: ['a'] })),
    ).toBe('b: TEA 2, c: TEA 1'));
  it('is empty if no other location has the goods', () =>
    expect(describePlan(plan({ lines: [tea(5)], knownStock: [at('a', 9)], exclude: ['a'] }))).toBe(''));
  it('allocates the other lines if one cannot be allocated', () =>
    expect(describePlan(plan({ lines: [tea(1), cup], knownStock: [at('b', 1)], exclude: ['a'] }))).toBe('b: TEA 1'));
});

const PLACES = ['a', 'b', 'c', 'd'];
const someLines = fc.array(
  fc.record({ sku: fc.constantFrom('TEA', 'CUP'), quantity: fc.integer({ min: 1, max: 9 }), pickup: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
);
const someStock = fc
  .tuple(...['TEA', 'CUP'].flatMap((sku) => PLACES.map((place) => fc.nat(12).map((units) => at(place, units, sku)))))
  .map((stock) => stock.filter(({ available }) => available > 0));
const someGuide = fc.record({
  ranked: fc.shuffledSubarray(PLACES, { minLength: 1 }),
  splitCost: fc.nat(3),
  maxSplit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  fallback: fc.constantFrom<Fallback>('any-location', 'backorder', 'reject'),
});

describe('under any policy', () => {
  it('a plan is deterministic, respects the split and allocates each line exactly or not at all', () =>
    fc.assert(
      fc.property(someLines, someStock, someGuide, (some, knownStock, { ranked, fallback, ...limits }) => {
        const lines = some.map(({ pickup, ...line }, index) =>
          aLine(String(index), { ...line, ...(pickup && { method: 'pickup', locationId: 'b' }) }),
        );
        const benefits = Object.fromEntries(ranked.map((id, index) => [id, ranked.length - index]));
        const otherLocations = PLACES.filter((id) => !ranked.includes(id));
        const shipped = ranking(benefits, { ...limits, otherLocations, fallback });
        const elsewhere = Object.fromEntries(Object.entries(benefits).filter(([id]) => id !== 'b'));
        const toStore = ranking(elsewhere, { ...limits, otherLocations, fallback, pickupAt: 'b' });
        const given = { lines, knownStock, rankings: [toStore, shipped] };
        const found = plan(given);
        expect(checkPlan(found, lines)).toEqual(plan(given));
        for (const { pickupAt, maxSplit = Infinity, fellBack } of found.sourcing?.judgements ?? []) {
          const own = found.allocations.filter(
            ({ locationId, lines: parts }) =>
              locationId !== pickupAt && parts.some((part) => !part.fixed && part.pickupAt === pickupAt),
          );
          if (fellBack && fallback === 'any-location') continue;
          expect(new Set(own.map(({ locationId }) => locationId)).size).toBeLessThanOrEqual(maxSplit);
          expect(own.every(({ locationId }) => ranked.includes(locationId))).toBe(true);
        }
      }),
      { numRuns: 500 },
    ));
});
