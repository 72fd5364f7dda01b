import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkPlan,
  type Candidate,
  type Fallback,
  type FulfillmentPlan,
  type Held,
  type Judgement,
  type OrderLine,
} from '#orders';
import { aLine, shop, terms } from '#orders/samples';
import { type Guide } from './guide.js';
import { makePlan } from './plan.js';
import { replan } from './replan.js';

const at = (locationId: string, available: number, sku = 'TEA'): Candidate => ({ sku, locationId, available });

interface Limits extends Partial<Omit<Judgement, 'scores' | 'excluded' | 'maxSplit'>> {
  readonly maxSplit?: number | undefined;
  readonly splitBurden?: number;
  readonly others?: readonly string[];
}

/** Places by merit, the best first. */
const guide = (
  merits: Readonly<Record<string, number>>,
  { splitBurden = 0, others = [], maxSplit, ...judgement }: Limits = {},
): Guide => {
  const places = Object.entries(merits).map(([locationId, merit]) => ({ locationId, merit, burden: 0 }));
  const scores = places.map(({ locationId, merit }) => ({ locationId, score: merit }));
  const limit = maxSplit === undefined ? {} : { maxSplit };
  return {
    judgement: { strategy: 's', scores, excluded: [], fallback: 'reject', ...judgement, ...limit },
    places,
    splitBurden,
    others,
  };
};

const all = terms({ locations: ['a', 'b', 'c', 'd'].map((id) => shop(id)) });

interface Given {
  readonly lines: readonly OrderLine[];
  readonly known?: readonly Candidate[] | undefined;
  readonly guides?: readonly Guide[];
  readonly held?: readonly Held[];
  readonly exclude?: readonly string[];
}

const plan = ({ lines, guides, held = [], exclude = [], ...given }: Given) => {
  const known = given.known;
  const request = { orderId: 'o', attempt: 1, lines, terms: all, known, held, exclude };
  return makePlan(request, guides && { policyId: 'p', version: 2, guides });
};

/** `a: TEA 3, b: CUP 1>store` */
const told = ({ allocations }: Pick<FulfillmentPlan, 'allocations'>) =>
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
  it('takes the units where they are worth most', () =>
    expect(told(plan({ lines: [tea(5)], known: [at('a', 9), at('b', 3)], guides: [guide({ b: 2, a: 1 })] }))).toBe(
      'b: TEA 3, a: TEA 2',
    ));

  it('takes one place that has everything when splits weigh more', () =>
    expect(
      told(
        plan({ lines: [tea(5)], known: [at('a', 9), at('b', 3)], guides: [guide({ b: 2, a: 1 }, { splitBurden: 3 })] }),
      ),
    ).toBe('a: TEA 5'));

  it('never splits over more places than allowed, but finds the two that do', () => {
    const known = [at('a', 2), at('b', 3), at('c', 3), at('d', 3)];
    const guides = [guide({ a: 4, b: 3, c: 2, d: 1 }, { maxSplit: 2 })];
    expect(told(plan({ lines: [tea(6)], known, guides }))).toBe('b: TEA 3, c: TEA 3');
  });

  it.each([
    ['any-location', 'a: TEA 2, d: TEA 4'],
    ['backorder', 'a: TEA 6'],
    ['reject', ''],
  ] as const)('that finds too little falls back: %s', (fallback, expected) => {
    const guides = [guide({ a: 2, b: 1 }, { fallback, others: ['d'], maxSplit: 1 })];
    const found = plan({ lines: [tea(6)], known: [at('a', 2), at('d', 4)], guides });
    expect(told(found)).toBe(expected);
    expect(found.sourcing?.judgements).toMatchObject([{ fellBack: true }]);
  });

  it.each([
    ['reject', undefined],
    ['any-location', 'b: TEA 3, c: TEA 1'],
  ] as const)('is planned again within its split, unless any place will do: %s', (fallback, expected) => {
    const guides = [guide({ a: 3, b: 2, c: 1 }, { maxSplit: 1, fallback })];
    const first = plan({ lines: [tea(4)], known: [at('a', 4), at('b', 3), at('c', 3)], guides });
    const declined = [{ reservationId: first.allocations[0]?.reservationId ?? '', available: 0 }];
    const again = replan('o', first, declined);
    expect(again && told(again)).toBe(expected);
  });

  it('asks the best place when nothing is known, whatever the fallback', () =>
    expect(told(plan({ lines: [tea(6)], guides: [guide({ c: 2, a: 1 })] }))).toBe('c: TEA 6'));

  it('says by which policy, with its judgements, and keeps the candidates in their order', () => {
    const { sourcing, candidates } = plan({ lines: [tea(1)], known: everywhere, guides: [guide({ c: 2, a: 1 })] });
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

  it('is the plan of the channel where no strategy fits', () =>
    expect(told(plan({ lines: [tea(1)], known: everywhere, guides: [] }))).toBe('a: TEA 1'));
});

describe('a pickup whose store lacks goods', () => {
  const pickup = aLine('1', { quantity: 5, method: 'pickup', locationId: 'b' });
  const toStore = guide({ d: 2, c: 1 }, { pickupAt: 'b' });

  it('takes what is there, and the rest from the best place', () =>
    expect(told(plan({ lines: [pickup], known: [at('b', 2), at('d', 9)], guides: [toStore] }))).toBe(
      'b: TEA 2>b, d: TEA 3>b',
    ));
  it('stays where it is when nothing is known', () =>
    expect(told(plan({ lines: [pickup], guides: [toStore] }))).toBe('b: TEA 5>b'));
  it('stays where it is without a policy', () =>
    expect(told(plan({ lines: [pickup], known: everywhere }))).toBe('b: TEA 5'));
  it('is planned again elsewhere when the store declines', () => {
    const first = plan({ lines: [pickup], known: [at('b', 5), at('d', 9)], guides: [toStore] });
    const declined = [{ reservationId: first.allocations[0]?.reservationId ?? '', available: 1 }];
    const again = replan('o', first, declined);
    expect(again && told(again)).toBe('b: TEA 1>b, d: TEA 4>b');
  });
});

describe('what the cart holds', () => {
  const held = (locationId: string, available: number) => [{ ...at(locationId, available), reservationId: 'r' }];

  it('comes first, counts as there, and is taken over', () => {
    const found = plan({ lines: [tea(3)], known: [at('a', 9)], held: held('b', 2) });
    expect(told(found)).toBe('b: TEA 2, a: TEA 1');
    expect(found.allocations.map(({ replaces }) => replaces)).toEqual(['r', undefined]);
  });
  it('is added to what is free there', () =>
    expect(told(plan({ lines: [tea(3)], known: [at('a', 2), at('b', 1)], held: held('b', 2) }))).toBe('b: TEA 3'));
  it('comes first, however much a policy is against splits', () => {
    const guides = [guide({ a: 9, b: 1 }, { splitBurden: 20 })];
    expect(told(plan({ lines: [tea(3)], known: [at('a', 9)], held: held('b', 2), guides }))).toBe('b: TEA 2, a: TEA 1');
  });
  it('comes first by a policy as well', () =>
    expect(
      told(plan({ lines: [tea(3)], known: [at('a', 9)], held: held('b', 2), guides: [guide({ a: 9, b: 1 })] })),
    ).toBe('b: TEA 2, a: TEA 1'));
  it('is left alone where the order does not go', () =>
    expect(told(plan({ lines: [tea(1)], known: [at('a', 9)], held: held('elsewhere', 2) }))).toBe('a: TEA 1'));
  it('is taken over for a pickup', () => {
    const lines = [aLine('1', { method: 'pickup', locationId: 'b' })];
    expect(plan({ lines, held: held('b', 1) }).allocations).toMatchObject([{ locationId: 'b', replaces: 'r' }]);
  });
});

describe('for what a location refused', () => {
  it('others are found, by what is known only', () =>
    expect(told(plan({ lines: [tea(5)], known: [at('a', 9), at('b', 2), at('c', 1)], exclude: ['a'] }))).toBe(
      'b: TEA 2, c: TEA 1',
    ));
  it('nobody is found', () => expect(told(plan({ lines: [tea(5)], known: [at('a', 9)], exclude: ['a'] }))).toBe(''));
  it('the others are found beside a line that nobody has', () =>
    expect(told(plan({ lines: [tea(1), cup], known: [at('b', 1)], exclude: ['a'] }))).toBe('b: TEA 1'));
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
  splitBurden: fc.nat(3),
  maxSplit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  fallback: fc.constantFrom<Fallback>('any-location', 'backorder', 'reject'),
});

describe('whatever the policy', () => {
  it('a plan gives each line exactly what it ordered or nothing, within its split, the same each time', () =>
    fc.assert(
      fc.property(someLines, someStock, someGuide, (some, known, { ranked, fallback, ...limits }) => {
        const lines = some.map(({ pickup, ...line }, index) =>
          aLine(String(index), { ...line, ...(pickup && { method: 'pickup', locationId: 'b' }) }),
        );
        const merits = Object.fromEntries(ranked.map((id, index) => [id, ranked.length - index]));
        const others = PLACES.filter((id) => !ranked.includes(id));
        const shipped = guide(merits, { ...limits, others, fallback });
        const elsewhere = Object.fromEntries(Object.entries(merits).filter(([id]) => id !== 'b'));
        const toStore = guide(elsewhere, { ...limits, others, fallback, pickupAt: 'b' });
        const given = { lines, known, guides: [toStore, shipped] };
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
