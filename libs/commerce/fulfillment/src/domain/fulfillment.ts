/**
 * A fulfillment order: the work of one location on one order. Which step is allowed when, and for which location, is in
 * fulfillment-steps.ts.
 */
import {
  DomainError,
  secondsAfter,
  WIDENED,
  type Decider,
  type DecisionCause,
  type EventDefinition,
  type EventDefinitions,
} from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent, type LineQuantity } from './fulfillment-messages.js';
import { packParcel, recordDelivery, shipParcel } from './fulfillment-parcels.js';
import { expirePickup, handOver, markReadyForPickup, recordArrival, remindOfPickup } from './fulfillment-pickup.js';
import { deliverWithShipment, joinShipment, leaveShipment, shipWithShipment } from './fulfillment-shipments.js';
import { countUnits, evolve, UNSHIPPED, type Fulfillment, type UnitStatus } from './fulfillment-state.js';
import { acceptIfAssigned, checkedLines, checkStep, linesWithStatus, quantitiesByLine } from './fulfillment-steps.js';

type CommandData<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

const decide = (
  command: FulfillmentCommand,
  fulfillment: Readonly<Fulfillment> | undefined,
  cause: DecisionCause,
): FulfillmentEvent[] => {
  if (command.type === 'AssignFulfillment') return fulfillment ? [] : assign(command.data, cause);
  if (fulfillment) return decideChange(command, fulfillment, cause);
  const { fulfillmentId } = command.data;
  throw new DomainError('fulfillment-not-found', `There is no fulfillment order ${fulfillmentId}`);
};

const assign = (data: CommandData<'AssignFulfillment'>, { decidedAt }: DecisionCause): FulfillmentEvent[] => {
  const { orderId, channel, locationId, method, pickupAt, lines, acceptWithinSeconds, attempt, recipient } = data;
  const optional = {
    ...(pickupAt !== undefined && { pickupAt }),
    ...(acceptWithinSeconds !== undefined && { acceptBy: secondsAfter(decidedAt, acceptWithinSeconds) }),
    ...(recipient !== undefined && { recipient }),
  };
  const details = { orderId, channel, locationId, method, lines, attempt, ...optional };
  return [{ type: 'FulfillmentAssigned', data: details }];
};

const decideChange = (
  { type, data }: Exclude<FulfillmentCommand, { type: 'AssignFulfillment' }>,
  fulfillment: Readonly<Fulfillment>,
  cause: DecisionCause,
): FulfillmentEvent[] => {
  switch (type) {
    case 'AcceptFulfillment':
      return accept(data, fulfillment);
    case 'RejectFulfillment':
      return reject(data, fulfillment);
    case 'ExpireAcceptance':
      return expireAcceptance(fulfillment, cause);
    case 'PickItems':
      return pickItems(data, fulfillment);
    case 'ReportShortPick':
      return reportShortPick(data, fulfillment);
    case 'PackParcel':
      return [...acceptIfAssigned(fulfillment), ...packParcel(data, fulfillment)];
    case 'ShipParcel':
      return shipParcel(data, fulfillment);
    case 'RecordDelivery':
      return recordDelivery(data, fulfillment);
    case 'RecordArrival':
      return recordArrival(data, fulfillment);
    case 'MarkReadyForPickup':
      return [...acceptIfAssigned(fulfillment), ...markReadyForPickup(data, fulfillment, cause)];
    case 'RemindPickup':
      return remindOfPickup(fulfillment);
    case 'HandOver':
      return [...acceptIfAssigned(fulfillment), ...handOver(data, fulfillment)];
    case 'ExpirePickup':
      return expirePickup(fulfillment, cause);
    case 'CancelFulfillmentLines':
      return cancelLines(data, fulfillment);
    case 'JoinShipment':
      return joinShipment(data, fulfillment);
    case 'LeaveShipment':
      return leaveShipment(data, fulfillment);
    case 'ShipJoined':
      return shipWithShipment(data, fulfillment);
    case 'DeliverJoined':
      return deliverWithShipment(data, fulfillment);
    case 'HoldFulfillment':
      return hold(fulfillment);
    case 'ResumeFulfillment':
      return fulfillment.held ? [{ type: 'FulfillmentResumed', data: { orderId: fulfillment.orderId } }] : [];
  }
};

const accept = ({ locationId }: CommandData<'AcceptFulfillment'>, fulfillment: Readonly<Fulfillment>) => {
  if (fulfillment.status === 'accepted' && locationId === fulfillment.locationId) return [];
  checkStep('AcceptFulfillment', locationId, fulfillment);
  return acceptIfAssigned(fulfillment);
};

/** Packed units have been found, so they cannot be rejected. */
const REJECTABLE: readonly UnitStatus[] = ['open', 'picked'];

const reject = ({ lines, ...rejection }: CommandData<'RejectFulfillment'>, fulfillment: Readonly<Fulfillment>) => {
  checkStep('RejectFulfillment', rejection.locationId, fulfillment);
  const rejected = lines ? checkedLines(lines, REJECTABLE, fulfillment) : linesWithStatus(REJECTABLE, fulfillment);
  return rejected.length > 0 ? [rejectedEvent(rejected, rejection, fulfillment)] : [];
};

const reportShortPick = (
  { lines, ...rejection }: CommandData<'ReportShortPick'>,
  fulfillment: Readonly<Fulfillment>,
) => {
  checkStep('ReportShortPick', rejection.locationId, fulfillment);
  const missing = checkedLines(lines, ['open'], fulfillment);
  if (missing.length === 0) return [];
  return [...acceptIfAssigned(fulfillment), rejectedEvent(missing, rejection, fulfillment)];
};

const expireAcceptance = (fulfillment: Readonly<Fulfillment>, { decidedAt }: DecisionCause): FulfillmentEvent[] => {
  const { status, held, acceptBy } = fulfillment;
  const isDue = status === 'assigned' && !held && acceptBy !== undefined && acceptBy <= decidedAt;
  return isDue ? [rejectedEvent(linesWithStatus(REJECTABLE, fulfillment), { reason: 'timeout' }, fulfillment)] : [];
};

type Rejection = Extract<FulfillmentEvent, { type: 'FulfillmentRejected' }>['data'];

const rejectedEvent = (
  lines: Rejection['lines'],
  { reason, note }: Pick<Rejection, 'reason' | 'note'>,
  { orderId, locationId, attempt }: Readonly<Fulfillment>,
): FulfillmentEvent => ({
  type: 'FulfillmentRejected',
  data: { orderId, lines, reason, locationId, attempt, ...(note !== undefined && { note }) },
});

const pickItems = (
  { locationId, lines }: CommandData<'PickItems'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  checkStep('PickItems', locationId, fulfillment);
  const picked = checkedLines(lines, ['open'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  if (picked.length === 0) return [];
  const { orderId } = fulfillment;
  return [...acceptIfAssigned(fulfillment), { type: 'ItemsPicked', data: { orderId, lines: picked } }];
};

/** The event states for every unit whether it could be cancelled, even when none could. */
const cancelLines = (
  { cancellationId, lines }: CommandData<'CancelFulfillmentLines'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const cancelled: LineQuantity[] = [];
  const refused: LineQuantity[] = [];
  for (const [lineId, quantity] of quantitiesByLine(lines)) {
    const line = fulfillment.lines.get(lineId);
    const possible = Math.min(quantity, line ? countUnits(line, UNSHIPPED) : 0);
    if (possible > 0) cancelled.push({ lineId, quantity: possible });
    if (possible < quantity) refused.push({ lineId, quantity: quantity - possible });
  }
  const { orderId } = fulfillment;
  return [{ type: 'FulfillmentLinesCancelled', data: { orderId, cancellationId, cancelled, refused } }];
};

/** A fulfillment order that has ended is not held. */
const hold = ({ held, status, orderId }: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const isOpen = ['assigned', 'accepted', 'arrived', 'ready', 'shipped'].includes(status);
  return held || !isOpen ? [] : [{ type: 'FulfillmentHeld', data: { orderId } }];
};

const decider: Decider<Fulfillment | undefined, FulfillmentCommand, FulfillmentEvent> = {
  initialState: () => undefined,
  decide,
  evolve,
};

const inVersion1: EventDefinition = { version: 1 };

/** A field that version 1 has in clear. */
const sealing = (field: string): EventDefinition => ({
  version: 2,
  upcast: WIDENED,
  personal: { contract: [field] },
  sealedSince: { [field]: 2 },
});

const events: EventDefinitions<FulfillmentEvent> = {
  FulfillmentAssigned: { version: 1, first: true },
  FulfillmentAccepted: inVersion1,
  FulfillmentRejected: sealing('note'),
  ItemsPicked: inVersion1,
  ParcelPacked: inVersion1,
  ParcelShipped: inVersion1,
  ParcelDelivered: inVersion1,
  ArrivedForPickup: inVersion1,
  ReadyForPickup: inVersion1,
  PickupReminded: inVersion1,
  HandedOver: sealing('proof'),
  PickupExpired: inVersion1,
  FulfillmentLinesCancelled: inVersion1,
  FulfillmentJoinedShipment: inVersion1,
  ShipmentJoinRefused: inVersion1,
  FulfillmentLeftShipment: inVersion1,
  FulfillmentHeld: inVersion1,
  FulfillmentResumed: inVersion1,
};

const creates: FulfillmentCommand['type'][] = ['AssignFulfillment'];

export const fulfillment = { category: 'fulfillment', decider, events, creates };
