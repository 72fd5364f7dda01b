import { DomainError, type DecisionCause } from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { undeliveredStatuses, type Fulfillment } from './fulfillment-state.js';
import { linesWithStatus, checkMethod, checkStep, checkedLines } from './fulfillment-steps.js';

type CommandData<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

/** How long goods wait to be collected, unless the store gives another time. */
const PICKUP_PERIOD_MS = 7 * 24 * 60 * 60 * 1000;

export const recordArrival = (
  { locationId }: CommandData<'RecordArrival'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const { status, orderId } = fulfillment;
  checkMethod('RecordArrival', fulfillment);
  if (locationId === fulfillment.pickupAt && (status === 'arrived' || status === 'ready')) return [];
  checkStep('RecordArrival', locationId, fulfillment);
  return [{ type: 'ArrivedForPickup', data: { orderId, locationId } }];
};

/** Sent again with another time, it changes how long the goods wait. */
export const markReadyForPickup = (
  { locationId, until }: CommandData<'MarkReadyForPickup'>,
  fulfillment: Readonly<Fulfillment>,
  { decidedAt }: DecisionCause,
): FulfillmentEvent[] => {
  checkMethod('MarkReadyForPickup', fulfillment);
  checkStep('MarkReadyForPickup', locationId, fulfillment);
  const { orderId, status } = fulfillment;
  if (status === 'ready' && until === undefined) return [];
  const end = new Date(until ?? Date.parse(decidedAt) + PICKUP_PERIOD_MS).toISOString();
  if (end <= decidedAt) throw new DomainError('expiry-passed', 'The goods must wait until a time in the future');
  if (end === fulfillment.until) return [];
  const open = linesWithStatus(['open'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  return [
    ...(open.length > 0 ? [{ type: 'ItemsPicked', data: { orderId, lines: open } } as const] : []),
    { type: 'ReadyForPickup', data: { orderId, until: end } },
  ];
};

export const remindOfPickup = ({ status, held, reminded, orderId }: Readonly<Fulfillment>): FulfillmentEvent[] =>
  status === 'ready' && !held && !reminded ? [{ type: 'PickupReminded', data: { orderId } }] : [];

export const handOver = (
  { locationId, lines, proof }: CommandData<'HandOver'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  checkMethod('HandOver', fulfillment);
  checkStep('HandOver', locationId, fulfillment);
  const statuses = undeliveredStatuses(fulfillment);
  const handedOver = lines ? checkedLines(lines, statuses, fulfillment) : linesWithStatus(statuses, fulfillment);
  const { orderId } = fulfillment;
  return [
    { type: 'HandedOver', data: { orderId, lines: handedOver, locationId, proof, ...shippedHereFlag(fulfillment) } },
  ];
};

export const expirePickup = (fulfillment: Readonly<Fulfillment>, { decidedAt }: DecisionCause): FulfillmentEvent[] => {
  const { status, held, until, orderId, locationId, pickupAt } = fulfillment;
  if (status !== 'ready' || held || until === undefined || until > decidedAt) return [];
  const lines = linesWithStatus(undeliveredStatuses(fulfillment), fulfillment);
  const location = { locationId: pickupAt ?? locationId, ...shippedHereFlag(fulfillment) };
  return [{ type: 'PickupExpired', data: { orderId, lines, ...location } }];
};

const shippedHereFlag = ({ pickupAt }: Readonly<Fulfillment>) =>
  pickupAt === undefined ? {} : ({ shippedHere: true } as const);
