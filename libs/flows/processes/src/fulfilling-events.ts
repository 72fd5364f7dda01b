/* eslint-disable @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events */
/** What each event means for an order that is being fulfilled. */
import { type FulfillmentEvent } from '#fulfillment';
import { type Happened } from '#kernel';
import { type OrderEvent, type OrderLine } from '#orders';
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';
import { cancelAnswered, startCancel } from './fulfilling-cancels.js';
import { planned, reallocated, startMove, sum } from './fulfilling-moves.js';
import { move } from './fulfilling-stock.js';
import { stays, without, type Fulfilling, type Job, type Moving, type Step } from './fulfilling.js';

export type AnyEvent = OrderEvent | FulfillmentEvent | StockEvent | CommandRefused;
type Data<Type extends AnyEvent['type']> = Extract<AnyEvent, { type: Type }>['data'];

export const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const wishesOf = (lines: readonly OrderLine[]): Fulfilling['wishes'] =>
  Object.fromEntries(
    lines.map(({ lineId, method, locationId }) => [
      lineId,
      { method, ...(locationId !== undefined && { locationId }) },
    ]),
  );

export const placed = ({
  event,
  stream,
  channel,
}: Happened<Extract<OrderEvent, { type: 'OrderPlaced' }>>): Fulfilling => ({
  orderId: idOf(stream),
  channel,
  ...(event.data.recipient !== undefined && { recipient: event.data.recipient }),
  wishes: wishesOf(event.data.lines),
  ...{
    plans: 0,
    confirmed: false,
    holds: [],
    refusers: [],
    missing: {},
    waiting: [],
    assigned: [],
    corrections: [],
    jobs: [],
  },
});

const confirmed = (state: Fulfilling, { allocations }: Data<'OrderConfirmed'>): Step =>
  stays({
    ...state,
    confirmed: true,
    waiting: allocations.map(({ reservationId, sku, locationId, lines }) => ({
      ...{ reservationId, sku, locationId, attempt: 1 },
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    })),
  });

const held = (state: Fulfilling, holdId: string): Step => ({
  state: { ...state, holds: [...state.holds, holdId] },
  intents:
    state.holds.length === 0
      ? state.assigned.map(({ id }) => ({ type: 'HoldFulfillment', data: { fulfillmentId: id } }))
      : [],
});

const released = (state: Fulfilling, holdId: string): Step => {
  const holds = state.holds.filter((one) => one !== holdId);
  const resumed = holds.length > 0 || state.holds.length === 0 ? [] : state.assigned;
  return {
    state: { ...state, holds },
    intents: resumed.map(({ id }) => ({ type: 'ResumeFulfillment', data: { fulfillmentId: id } })),
  };
};

export const start = (state: Fulfilling, job: Job): Step =>
  job.kind === 'move' ? startMove(state, job) : startCancel(state, job);

const enqueue = (state: Fulfilling, job: Job): Step => {
  const next = { ...state, jobs: [...state.jobs, job] };
  return next.jobs.length === 1 ? start(next, job) : stays(next);
};

type Reported = Pick<Moving, 'fulfillmentId' | 'locationId' | 'lines' | 'attempt' | 'reason' | 'backAt'>;

/** A location that has refused once is not asked again for this order. */
const moveAway = (state: Fulfilling, job: Reported): Step => {
  const refusers = [...new Set([...state.refusers, job.locationId])];
  const next = { ...without(state, job.fulfillmentId, job.lines), refusers };
  const kept = sum(next.assigned.find(({ id }) => id === job.fulfillmentId)?.lines ?? []);
  return enqueue(next, { kind: 'move', ...job, kept, tries: 0, plan: 0, exclude: refusers, open: [], held: [] });
};

const rejected = (state: Fulfilling, id: string, data: Data<'FulfillmentRejected'>): Step => {
  const { lines, locationId, attempt, reason } = data;
  return moveAway(state, { fulfillmentId: id, locationId, lines, attempt, reason });
};

const expired = (state: Fulfilling, id: string, { lines, locationId, shippedHere }: Data<'PickupExpired'>): Step => {
  const order = state.assigned.find((one) => one.id === id);
  return moveAway(state, {
    ...{ fulfillmentId: id, locationId: order?.locationId ?? locationId, lines },
    ...{ attempt: order?.attempt ?? 1, reason: 'not-collected' },
    ...(shippedHere && { backAt: locationId }),
  });
};

/** Lines that an edit added are sourced as those that a location refused. */
const added = (state: Fulfilling, { editId, add }: Data<'OrderEditApplied'>): Step => {
  if (add.length === 0) return stays(state);
  const lines = add.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
  const job = { kind: 'move', fulfillmentId: editId, locationId: '', lines, attempt: 0, reason: 'other' } as const;
  return enqueue(
    { ...state, wishes: { ...state.wishes, ...wishesOf(add) } },
    { ...job, tries: 0, plan: 0, exclude: [], open: [], held: [] },
  );
};

/** A till gives at once what its buyer carries out. */
const carriedOut = (state: Fulfilling, id: string, { method, locationId }: Data<'FulfillmentAssigned'>): Step => ({
  state,
  intents:
    method === 'carry-out' && state.assigned.some((one) => one.id === id)
      ? [{ type: 'HandOver', data: { fulfillmentId: id, locationId, proof: 'carry-out' } }]
      : [],
});

export const onOrder = (state: Fulfilling, event: OrderEvent): Step | undefined => {
  switch (event.type) {
    case 'FulfillmentPlanned': {
      const { attempt, allocations } = event.data;
      const next = { ...state, plans: Math.max(state.plans, attempt) };
      return move(next, (job) => (job.plan === attempt ? planned(next, job, allocations) : undefined));
    }
    case 'OrderConfirmed':
      return state.confirmed ? undefined : confirmed(state, event.data);
    case 'OrderHeld':
      return held(state, event.data.holdId);
    case 'OrderHoldReleased':
      return released(state, event.data.holdId);
    case 'OrderReallocated':
      return move(state, (job) => (job.told ? reallocated(state, job, event.data) : undefined));
    case 'OrderEditApplied':
      return added(state, event.data);
    case 'OrderLinesCancellationRequested':
      return enqueue(state, { kind: 'cancel', ...event.data, asked: [], cancelled: [] });
    default:
      return undefined;
  }
};

const cancelledThere = (state: Fulfilling, id: string, answer: Data<'FulfillmentLinesCancelled'>): Step | undefined => {
  const [job] = state.jobs;
  if (job?.kind !== 'cancel' || job.cancellationId !== answer.cancellationId) return undefined;
  return job.asked.includes(id) ? cancelAnswered(state, job, id, answer) : undefined;
};

export const onWork = (state: Fulfilling, id: string, event: FulfillmentEvent): Step | undefined => {
  switch (event.type) {
    case 'FulfillmentAssigned':
      return carriedOut(state, id, event.data);
    case 'FulfillmentRejected':
      return rejected(state, id, event.data);
    case 'ParcelShipped': // to where it is picked up: not with the buyer yet
      return event.data.pickupAt === undefined ? stays(without(state, id, event.data.lines)) : undefined;
    case 'HandedOver':
      return stays(without(state, id, event.data.lines));
    case 'PickupExpired':
      return expired(state, id, event.data);
    case 'FulfillmentLinesCancelled':
      return cancelledThere(state, id, event.data);
    default:
      return undefined;
  }
};
