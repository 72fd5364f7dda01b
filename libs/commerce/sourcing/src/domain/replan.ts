/** Units that stock items declined are planned again, from the candidates that the plan recorded. */
import { type Allocation, type Candidate, type FulfillmentPlan } from '#orders';
import { PlanDraft, stockKey, type AllocationNotes } from './plan-draft.js';

/** A reservation that a stock item declined, with the units that it has. */
export interface DeclinedReservation {
  readonly reservationId: string;
  readonly available: number;
}

/**
 * Plans the next attempt, for the declined units only: first what the declining location still has, then the other
 * candidates.
 *
 * @returns undefined if that is not enough, or takes more locations than the policy allows
 */
export const replan = (
  orderId: string,
  plan: FulfillmentPlan,
  declined: readonly DeclinedReservation[],
): FulfillmentPlan | undefined => {
  const availableById = new Map(declined.map(({ reservationId, available }) => [reservationId, available]));
  const declinedAllocations = plan.allocations.filter(({ reservationId }) => availableById.has(reservationId));
  const remaining = remainingUnits(plan, availableById);
  const candidates = plan.candidates.map((one) => {
    const isDeclined = declinedAllocations.some(
      ({ sku, locationId }) => sku === one.sku && locationId === one.locationId,
    );
    return isDeclined ? { ...one, available: remaining.get(stockKey(one.sku, one.locationId)) ?? 0 } : one;
  });

  const keep = new Map([...plan.candidates, ...plan.allocations].map((one) => [one.locationId, one.keep ?? 0]));
  const draft = new PlanDraft({ available: remaining, keep, replaces: replacedReservations(declinedAllocations) });
  const covered =
    declinedAllocations.every((allocation) => replanFixedLines(draft, allocation)) &&
    declinedAllocations.every((allocation) => replanMovableLines(draft, allocation, plan.candidates));
  const attempt = plan.attempt + 1;
  const allocations = draft.allocations(orderId, attempt);
  const accepted = plan.allocations.filter((one) => !declinedAllocations.includes(one));
  return covered && respectsMaxSplit(plan, [...accepted, ...allocations])
    ? { ...plan, attempt, allocations, candidates }
    : undefined;
};

const remainingUnits = ({ candidates, allocations }: FulfillmentPlan, availableById: ReadonlyMap<string, number>) => {
  const remaining = new Map(candidates.map(({ sku, locationId, available }) => [stockKey(sku, locationId), available]));
  for (const { reservationId, sku, locationId, quantity } of allocations) {
    const key = stockKey(sku, locationId);
    remaining.set(key, availableById.get(reservationId) ?? (remaining.get(key) ?? 0) - quantity);
  }
  return remaining;
};

const replacedReservations = (allocations: readonly Allocation[]) =>
  new Map(
    allocations.flatMap(({ sku, locationId, replaces }): [string, string][] =>
      replaces === undefined ? [] : [[stockKey(sku, locationId), replaces]],
    ),
  );

const replanFixedLines = (draft: PlanDraft, { sku, locationId, lines }: Allocation) =>
  lines.every(({ lineId, quantity, fixed = false }) => {
    if (fixed && draft.has({ sku, quantity }, locationId)) {
      draft.take({ lineId, sku, quantity }, locationId, { fixed: true });
    } else if (fixed) return false;
    return true;
  });

const replanMovableLines = (
  draft: PlanDraft,
  { sku, locationId, lines }: Allocation,
  candidates: readonly Candidate[],
) => {
  const others = candidates.filter((one) => one.sku === sku && one.locationId !== locationId);
  const locations = [locationId, ...others.map((one) => one.locationId)];
  return lines.every(({ lineId, quantity, fixed, ...notes }) => {
    const take = (missing: number, id: string) =>
      draft.takeAvailable({ lineId, sku, quantity: missing }, id, notes satisfies AllocationNotes);
    return fixed ?? locations.reduce(take, quantity) === 0;
  });
};

/** Whether no judgement uses more locations than its `maxSplit`; with the fallback `any-location` it may. */
const respectsMaxSplit = ({ sourcing }: FulfillmentPlan, allocations: readonly Allocation[]) =>
  (sourcing?.judgements ?? []).every(({ pickupAt, maxSplit = Infinity, fallback }) => {
    const moved = allocations.filter(({ locationId, lines }) =>
      lines.some((line) => !line.fixed && line.pickupAt === pickupAt && locationId !== pickupAt),
    );
    return fallback === 'any-location' || new Set(moved.map(({ locationId }) => locationId)).size <= maxSplit;
  });
