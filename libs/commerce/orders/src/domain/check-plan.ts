import { DomainError } from '#kernel';
import { type AllocatedLine, type FulfillmentPlan, type OrderLine } from './order-messages.js';

/**
 * A plan allocates exactly the ordered units of each line, at the location that the line names, if any. It is empty if no
 * location can serve the order.
 *
 * @throws DomainError `plan-incomplete`
 */
export const checkPlan = (plan: FulfillmentPlan, lines: readonly OrderLine[]): FulfillmentPlan => {
  if (plan.allocations.length === 0) return plan;
  const orderedAt = new Map(lines.map(({ lineId, locationId }) => [lineId, locationId]));
  for (const { reservationId, locationId, quantity, lines: parts } of plan.allocations) {
    const misplaced = parts.find((part) => isMisplaced(part, orderedAt.get(part.lineId), locationId));
    if (misplaced) throw planIncomplete(misplaced.lineId);
    if (parts.reduce((sum, part) => sum + part.quantity, 0) !== quantity) throw planIncomplete(reservationId);
  }
  for (const [lineId, quantity] of missingUnits(plan, lines)) if (quantity !== 0) throw planIncomplete(lineId);
  return plan;
};

const missingUnits = ({ allocations }: FulfillmentPlan, lines: readonly OrderLine[]) => {
  const missing = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  for (const { lineId, quantity } of allocations.flatMap((allocation) => allocation.lines)) {
    missing.set(lineId, (missing.get(lineId) ?? 0) - quantity);
  }
  return missing;
};

const isMisplaced = ({ pickupAt }: AllocatedLine, orderedAt: string | undefined, locationId: string) =>
  orderedAt !== undefined && orderedAt !== locationId && orderedAt !== pickupAt;

const planIncomplete = (id: string) =>
  new DomainError('plan-incomplete', `The plan does not allocate exactly the ordered units of ${id}`, { id });
