import { DomainError, type Cause } from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { liveShares, type Fulfillment } from './fulfillment-state.js';
import { allIn, checkMethod, checkStep, linesFrom } from './fulfillment-steps.js';

type Data<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

/** How long goods wait to be collected, if the store says nothing else. */
const WAITS_MS = 7 * 24 * 60 * 60 * 1000;

export const arrive = (
  { locationId }: Data<'RecordArrival'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const { status, orderId } = fulfillment;
  checkMethod('RecordArrival', fulfillment);
  if (locationId === fulfillment.pickupAt && (status === 'arrived' || status === 'ready')) return [];
  checkStep('RecordArrival', locationId, fulfillment);
  return [{ type: 'ArrivedForPickup', data: { orderId, locationId } }];
};

/** Whoever says it again changes how long they wait. */
export const markReady = (
  { locationId, until }: Data<'MarkReadyForPickup'>,
  fulfillment: Readonly<Fulfillment>,
  { occurredAt }: Cause,
): FulfillmentEvent[] => {
  checkMethod('MarkReadyForPickup', fulfillment);
  checkStep('MarkReadyForPickup', locationId, fulfillment);
  const { orderId, status } = fulfillment;
  if (status === 'ready' && until === undefined) return [];
  const end = new Date(until ?? Date.parse(occurredAt) + WAITS_MS).toISOString();
  if (end <= occurredAt) throw new DomainError('expiry-passed', 'Goods must wait longer than until now');
  if (end === fulfillment.until) return [];
  const open = allIn(['open'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  return [
    ...(open.length > 0 ? [{ type: 'ItemsPicked', data: { orderId, lines: open } } as const] : []),
    { type: 'ReadyForPickup', data: { orderId, until: end } },
  ];
};

export const remind = ({ status, held, reminded, orderId }: Readonly<Fulfillment>): FulfillmentEvent[] =>
  status === 'ready' && !held && !reminded ? [{ type: 'PickupReminded', data: { orderId } }] : [];

export const handOver = (
  { locationId, lines, proof }: Data<'HandOver'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  checkMethod('HandOver', fulfillment);
  checkStep('HandOver', locationId, fulfillment);
  const here = liveShares(fulfillment);
  const handed = lines ? linesFrom(lines, here, fulfillment) : allIn(here, fulfillment);
  const { orderId } = fulfillment;
  return [{ type: 'HandedOver', data: { orderId, lines: handed, locationId, proof, ...cameFrom(fulfillment) } }];
};

export const expirePickup = (fulfillment: Readonly<Fulfillment>, { occurredAt }: Cause): FulfillmentEvent[] => {
  const { status, held, until, orderId, locationId, pickupAt } = fulfillment;
  if (status !== 'ready' || held || until === undefined || until > occurredAt) return [];
  const lines = allIn(liveShares(fulfillment), fulfillment);
  const where = { locationId: pickupAt ?? locationId, ...cameFrom(fulfillment) };
  return [{ type: 'PickupExpired', data: { orderId, lines, ...where } }];
};

const cameFrom = ({ pickupAt }: Readonly<Fulfillment>) =>
  pickupAt === undefined ? {} : ({ shippedHere: true } as const);
