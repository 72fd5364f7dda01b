/** What the stock streams declined is planned once more, from what the plan has recorded. */
import { type Allocation, type Candidate, type FulfillmentPlan } from '#orders';
import { Draft, placeOf, type Mark } from './draft.js';

/** A reservation that its place did not give, and what the place said it has. */
export interface Declined {
  readonly reservationId: string;
  readonly available: number;
}

/**
 * The next attempt, for the missing units only: what the declining place still has, then the other candidates.
 * @returns undefined when that is not enough, or goes to more places than the policy allows
 */
export const replan = (
  orderId: string,
  plan: FulfillmentPlan,
  declined: readonly Declined[],
): FulfillmentPlan | undefined => {
  const answers = new Map(declined.map(({ reservationId, available }) => [reservationId, available]));
  const missing = plan.allocations.filter(({ reservationId }) => answers.has(reservationId));
  const left = unitsLeft(plan, answers);
  const candidates = plan.candidates.map((one) => {
    const refused = missing.some(({ sku, locationId }) => sku === one.sku && locationId === one.locationId);
    return refused ? { ...one, available: left.get(placeOf(one.sku, one.locationId)) ?? 0 } : one;
  });

  const keep = new Map([...plan.candidates, ...plan.allocations].map((one) => [one.locationId, one.keep ?? 0]));
  const draft = new Draft({ left, keep, replaces: takeovers(missing) });
  const covered =
    missing.every((allocation) => againFixed(draft, allocation)) &&
    missing.every((allocation) => againFree(draft, allocation, plan.candidates));
  const attempt = plan.attempt + 1;
  const allocations = draft.allocations(orderId, attempt);
  const kept = plan.allocations.filter((one) => !missing.includes(one));
  return covered && withinSplit(plan, [...kept, ...allocations])
    ? { ...plan, attempt, allocations, candidates }
    : undefined;
};

const unitsLeft = ({ candidates, allocations }: FulfillmentPlan, answers: ReadonlyMap<string, number>) => {
  const left = new Map(candidates.map(({ sku, locationId, available }) => [placeOf(sku, locationId), available]));
  for (const { reservationId, sku, locationId, quantity } of allocations) {
    const place = placeOf(sku, locationId);
    left.set(place, answers.get(reservationId) ?? (left.get(place) ?? 0) - quantity);
  }
  return left;
};

const takeovers = (missing: readonly Allocation[]) =>
  new Map(
    missing.flatMap(({ sku, locationId, replaces }): [string, string][] =>
      replaces === undefined ? [] : [[placeOf(sku, locationId), replaces]],
    ),
  );

const againFixed = (draft: Draft, { sku, locationId, lines }: Allocation) =>
  lines.every(({ lineId, quantity, fixed = false }) => {
    if (fixed && draft.has({ sku, quantity }, locationId)) {
      draft.take({ lineId, sku, quantity }, locationId, { fixed: true });
    } else if (fixed) return false;
    return true;
  });

const againFree = (draft: Draft, { sku, locationId, lines }: Allocation, candidates: readonly Candidate[]) => {
  const others = candidates.filter((one) => one.sku === sku && one.locationId !== locationId);
  const places = [locationId, ...others.map((one) => one.locationId)];
  return lines.every(({ lineId, quantity, fixed, ...mark }) => {
    const take = (rest: number, place: string) =>
      draft.takeAvailable({ lineId, sku, quantity: rest }, place, mark satisfies Mark);
    return fixed ?? places.reduce(take, quantity) === 0;
  });
};

/** Each judgement allows so many places, unless it prefers any place to none. */
const withinSplit = ({ sourcing }: FulfillmentPlan, allocations: readonly Allocation[]) =>
  (sourcing?.judgements ?? []).every(({ pickupAt, maxSplit = Infinity, fallback }) => {
    const own = allocations.filter(({ locationId, lines }) =>
      lines.some((line) => !line.fixed && line.pickupAt === pickupAt && locationId !== pickupAt),
    );
    return fallback === 'any-location' || new Set(own.map(({ locationId }) => locationId)).size <= maxSplit;
  });
