/** Which step of the work may be done when, and by whom. */
import { DomainError } from '#kernel';
import { type FulfillmentEvent, type FulfillmentLine, type LineQuantity } from './fulfillment-messages.js';
import { unitsIn, type Fulfillment, type FulfillmentStatus, type Share } from './fulfillment-state.js';

/**
 *   assigned ──▶ accepted ──▶ shipped ──▶ delivered
 *       │            │           └──▶ arrived ──▶ ready     (shipped to where it is picked up)
 *       │            └──▶ ready ──▶ handed over | expired
 *       └──▶ rejected | cancelled                           (also from accepted)
 *
 * Picking, packing, shipping and making ready imply accepting.
 */
const STEPS = {
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

export type Step = keyof typeof STEPS;

/** Whoever does the work has accepted it. */
export const accepting = ({ status, orderId }: Readonly<Fulfillment>): FulfillmentEvent[] =>
  status === 'assigned' ? [{ type: 'FulfillmentAccepted', data: { orderId } }] : [];

/** @throws DomainError `not-your-turn` */
export const checkTurn = (step: Step | 'LeaveShipment', locationId: string, fulfillment: Readonly<Fulfillment>) => {
  const turn = turnOf(step, fulfillment);
  if (locationId === turn) return;
  throw new DomainError('not-your-turn', `This is for ${turn} to do, not for ${locationId}`, { locationId: turn });
};

/** @throws DomainError `not-your-turn`, `fulfillment-held`, `fulfillment-not-open` */
export const checkStep = (step: Step, locationId: string, fulfillment: Readonly<Fulfillment>) => {
  const { status, held } = fulfillment;
  checkTurn(step, locationId, fulfillment);
  if (held) throw new DomainError('fulfillment-held', 'The order is held: wait until its hold is released');
  const states = allowed(step, fulfillment);
  if (states.includes(status)) return;
  const message = `${step} is for a fulfilment order that is ${states.join(' or ')}: this one is ${status}`;
  throw new DomainError('fulfillment-not-open', message, { state: status });
};

/** The place where it is picked up acts from the arrival on. */
const turnOf = (step: Step | 'LeaveShipment', { status, locationId, pickupAt = locationId }: Readonly<Fulfillment>) =>
  step === 'RecordArrival' || status === 'arrived' || status === 'ready' ? pickupAt : locationId;

const allowed = (step: Step, { method, pickupAt }: Readonly<Fulfillment>): readonly FulfillmentStatus[] => {
  if (step === 'HandOver' && method === 'carry-out') return ['assigned', 'accepted'];
  if (step === 'MarkReadyForPickup' && pickupAt !== undefined) return ['arrived', 'ready'];
  return STEPS[step];
};

/** @throws DomainError `wrong-method` */
export const checkMethod = (step: Step, { method, pickupAt }: Readonly<Fulfillment>) => {
  const ships = method === 'ship' || pickupAt !== undefined;
  const fits =
    step === 'ShipParcel'
      ? ships
      : step === 'RecordArrival'
        ? pickupAt !== undefined
        : step === 'MarkReadyForPickup'
          ? method === 'pickup'
          : method !== 'ship';
  if (!fits) throw new DomainError('wrong-method', `${step} does not go with the method ${method}`, { method });
};

/**
 * The lines with what holds them, one each.
 *
 * @throws DomainError `line-not-found`, `units-not-there`
 */
export const linesFrom = (
  wanted: readonly LineQuantity[],
  shares: readonly Share[],
  { lines }: Readonly<Fulfillment>,
): FulfillmentLine[] => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of wanted) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return [...quantities].map(([lineId, quantity]) => {
    const line = lines.get(lineId);
    if (!line) throw new DomainError('line-not-found', `There is no line ${lineId} here`, { lineId });
    const there = unitsIn(line, shares);
    if (quantity <= there) return { lineId, sku: line.sku, quantity, reservationId: line.reservationId };
    const details = { lineId, requested: quantity, available: there };
    throw new DomainError('units-not-there', `Of line ${lineId} only ${there} units are there for that`, details);
  });
};

/** All units in some shares, by line. */
export const allIn = (shares: readonly Share[], { lines }: Readonly<Fulfillment>): FulfillmentLine[] =>
  [...lines].flatMap(([lineId, line]) => {
    const quantity = unitsIn(line, shares);
    return quantity > 0 ? [{ lineId, sku: line.sku, quantity, reservationId: line.reservationId }] : [];
  });
