/**
 * Units that their location refuses are reserved at another. Then the order replaces the old allocation, and the old reservation
 * is reduced. Units that no location can reserve are cancelled.
 */
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type Allocation, type Release } from '#orders';
import { type ReservationOwner } from '#stock';
import { subtractUnits, sumUnits, unitsByReservation } from '../lines.js';
import { release, reserveHard } from '../reservations.js';
import { settleCancellation } from './cancellation.js';
import { type FulfillmentProcessCommand } from './fulfillment.process.js';
import {
  unchanged,
  withFirstTask,
  withoutFirstTask,
  type OrderFulfillment,
  type Reallocation,
  type ReallocatedLine,
  type RequestedMethod,
  type Step,
  type StockCorrection,
} from './order-fulfillment.js';

/** Maximum number of locations to which the same units are assigned, one after the other. */
const MAX_ATTEMPTS = 3;
/** Maximum number of plans for the same units. Another one is made if a location declines a reservation. */
const MAX_PLANS = 2;

export const startReallocation = (state: OrderFulfillment, task: Reallocation): Step =>
  task.reason === 'not-collected' || task.attempt >= MAX_ATTEMPTS ? notifyOrder(state, task) : replan(state, task);

const replan = (state: OrderFulfillment, task: Reallocation): Step => {
  const { orderId, plansMade, requestedMethods } = state;
  const attempt = plansMade + 1;
  const lines = uncoveredLines(task, task.reserved).map(({ lineId, sku, quantity }) => {
    const requested: RequestedMethod = requestedMethods[lineId] ?? { method: 'ship' };
    return { lineId, sku, quantity, ...requested };
  });
  const next: Reallocation = {
    ...task,
    planCount: task.planCount + 1,
    progress: { stage: 'planning', awaitedPlan: attempt },
  };
  return {
    state: withFirstTask(state, next),
    commands: [{ type: 'ReplanFulfillment', data: { orderId, attempt, lines, exclude: task.excludedLocations } }],
  };
};

/** Handles the plan that the task waits for. Without allocations, no location has the units. */
export const planMade = (state: OrderFulfillment, task: Reallocation, allocations: readonly Allocation[]): Step => {
  if (allocations.length === 0) return notifyOrder(state, task);
  const owner: ReservationOwner = { type: 'order', id: state.orderId };
  return {
    state: withFirstTask(state, { ...task, progress: { stage: 'reserving', pendingReservations: allocations } }),
    commands: allocations.map((allocation) => reserveHard(owner, allocation)),
  };
};

export const reservationAnswered = (
  state: OrderFulfillment,
  task: Reallocation,
  reservationId: string,
  isReserved: boolean,
): Step => {
  const pending = task.progress.stage === 'reserving' ? task.progress.pendingReservations : [];
  const allocation = pending.find((one) => one.reservationId === reservationId);
  if (!allocation) return unchanged(state);
  const pendingReservations = pending.filter((one) => one !== allocation);
  const next: Reallocation = {
    ...task,
    ...(isReserved
      ? { reserved: [...task.reserved, allocation] }
      : { excludedLocations: [...task.excludedLocations, allocation.locationId] }),
    progress: { stage: 'reserving', pendingReservations },
  };
  if (pendingReservations.length > 0) return unchanged(withFirstTask(state, next));
  const isCovered = uncoveredLines(next, next.reserved).length === 0;
  return isCovered || next.planCount >= MAX_PLANS ? notifyOrder(state, next) : replan(state, next);
};

const uncoveredLines = ({ lines }: Reallocation, allocations: readonly Allocation[]) =>
  subtractUnits(
    lines,
    allocations.flatMap((one) => one.lines),
  );

/** The new units are reserved before the order gives up the old ones. */
const notifyOrder = (state: OrderFulfillment, task: Reallocation): Step => {
  const releases = releasesOf(state, task);
  if (releases.length + task.reserved.length === 0) return reallocated(state, task, []);
  const { orderId } = state;
  return {
    state: withFirstTask(state, { ...task, progress: { stage: 'notified' } }),
    commands: [{ type: 'ReallocateOrder', data: { orderId, releases, allocations: task.reserved } }],
  };
};

const releasesOf = ({ assignments }: OrderFulfillment, { lines, locationId }: Reallocation): Release[] => {
  const assigned = assignments.flatMap((one) => one.lines);
  return unitsByReservation(lines).map(({ reservationId, sku, quantity, lines: units }) => ({
    reservationId,
    sku,
    locationId,
    by: quantity,
    left: sumUnits(assigned.filter((line) => line.reservationId === reservationId)),
    lines: units,
  }));
};

/** Ends the task after the order has replaced its allocations. */
export const reallocated = (before: OrderFulfillment, task: Reallocation, allocations: readonly Allocation[]): Step => {
  const used = new Set(allocations.map(({ reservationId }) => reservationId));
  // A location that refused before a crash may have reserved the units after it.
  const unused = task.reserved.filter(({ reservationId }) => !used.has(reservationId));
  const unserved = uncoveredLines(task, allocations);
  const state = withoutFirstTask(before);
  const unassigned = allocations.map(({ reservationId, sku, locationId, lines }) => ({
    reservationId,
    sku,
    locationId,
    attempt: task.attempt + 1,
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
  }));
  return {
    state: {
      ...state,
      unassigned: [...state.unassigned, ...unassigned],
      corrections: [...state.corrections, ...correctionsOf(task)],
    },
    commands: [
      ...unused.map((allocation) => release(allocation, 'not-needed')),
      ...returnToStock(task),
      ...(unserved.length > 0 ? [cancelUnserved(state.orderId, task, unserved)] : []),
    ],
  };
};

const returnToStock = ({ lines, locationId, returnedTo, origin }: Reallocation): FulfillmentProcessCommand[] =>
  unitsByReservation(lines).map(({ reservationId, sku, quantity }) =>
    returnedTo === undefined
      ? { type: 'ReduceReservation', data: { sku, locationId, reservationId, by: quantity } }
      : { type: 'ReceiveStock', data: { sku, locationId: returnedTo, quantity, ref: origin } },
  );

const cancelUnserved = (
  orderId: string,
  task: Reallocation,
  unserved: readonly ReallocatedLine[],
): FulfillmentProcessCommand => {
  const { origin, unitsKept = '', reason } = task;
  const units = unserved.map(({ lineId, quantity }) => `${lineId}:${quantity}`).join();
  return settleCancellation(orderId, {
    cancellationId: uuidv5(KONTOR_NAMESPACE, `lost/${origin}/${unitsKept}/${units}`),
    cancelled: unserved.map(({ lineId, quantity }) => ({ lineId, quantity })),
    reason: reason === 'not-collected' ? 'not-collected' : 'not-available',
    open: true,
  });
};

const correctionsOf = ({ lines, locationId, reason, origin: ref }: Reallocation): StockCorrection[] =>
  reason === 'not-found' || reason === 'damaged'
    ? unitsByReservation(lines).map(({ reservationId, sku, quantity }) => ({
        reservationId,
        sku,
        locationId,
        quantity,
        reason,
        ref,
      }))
    : [];

/** Corrects stock once the units of the reservation are no longer reserved. */
export const correctStock = (state: OrderFulfillment, reservationId: string): Step => ({
  state: { ...state, corrections: state.corrections.filter((one) => one.reservationId !== reservationId) },
  commands: state.corrections.filter((one) => one.reservationId === reservationId).map(correctionFor),
});

const correctionFor = (correction: StockCorrection): FulfillmentProcessCommand => {
  const { sku, locationId, quantity, reason, ref } = correction;
  switch (reason) {
    case 'not-found':
      return { type: 'AdjustStock', data: { sku, locationId, delta: -quantity, reason, ref } };
    case 'damaged':
      return { type: 'MarkStockUnavailable', data: { sku, locationId, quantity, reason, ref } };
  }
};
