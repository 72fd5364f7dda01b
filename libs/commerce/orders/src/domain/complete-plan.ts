import { DomainError } from '#kernel';
import { type AllocatedLine, type FulfillmentPlan, type OrderLine } from './order-messages.js';

/**
 * A plan gives each line exactly what it ordered, where it was ordered; or it is empty, when nobody can serve the order.
 * @throws DomainError `plan-incomplete`
 */
export const checkPlan = (plan: FulfillmentPlan, lines: readonly OrderLine[]): FulfillmentPlan => {
  if (plan.allocations.length === 0) return plan;
  const orderedAt = new Map(lines.map(({ lineId, locationId }) => [lineId, locationId]));
  for (const { reservationId, locationId, quantity, lines: parts } of plan.allocations) {
    const astray = parts.find((part) => isAstray(part, orderedAt.get(part.lineId), locationId));
    if (astray) throw wrong(astray.lineId);
    if (parts.reduce((all, part) => all + part.quantity, 0) !== quantity) throw wrong(reservationId);
  }
  for (const [lineId, quantity] of missingUnits(plan, lines)) if (quantity !== 0) throw wrong(lineId);
  return plan;
};

const missingUnits = ({ allocations }: FulfillmentPlan, lines: readonly OrderLine[]) => {
  const missing = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  for (const { lineId, quantity } of allocations.flatMap((one) => one.lines)) {
    missing.set(lineId, (missing.get(lineId) ?? 0) - quantity);
  }
  return missing;
};

const isAstray = ({ pickupAt }: AllocatedLine, orderedAt: string | undefined, locationId: string) =>
  orderedAt !== undefined && orderedAt !== locationId && orderedAt !== pickupAt;

const wrong = (id: string) => new DomainError('plan-incomplete', `The plan is not what ${id} ordered`, { id });
