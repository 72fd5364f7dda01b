import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUuid } from '#kernel';
import { type Candidate, type OrderLine } from '#orders';
import { aLine, shop, terms } from '#orders/samples';
import { planFulfillment } from './plan.js';
import { replan, type DeclinedReservation } from './replan.js';

const at = (locationId: string, available: number, sku = 'TEA'): Candidate => ({ sku, locationId, available });

const plan = (lines: readonly OrderLine[], known: readonly Candidate[], over: Parameters<typeof terms>[0] = {}) =>
  planFulfillment('o-1', lines, terms(over), known);

/** `london: TEA 3 (1:2 2:1)` */
const describePlan = ({ allocations }: Pick<ReturnType<typeof plan>, 'allocations'>) =>
  allocations.map(({ locationId, sku, quantity, lines }) => {
    const parts = lines.map((line) => `${line.lineId}:${line.quantity}${line.fixed ? '!' : ''}`);
    return `${locationId}: ${sku} ${quantity} (${parts.join(' ')})`;
  });

describe('a fulfillment plan', () => {
  it('prefers the one location that has everything', () =>
    expect(
      describePlan(
        plan(
          [aLine('1', { quantity: 5 }), aLine('2', { sku: 'CUP' })],
          [at('london', 9), at('leeds', 5), at('leeds', 1, 'CUP')],
        ),
      ),
    ).toEqual(['leeds: TEA 5 (1:5)', 'leeds: CUP 1 (2:1)']));

  it('otherwise takes the rest from the next location', () =>
    expect(
      describePlan(
        plan([aLine('1', { quantity: 13 })], [at('leeds', 15), at('london', 10)], {
          locations: [shop('london'), shop('leeds', { safetyStock: 5 })],
        }),
      ),
    ).toEqual(['london: TEA 10 (1:10)', 'leeds: TEA 3 (1:3)']));

  it('records the safety stock of the channel with each reservation, if there is any', () => {
    const locations = [shop('london'), shop('leeds', { safetyStock: 5 })];
    const lines = [aLine('1', { quantity: 4 }), aLine('2', { locationId: 'leeds' })];
    const { allocations, candidates } = plan(lines, [at('leeds', 9), at('london', 1)], { locations });
    const leeds = { locationId: 'leeds', quantity: 4, keep: 5 };
    expect(allocations).toMatchObject([leeds, { locationId: 'london', quantity: 1 }]);
    expect(allocations[1]).not.toHaveProperty('keep');
    expect(candidates).toEqual([at('london', 1), { ...at('leeds', 4), keep: 5 }]);
  });

  it('asks the first location for units that no location is known to have', () =>
    expect(describePlan(plan([aLine('1', { quantity: 5 })], [at('leeds', 2)]))).toEqual([
      'leeds: TEA 2 (1:2)',
      'london: TEA 3 (1:3)',
    ]));

  it('merges the lines of a SKU', () =>
    expect(describePlan(plan([aLine('1', { quantity: 2 }), aLine('2')], [at('leeds', 2), at('london', 2)]))).toEqual([
      'london: TEA 2 (1:2)',
      'leeds: TEA 1 (2:1)',
    ]));

  it('allocates a line that names its location there, before the others', () =>
    expect(
      describePlan(
        plan([aLine('1'), aLine('2', { locationId: 'london', method: 'pickup' })], [at('london', 1), at('leeds', 1)]),
      ),
    ).toEqual(['london: TEA 1 (2:1!)', 'leeds: TEA 1 (1:1)']));

  it.each([
    ['no location ships', [aLine('1')], [shop('london', { methods: ['pickup'] }), shop('leeds', { paused: true })]],
    [
      'the location of a line is paused',
      [aLine('1'), aLine('2', { locationId: 'leeds' })],
      [shop('london'), shop('leeds', { paused: true })],
    ],
  ])('is empty when %s', (_, lines, locations) =>
    expect(plan(lines, [at('london', 9), at('leeds', 9)], { locations }).allocations).toEqual([]),
  );

  it('derives the ids of its reservations from order, attempt, SKU and location', () => {
    const [first] = plan([aLine('1')], []).allocations;
    expect(plan([aLine('1', { quantity: 2 })], []).allocations[0]?.reservationId).toBe(first?.reservationId);
    expect(planFulfillment('o-2', [aLine('1')], terms(), []).allocations[0]?.reservationId).not.toBe(
      first?.reservationId,
    );
    expect(isUuid(first?.reservationId ?? '')).toBe(true);
  });

  it('records the version of the channel and the candidates, the preferred ones first', () => {
    const { candidates, policyVersion } = plan([aLine('1')], [at('leeds', 1), at('london', 2), at('leeds', 1, 'CUP')]);
    expect({ candidates, policyVersion }).toEqual({ candidates: [at('london', 2), at('leeds', 1)], policyVersion: 3 });
  });
});

describe('planning again', () => {
  const [tea, cup] = [aLine('1', { quantity: 5 }), aLine('2', { sku: 'CUP' })];
  const first = plan([tea, cup], [at('london', 5), at('london', 1, 'CUP'), at('leeds', 4)]);
  const declinedTea = (available: number) => [{ reservationId: first.allocations[0]?.reservationId ?? '', available }];

  it('takes what the location still has and the rest from another', () => {
    const again = replan('o-1', first, declinedTea(2));
    expect(again).toMatchObject({ attempt: 2, policyVersion: 3 });
    expect(again && describePlan(again)).toEqual(['london: TEA 2 (1:2)', 'leeds: TEA 3 (1:3)']);
    expect(again?.candidates).toContainEqual(at('london', 2));
    expect(again?.allocations[0]?.reservationId).not.toBe(first.allocations[0]?.reservationId);
  });

  it('still keeps the safety stock of the channel at every location', () => {
    const locations = [shop('london', { safetyStock: 2 }), shop('leeds', { safetyStock: 5 })];
    const before = plan([aLine('1', { quantity: 3 })], [at('london', 5), at('leeds', 8)], { locations });
    const declined = before.allocations.map(({ reservationId }) => ({ reservationId, available: 1 }));
    expect(replan('o-1', before, declined)?.allocations).toMatchObject([
      { locationId: 'london', quantity: 1, keep: 2 },
      { locationId: 'leeds', quantity: 2, keep: 5 },
    ]);
  });

  it('fails if all locations together have too little', () =>
    expect(replan('o-1', first, declinedTea(0))).toBeUndefined());

  it('does not count units that the first attempt has taken', () => {
    const split = plan([aLine('1', { quantity: 7 })], [at('london', 4), at('leeds', 4)]);
    expect(
      replan('o-1', split, [{ reservationId: split.allocations[0]?.reservationId ?? '', available: 2 }]),
    ).toBeUndefined();
  });

  it('never moves a line that names its location', () => {
    const pickup = plan([aLine('1', { quantity: 2, locationId: 'leeds', method: 'pickup' })], [at('london', 9)]);
    expect(
      replan('o-1', pickup, [{ reservationId: pickup.allocations[0]?.reservationId ?? '', available: 1 }]),
    ).toBeUndefined();
  });

  it('moves the other lines if the location has enough for those that name it', () => {
    const both = plan(
      [aLine('1', { quantity: 2 }), aLine('2', { quantity: 2, locationId: 'london' })],
      [at('london', 4), at('leeds', 1)],
    );
    const again = replan('o-1', both, [{ reservationId: both.allocations[0]?.reservationId ?? '', available: 3 }]);
    expect(again && describePlan(again)).toEqual(['london: TEA 3 (2:2! 1:1)', 'leeds: TEA 1 (1:1)']);
  });
});

const PLACES = ['a', 'b', 'c', 'd'];
const SKUS = ['TEA', 'CUP', 'POT'];
const someLines = fc
  .array(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      quantity: fc.integer({ min: 1, max: 9 }),
      at: fc.option(fc.constantFrom(...PLACES)),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((lines) =>
    lines.map(({ sku, quantity, at: locationId }, index) =>
      aLine(String(index), { sku, quantity, ...(locationId !== null && { locationId }) }),
    ),
  );
const someStock = fc
  .tuple(...SKUS.flatMap((sku) => PLACES.map((place) => fc.nat(12).map((available) => at(place, available, sku)))))
  .map((stock) => stock.filter(({ available }) => available > 0));
const someTerms = fc
  .shuffledSubarray(PLACES, { minLength: 4 })
  .map((ids) => terms({ locations: ids.map((id) => shop(id)) }));

const sumBy = <Item>(items: readonly Item[], key: (item: Item) => string, quantity: (item: Item) => number) => {
  const sums: Record<string, number> = {};
  for (const item of items) sums[key(item)] = (sums[key(item)] ?? 0) + quantity(item);
  return sums;
};

/** Units at a location for the second attempt: its own answer, or else the known units less those of the first attempt. */
const availableForSecondAttempt = (
  same: (one: { sku: string; locationId: string }) => boolean,
  known: { stock: readonly Candidate[]; first: ReturnType<typeof plan>; declined: readonly DeclinedReservation[] },
) => {
  const before = known.first.allocations.find(same);
  const answer = known.declined.find(({ reservationId }) => reservationId === before?.reservationId);
  return answer?.available ?? (known.stock.find(same)?.available ?? 0) - (before?.quantity ?? 0);
};

describe('every plan', () => {
  it('allocates exactly the ordered quantity of each line', () =>
    fc.assert(
      fc.property(someLines, someStock, someTerms, (lines, stock, channel) => {
        const { allocations } = planFulfillment('o-1', lines, channel, stock);
        const parts = allocations.flatMap((allocation) => [...allocation.lines]);
        expect(
          sumBy(
            parts,
            (part) => part.lineId,
            (part) => part.quantity,
          ),
        ).toEqual(
          sumBy(
            lines,
            (line) => line.lineId,
            (line) => line.quantity,
          ),
        );
        for (const { quantity, lines: own } of allocations) {
          expect(own.reduce((all, part) => all + part.quantity, 0)).toBe(quantity);
        }
        expect(new Set(allocations.map(({ reservationId }) => reservationId)).size).toBe(allocations.length);
      }),
    ));

  it('asks no location for more than it has if all locations together have enough', () =>
    fc.assert(
      fc.property(someLines, someStock, someTerms, (lines, stock, channel) => {
        const free = lines.map(({ lineId, sku, quantity }) => aLine(lineId, { sku, quantity }));
        const has = sumBy(
          stock,
          ({ sku }) => sku,
          ({ available }) => available,
        );
        const wants = sumBy(
          free,
          ({ sku }) => sku,
          ({ quantity }) => quantity,
        );
        fc.pre(Object.entries(wants).every(([sku, quantity]) => quantity <= (has[sku] ?? 0)));
        const { allocations } = planFulfillment('o-1', free, channel, stock);
        for (const { sku, locationId, quantity } of allocations) {
          const place = stock.find((one) => one.sku === sku && one.locationId === locationId);
          expect(quantity).toBeLessThanOrEqual(place?.available ?? 0);
        }
      }),
    ));

  it('is planned again for exactly the declined units, within the known stock', () =>
    fc.assert(
      fc.property(someLines, someStock, someTerms, fc.infiniteStream(fc.nat(9)), (lines, stock, channel, answers) => {
        const first = planFulfillment('o-1', lines, channel, stock);
        const missing = first.allocations.filter((_, index) => index % 2 === 0);
        const declined = missing.map(({ reservationId, quantity }) => {
          const available = Math.min(quantity - 1, Number(answers.next().value));
          return { reservationId, available };
        });
        const again = replan('o-1', first, declined);
        if (!again) return;
        const parts = (of: typeof missing) => of.flatMap((allocation) => [...allocation.lines]);
        const perLine = (of: typeof missing) =>
          sumBy(
            parts(of),
            (part) => part.lineId,
            (part) => part.quantity,
          );
        expect(perLine([...again.allocations])).toEqual(perLine(missing));
        for (const { sku, locationId, quantity } of again.allocations) {
          const same = (one: { sku: string; locationId: string }) => one.sku === sku && one.locationId === locationId;
          expect(quantity).toBeLessThanOrEqual(availableForSecondAttempt(same, { stock, first, declined }));
        }
      }),
    ));
});
