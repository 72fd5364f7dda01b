/** Which step of the work is allowed when, and for which location. */
import { DomainError } from '#kernel';
import {
  type FulfillmentEvent,
  type FulfillmentLine,
  type FulfillmentMethod,
  type LineQuantity,
} from './fulfillment-messages.js';
import { countUnits, type Fulfillment, type FulfillmentStatus, type UnitStatus } from './fulfillment-state.js';

/**
 * The statuses in which each step is allowed.
 *
 *   assigned ──▶ accepted ──▶ shipped ──▶ delivered
 *       │            │           └──▶ arrived ──▶ ready     (shipped to the pickup location)
 *       │            └──▶ ready ──▶ handed over | expired
 *       └──▶ rejected | cancelled                           (also from accepted)
 *
 * A location that picks, packs, makes ready or hands over accepts by doing so.
 */
const ALLOWED_STATUSES = {
  AcceptFulfillment: ['assigned'],
  RejectFulfillment: ['assigned', 'accepted'],
  PickItems: ['assigned', 'accepted'],
  ReportShortPick: ['assigned', 'accepted'],
  PackParcel: ['assigned', 'accepted'],
  ShipParcel: ['assigned', 'accepted'],
  RecordArrival: ['shipped'],
  MarkReadyForPickup: ['assigned', 'accepted', 'arrived', 'ready'],
  HandOver: ['ready'],
} as const satisfies Record<string, readonly FulfillmentStatus[]>;

export type FulfillmentStep = keyof typeof ALLOWED_STATUSES;

/** A location that works on the fulfillment order has accepted it. */
export const acceptIfAssigned = ({ status, orderId }: Readonly<Fulfillment>): FulfillmentEvent[] =>
  status === 'assigned' ? [{ type: 'FulfillmentAccepted', data: { orderId } }] : [];

/** @throws DomainError not-your-turn when another location does this step */
export const checkActingLocation = (
  step: FulfillmentStep | 'LeaveShipment',
  locationId: string,
  fulfillment: Readonly<Fulfillment>,
) => {
  const acting = actingLocation(step, fulfillment);
  if (locationId === acting) return;
  throw new DomainError('not-your-turn', `Location ${acting} does this step, not ${locationId}`, {
    locationId: acting,
  });
};

/** @throws DomainError not-your-turn, fulfillment-held, fulfillment-not-open */
export const checkStep = (step: FulfillmentStep, locationId: string, fulfillment: Readonly<Fulfillment>) => {
  const { status, held } = fulfillment;
  checkActingLocation(step, locationId, fulfillment);
  if (held) throw new DomainError('fulfillment-held', 'The order is held: wait until the hold is released');
  const allowed = allowedStatuses(step, fulfillment);
  if (allowed.includes(status)) return;
  const message = `${step} needs a fulfillment order that is ${allowed.join(' or ')}, but this one is ${status}`;
  throw new DomainError('fulfillment-not-open', message, { state: status });
};

/** From the arrival on, the pickup location acts. */
const actingLocation = (
  step: FulfillmentStep | 'LeaveShipment',
  { status, locationId, pickupAt = locationId }: Readonly<Fulfillment>,
) => (step === 'RecordArrival' || status === 'arrived' || status === 'ready' ? pickupAt : locationId);

const allowedStatuses = (
  step: FulfillmentStep,
  { method, pickupAt }: Readonly<Fulfillment>,
): readonly FulfillmentStatus[] => {
  if (step === 'HandOver' && method === 'carry-out') return ['assigned', 'accepted'];
  if (step === 'MarkReadyForPickup' && pickupAt !== undefined) return ['arrived', 'ready'];
  return ALLOWED_STATUSES[step];
};

/** @throws DomainError wrong-method */
export const checkMethod = (step: keyof typeof FITS_METHOD, { method, pickupAt }: Readonly<Fulfillment>) => {
  if (FITS_METHOD[step](method, pickupAt !== undefined)) return;
  throw new DomainError('wrong-method', `${step} is not possible with the method ${method}`, { method });
};

/** Whether a step belongs to a method. Goods that are collected at another location are shipped there first. */
const FITS_METHOD = {
  ShipParcel: (method: FulfillmentMethod, isCollectedElsewhere: boolean) => method === 'ship' || isCollectedElsewhere,
  RecordArrival: (_: FulfillmentMethod, isCollectedElsewhere: boolean) => isCollectedElsewhere,
  MarkReadyForPickup: (method: FulfillmentMethod) => method === 'pickup',
  HandOver: (method: FulfillmentMethod) => method !== 'ship',
} as const satisfies Partial<Record<FulfillmentStep, (method: FulfillmentMethod, elsewhere: boolean) => boolean>>;

/**
 * Returns the requested units with their SKUs and reservations, one entry per line.
 * @throws DomainError line-not-found, units-not-there
 */
export const checkedLines = (
  requested: readonly LineQuantity[],
  statuses: readonly UnitStatus[],
  { lines }: Readonly<Fulfillment>,
): FulfillmentLine[] => {
  return [...quantitiesByLine(requested)].map(([lineId, quantity]) => {
    const line = lines.get(lineId);
    if (!line) throw new DomainError('line-not-found', `The fulfillment order has no line ${lineId}`, { lineId });
    const available = countUnits(line, statuses);
    if (quantity <= available) return { lineId, sku: line.sku, quantity, reservationId: line.reservationId };
    const details = { lineId, requested: quantity, available };
    throw new DomainError(
      'units-not-there',
      `Only ${available} units of line ${lineId} are there for this step`,
      details,
    );
  });
};

/** Adds up the units of a line that is named more than once. */
export const quantitiesByLine = (lines: readonly LineQuantity[]): ReadonlyMap<string, number> => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of lines) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return quantities;
};

/** Returns all units with one of the statuses, by line. */
export const linesWithStatus = (statuses: readonly UnitStatus[], { lines }: Readonly<Fulfillment>): FulfillmentLine[] =>
  [...lines].flatMap(([lineId, line]) => {
    const quantity = countUnits(line, statuses);
    return quantity > 0 ? [{ lineId, sku: line.sku, quantity, reservationId: line.reservationId }] : [];
  });
