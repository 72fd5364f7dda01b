import { DomainError, type Cause } from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent, type LineQuantity } from './fulfillment-messages.js';
import { arrive, expirePickup, handOver, markReady, remind } from './fulfillment-pickup.js';
import { packParcel, recordDelivery, shipParcel } from './fulfillment-parcels.js';
import { IN_HOUSE, unitsIn, type Fulfillment, type Share } from './fulfillment-state.js';
import { deliverTogether, join, leave, shipTogether } from './fulfillment-shipments.js';
import { accepting, allIn, checkStep, linesFrom } from './fulfillment-steps.js';

type Data<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];
type Change = Exclude<FulfillmentCommand, { type: 'AssignFulfillment' }>;

export const decide = (
  command: FulfillmentCommand,
  fulfillment: Readonly<Fulfillment> | undefined,
  cause: Cause,
): FulfillmentEvent[] => {
  if (command.type === 'AssignFulfillment') return fulfillment ? [] : assign(command.data);
  if (fulfillment) return change(command, fulfillment, cause);
  const { fulfillmentId } = command.data;
  throw new DomainError('fulfillment-not-found', `There is no fulfilment order ${fulfillmentId}`);
};

const assign = (data: Data<'AssignFulfillment'>): FulfillmentEvent[] => {
  const { orderId, channel, locationId, method, pickupAt, lines, acceptBy, attempt, recipient } = data;
  const optional = {
    ...(pickupAt !== undefined && { pickupAt }),
    ...(acceptBy !== undefined && { acceptBy }),
    ...(recipient !== undefined && { recipient }),
  };
  const details = { orderId, channel, locationId, method, lines, attempt, ...optional };
  return [{ type: 'FulfillmentAssigned', data: details }];
};

const change = ({ type, data }: Change, fulfillment: Readonly<Fulfillment>, cause: Cause): FulfillmentEvent[] => {
  switch (type) {
    case 'AcceptFulfillment':
      return acceptNow(data, fulfillment);
    case 'RejectFulfillment':
      return reject(data, fulfillment);
    case 'ExpireAcceptance':
      return expireAcceptance(fulfillment, cause);
    case 'PickItems':
      return pick(data, fulfillment);
    case 'ReportShortPick':
      return shortPick(data, fulfillment);
    case 'PackParcel':
      return [...accepting(fulfillment), ...packParcel(data, fulfillment)];
    case 'ShipParcel':
      return shipParcel(data, fulfillment);
    case 'RecordDelivery':
      return recordDelivery(data, fulfillment);
    case 'RecordArrival':
      return arrive(data, fulfillment);
    case 'MarkReadyForPickup':
      return [...accepting(fulfillment), ...markReady(data, fulfillment, cause)];
    case 'RemindPickup':
      return remind(fulfillment);
    case 'HandOver':
      return [...accepting(fulfillment), ...handOver(data, fulfillment)];
    case 'ExpirePickup':
      return expirePickup(fulfillment, cause);
    case 'CancelFulfillmentLines':
      return cancel(data, fulfillment);
    case 'JoinShipment':
      return join(data, fulfillment);
    case 'LeaveShipment':
      return leave(data, fulfillment);
    case 'ShipJoined':
      return shipTogether(data, fulfillment);
    case 'DeliverJoined':
      return deliverTogether(data, fulfillment);
    case 'HoldFulfillment':
      return hold(fulfillment);
    case 'ResumeFulfillment':
      return fulfillment.held ? [{ type: 'FulfillmentResumed', data: { orderId: fulfillment.orderId } }] : [];
  }
};

const acceptNow = ({ locationId }: Data<'AcceptFulfillment'>, fulfillment: Readonly<Fulfillment>) => {
  if (fulfillment.status === 'accepted' && locationId === fulfillment.locationId) return [];
  checkStep('AcceptFulfillment', locationId, fulfillment);
  return accepting(fulfillment);
};

/** What is packed is there, so it cannot be missing. */
const REJECTABLE: readonly Share[] = ['open', 'picked'];

const reject = ({ lines, ...said }: Data<'RejectFulfillment'>, fulfillment: Readonly<Fulfillment>) => {
  checkStep('RejectFulfillment', said.locationId, fulfillment);
  const rejected = lines ? linesFrom(lines, REJECTABLE, fulfillment) : allIn(REJECTABLE, fulfillment);
  return rejected.length > 0 ? [rejection(rejected, said, fulfillment)] : [];
};

const shortPick = ({ lines, ...said }: Data<'ReportShortPick'>, fulfillment: Readonly<Fulfillment>) => {
  checkStep('ReportShortPick', said.locationId, fulfillment);
  const missing = linesFrom(lines, ['open'], fulfillment);
  return missing.length > 0 ? [...accepting(fulfillment), rejection(missing, said, fulfillment)] : [];
};

const expireAcceptance = (fulfillment: Readonly<Fulfillment>, { occurredAt }: Cause): FulfillmentEvent[] => {
  const { status, held, acceptBy } = fulfillment;
  const due = status === 'assigned' && !held && acceptBy !== undefined && acceptBy <= occurredAt;
  return due ? [rejection(allIn(REJECTABLE, fulfillment), { reason: 'timeout' }, fulfillment)] : [];
};

type Rejection = Extract<FulfillmentEvent, { type: 'FulfillmentRejected' }>;

const rejection = (
  lines: Rejection['data']['lines'],
  { reason, note }: Pick<Rejection['data'], 'reason' | 'note'>,
  { orderId, locationId, attempt }: Readonly<Fulfillment>,
): FulfillmentEvent => ({
  type: 'FulfillmentRejected',
  data: { orderId, lines, reason, locationId, attempt, ...(note !== undefined && { note }) },
});

const pick = ({ locationId, lines }: Data<'PickItems'>, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  checkStep('PickItems', locationId, fulfillment);
  const picked = linesFrom(lines, ['open'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  if (picked.length === 0) return [];
  const { orderId } = fulfillment;
  return [...accepting(fulfillment), { type: 'ItemsPicked', data: { orderId, lines: picked } }];
};

/** Says of every unit whether it could be cancelled, also when none could. */
const cancel = (
  { cancellationId, lines }: Data<'CancelFulfillmentLines'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const cancelled: LineQuantity[] = [];
  const refused: LineQuantity[] = [];
  for (const { lineId, quantity } of lines) {
    const line = fulfillment.lines.get(lineId);
    const possible = Math.min(quantity, line ? unitsIn(line, IN_HOUSE) : 0);
    if (possible > 0) cancelled.push({ lineId, quantity: possible });
    if (possible < quantity) refused.push({ lineId, quantity: quantity - possible });
  }
  const { orderId } = fulfillment;
  return [{ type: 'FulfillmentLinesCancelled', data: { orderId, cancellationId, cancelled, refused } }];
};

/** What has ended needs no hold. */
const hold = (fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { held, status, orderId } = fulfillment;
  const open = ['assigned', 'accepted', 'arrived', 'ready', 'shipped'].includes(status);
  return held || !open ? [] : [{ type: 'FulfillmentHeld', data: { orderId } }];
};
