/** Events after which units need another location: a refusal, goods that were not collected, and lines that an edit has added. */
import { type FulfillmentEvent } from '#fulfillment';
import { type Named } from '#kernel';
import { type OrderEvent, type OrderLine } from '#orders';
import { sumUnits } from '../lines.js';
import { unchanged, withoutUnits, type OrderFulfillment, type Reallocation, type Step } from './order-fulfillment.js';
import { enqueue } from './tasks.js';

type Data<Type extends (OrderEvent | FulfillmentEvent)['type']> = Named<OrderEvent | FulfillmentEvent, Type>['data'];

export const locationRejected = (state: OrderFulfillment, origin: string, data: Data<'FulfillmentRejected'>): Step => {
  const { lines, locationId, attempt, reason } = data;
  return reallocate(state, { origin, locationId, lines, attempt, reason });
};

export const pickupExpired = (
  state: OrderFulfillment,
  origin: string,
  { lines, locationId, shippedHere }: Data<'PickupExpired'>,
): Step => {
  const assignment = state.assignments.find(({ fulfillmentId }) => fulfillmentId === origin);
  return reallocate(state, {
    origin,
    locationId: assignment?.locationId ?? locationId,
    lines,
    attempt: assignment?.attempt ?? 1,
    reason: 'not-collected',
    ...(shippedHere && { returnedTo: locationId }),
  });
};

/** A location that has refused units is excluded for the rest of the order. */
const reallocate = (
  state: OrderFulfillment,
  units: Pick<Reallocation, 'origin' | 'locationId' | 'lines' | 'attempt' | 'reason' | 'returnedTo'>,
): Step => {
  const refusingLocations = [...new Set([...state.refusingLocations, units.locationId])];
  const next = { ...withoutUnits(state, units.origin, units.lines), refusingLocations };
  const origin = next.assignments.find(({ fulfillmentId }) => fulfillmentId === units.origin);
  return enqueue(next, {
    kind: 'reallocation',
    ...units,
    unitsKept: sumUnits(origin?.lines ?? []),
    excludedLocations: refusingLocations,
    ...NOT_STARTED,
  });
};

const NOT_STARTED = { planCount: 0, reserved: [], progress: { stage: 'queued' } } as const;

/** Lines that an edit has added are allocated like units that a location has refused. */
export const linesAdded = (state: OrderFulfillment, { editId, add }: Data<'OrderEditApplied'>): Step => {
  if (add.length === 0) return unchanged(state);
  const lines = add.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
  return enqueue(
    { ...state, requestedMethods: { ...state.requestedMethods, ...requestedMethodsOf(add) } },
    {
      kind: 'reallocation',
      origin: editId,
      locationId: '',
      lines,
      attempt: 0,
      reason: 'other',
      excludedLocations: [],
      ...NOT_STARTED,
    },
  );
};

export const requestedMethodsOf = (lines: readonly OrderLine[]): OrderFulfillment['requestedMethods'] =>
  Object.fromEntries(
    lines.map(({ lineId, method, locationId }) => [
      lineId,
      { method, ...(locationId !== undefined && { locationId }) },
    ]),
  );
