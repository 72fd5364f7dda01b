/** Assigns reserved units that are neither on hold nor backordered: one fulfillment order for each location and method. */
import { type FulfillmentLine } from '#fulfillment';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type FulfillmentProcessCommand } from './fulfillment.process.js';
import {
  unchanged,
  type Assignment,
  type OrderFulfillment,
  type RequestedMethod,
  type Step,
  type UnassignedUnits,
} from './order-fulfillment.js';

export const assignUnits = (state: OrderFulfillment, acceptWithinSeconds: number): Step => {
  if (!state.confirmed || state.holds.length > 0) return unchanged(state);
  const isComplete = ({ reservationId }: UnassignedUnits) => state.backordered[reservationId] === undefined;
  const assignments = assignmentsOf(state, state.unassigned.filter(isComplete));
  return {
    state: {
      ...state,
      unassigned: state.unassigned.filter((one) => !isComplete(one)),
      assignments: [...state.assignments, ...assignments],
    },
    commands: assignments.map((assignment) => assign(state, assignment, acceptWithinSeconds)),
  };
};

const assign = (
  { orderId, channel, recipient }: OrderFulfillment,
  assignment: Assignment,
  acceptWithinSeconds: number,
): FulfillmentProcessCommand => ({
  type: 'AssignFulfillment',
  data: {
    orderId,
    channel,
    ...assignment,
    ...(assignment.method !== 'carry-out' && { acceptWithinSeconds }),
    ...(assignment.method === 'ship' && recipient !== undefined && { recipient }),
  },
});

const assignmentsOf = (
  { orderId, requestedMethods }: OrderFulfillment,
  units: readonly UnassignedUnits[],
): Assignment[] => {
  const assignments: (Assignment & { readonly lines: FulfillmentLine[] })[] = [];
  for (const { reservationId, sku, locationId, lines, attempt } of units) {
    for (const { lineId, quantity } of lines) {
      const delivery = deliveryOf(requestedMethods[lineId], locationId);
      const line = { lineId, sku, quantity, reservationId };
      // Events of a fulfillment order name lines only, so a line with two reservations at one location needs two orders.
      const sameAssignment = assignments.find(
        (one) =>
          one.locationId === locationId &&
          one.attempt === attempt &&
          one.method === delivery.method &&
          one.pickupAt === delivery.pickupAt &&
          one.lines.every((other) => other.lineId !== lineId),
      );
      if (sameAssignment) sameAssignment.lines.push(line);
      else {
        const name = `fulfillment/${orderId}/${reservationId}/${delivery.method}/${delivery.pickupAt ?? ''}`;
        const fulfillmentId = uuidv5(KONTOR_NAMESPACE, name);
        assignments.push({ fulfillmentId, locationId, ...delivery, lines: [line], attempt });
      }
    }
  }
  return assignments;
};

/** Goods at another location than the pickup store are sent there first. */
const deliveryOf = (
  { method, locationId: pickupAt }: RequestedMethod = { method: 'ship' },
  locationId: string,
): Pick<Assignment, 'method' | 'pickupAt'> =>
  method === 'pickup' && pickupAt !== undefined && pickupAt !== locationId ? { method, pickupAt } : { method };
