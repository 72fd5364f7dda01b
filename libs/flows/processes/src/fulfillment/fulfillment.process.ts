/**
 * From a confirmed order to goods that are with their buyer. The locations do the work.
 *
 *   1. The units of a confirmed order are assigned to the locations that have reserved them.
 *   2. Units that a location refuses are reserved and assigned at another.
 *   3. Units that no location can serve are cancelled.
 *   4. Units that the buyer cancels are withdrawn, unassigned ones first.
 *   5. The fulfillment ends when every unit has been shipped, handed over or cancelled.
 *
 *   OrderPlaced ──▶ [not confirmed] ──OrderConfirmed──▶ units wait unassigned while they are backordered, or on hold
 *                          │                                       │            ▲
 *                     OrderRejected                        AssignFulfillment    │ reallocated
 *                                                                  ▼            │
 *                                                       units assigned to a location ──rejected──▶ task: reallocation
 *                                                                  │
 *                                              shipped, handed over, cancelled: until no unit is left
 *
 * Reallocations and cancellations are tasks: one at a time, so that no unit is moved and cancelled at once.
 * A reallocation: [queued] ──▶ [planning] ──▶ [reserving] ──▶ [notified] ──OrderReallocated──▶ units are unassigned again
 *                                  ▲               │
 *                                  └──declined─────┘
 */
import { idOf } from '#event-store';
import { fulfillment, type FulfillmentCommand, type FulfillmentEvent } from '#fulfillment';
import { type Named } from '#kernel';
import { order, type OrderCommand, type OrderEvent, type ReplanCommand } from '#orders';
import {
  COMPLETE,
  eventsOf,
  remember,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import { stockItem, type StockItemCommand } from '#stock';
import {
  FULFILLMENT_HOLDS,
  INVENTORY_CHANGES,
  LOCATION_WORK,
  ORDER_RETURNS,
  ORDER_TENDERS,
  SHIPMENT_ANSWERS,
} from '../event-groups.js';
import { parkOnRefusal } from '../refusals.js';
import { ownerOf, type ReleaseReservation, type ReserveStock } from '../reservations.js';
import { assignUnits } from './assignment.js';
import { cancellationAnswered, settleCancellation } from './cancellation.js';
import { correctStock, planMade, reallocated, reservationAnswered } from './reallocation.js';
import { linesAdded, locationRejected, pickupExpired, requestedMethodsOf } from './reallocation-causes.js';
import { isDone, unchanged, withoutUnits, type OrderFulfillment, type Step } from './order-fulfillment.js';
import { upcastFulfillment } from './stored-fulfillment.js';
import { enqueue, inReallocation, thenNextTask } from './tasks.js';

const inputs = eventsOf([order, fulfillment, stockItem]).except(
  'OrderRecorded',
  'OrderLinesCancelled',
  'OrderCancellationRefused',
  'OrderLinesFulfilled',
  'OrderEditProposed',
  'OrderEditDiscarded',
  ...ORDER_TENDERS,
  ...ORDER_RETURNS,
  ...LOCATION_WORK,
  ...FULFILLMENT_HOLDS,
  ...SHIPMENT_ANSWERS,
  ...INVENTORY_CHANGES,
  'ReservationExtended',
  'ReservationFirmed',
  'ReservationExpired',
  'ReservationConsumed',
  'ReservationPartlyConsumed',
);
type Input = InputOf<typeof inputs>;

export type FulfillmentProcessCommand =
  | Named<
      FulfillmentCommand,
      'AssignFulfillment' | 'CancelFulfillmentLines' | 'HandOver' | 'HoldFulfillment' | 'ResumeFulfillment'
    >
  | Named<OrderCommand, 'ReallocateOrder' | 'SettleCancellation'>
  | ReplanCommand
  | ReserveStock
  | ReleaseReservation
  | StockItemCommand<'ReduceReservation' | 'ReceiveStock' | 'AdjustStock' | 'MarkStockUnavailable'>;

const DAY_SECONDS = 24 * 60 * 60;

/** @param acceptWithinSeconds how long a location may take to accept an assignment */
export const fulfillmentProcess = (
  acceptWithinSeconds = DAY_SECONDS,
): Process<OrderFulfillment, Input, FulfillmentProcessCommand> => ({
  name: 'fulfillment',
  inputs,
  instanceOf: ({ stream, event: { data } }) => {
    if ('owner' in data) return ownerOf('order', data);
    return 'orderId' in data ? data.orderId : idOf(stream);
  },
  upcast: upcastFulfillment,
  react: (state, delivered, orderId) => {
    const { event, stream, channel } = delivered;
    if (event.type === 'OrderPlaced') return remember(placed(orderId, channel, event.data));
    if (event.type === 'OrderRejected') return COMPLETE;
    if (!state) return afterCompletion(orderId, event);
    const step = thenNextTask(state.tasks.length, stepAfter(state, event, idOf(stream)));
    const { state: next, commands } = assignUnits(step.state, acceptWithinSeconds);
    return { state: isDone(next) ? undefined : next, commands: [...step.commands, ...commands] };
  },
});

type LaterInput = Exclude<Input, { type: 'OrderPlaced' | 'OrderRejected' }> | CommandRefused<FulfillmentProcessCommand>;
type Data<Type extends (OrderEvent | FulfillmentEvent)['type']> = Named<OrderEvent | FulfillmentEvent, Type>['data'];

/** @param streamId id of the event's stream; for events of #fulfillment, that of the fulfillment order */
const stepAfter = (state: OrderFulfillment, event: LaterInput, streamId: string): Step => {
  switch (event.type) {
    case 'OrderConfirmed':
      return state.confirmed ? unchanged(state) : confirmed(state, event.data);
    case 'OrderHeld':
      return held(state, event.data.holdId);
    case 'OrderHoldReleased':
      return holdReleased(state, event.data.holdId);
    case 'OrderEditApplied':
      return linesAdded(state, event.data);
    case 'OrderLinesCancellationRequested':
      return enqueue(state, { kind: 'cancellation', ...event.data, pendingAnswers: [], cancelled: [] });
    case 'FulfillmentAssigned':
      return handOverCarryOut(state, streamId, event.data);
    case 'FulfillmentRejected':
      return locationRejected(state, streamId, event.data);
    case 'ParcelShipped': // goods on their way to a pickup store are not with the buyer yet
      return unchanged(event.data.pickupAt === undefined ? withoutUnits(state, streamId, event.data.lines) : state);
    case 'HandedOver':
      return unchanged(withoutUnits(state, streamId, event.data.lines));
    case 'PickupExpired':
      return pickupExpired(state, streamId, event.data);
    case 'FulfillmentLinesCancelled':
      return linesCancelled(state, streamId, event.data);
    case 'FulfillmentPlanned':
      return planned(state, event.data);
    case 'OrderReallocated':
      return inReallocation(state, (task) =>
        task.progress.stage === 'notified' ? reallocated(state, task, event.data.allocations) : unchanged(state),
      );
    case 'StockReserved':
      return reserved(state, event.data);
    case 'StockReservationDeclined':
      return inReallocation(state, (task) => reservationAnswered(state, task, event.data.reservationId, false));
    case 'BackorderFilled':
      return unchanged(withBackordered(state, event.data.reservationId, event.data.left));
    case 'ReservationReduced':
      return reservationReduced(state, event.data);
    case 'ReservationReleased':
      return correctStock(state, event.data.reservationId);
    case 'CommandRefused':
      return refused(state, event.data);
  }
};

const placed = (orderId: string, channel: string, { recipient, lines }: Data<'OrderPlaced'>): OrderFulfillment => ({
  orderId,
  channel,
  ...(recipient !== undefined && { recipient }),
  requestedMethods: requestedMethodsOf(lines),
  plansMade: 0,
  confirmed: false,
  holds: [],
  refusingLocations: [],
  backordered: {},
  unassigned: [],
  assignments: [],
  corrections: [],
  tasks: [],
});

const confirmed = (state: OrderFulfillment, { allocations }: Data<'OrderConfirmed'>): Step =>
  unchanged({
    ...state,
    confirmed: true,
    unassigned: allocations.map(({ reservationId, sku, locationId, lines }) => ({
      reservationId,
      sku,
      locationId,
      attempt: 1,
      lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    })),
  });

const held = (state: OrderFulfillment, holdId: string): Step => ({
  state: { ...state, holds: [...state.holds, holdId] },
  commands: state.holds.length > 0 ? [] : state.assignments.map(toEach('HoldFulfillment')),
});

const holdReleased = (state: OrderFulfillment, holdId: string): Step => {
  const holds = state.holds.filter((one) => one !== holdId);
  const isFree = state.holds.length > 0 && holds.length === 0;
  return {
    state: { ...state, holds },
    commands: isFree ? state.assignments.map(toEach('ResumeFulfillment')) : [],
  };
};

const toEach =
  (type: 'HoldFulfillment' | 'ResumeFulfillment') =>
  ({ fulfillmentId }: { readonly fulfillmentId: string }): FulfillmentProcessCommand => ({
    type,
    data: { fulfillmentId },
  });

/** Goods that the buyer carries out of the store are handed over at once. */
const handOverCarryOut = (
  state: OrderFulfillment,
  fulfillmentId: string,
  { method, locationId }: Data<'FulfillmentAssigned'>,
): Step => ({
  state,
  commands:
    method === 'carry-out' && state.assignments.some((one) => one.fulfillmentId === fulfillmentId)
      ? [{ type: 'HandOver', data: { fulfillmentId, locationId, proof: 'carry-out' } }]
      : [],
});

const linesCancelled = (
  state: OrderFulfillment,
  fulfillmentId: string,
  { cancellationId, cancelled }: Data<'FulfillmentLinesCancelled'>,
): Step => {
  const [task] = state.tasks;
  return task?.kind === 'cancellation' &&
    task.cancellationId === cancellationId &&
    task.pendingAnswers.includes(fulfillmentId)
    ? cancellationAnswered(state, task, fulfillmentId, cancelled)
    : unchanged(state);
};

const planned = (before: OrderFulfillment, { attempt, allocations }: Data<'FulfillmentPlanned'>): Step => {
  const state = { ...before, plansMade: Math.max(before.plansMade, attempt) };
  return inReallocation(state, (task) =>
    task.progress.stage === 'planning' && task.progress.awaitedPlan === attempt
      ? planMade(state, task, allocations)
      : unchanged(state),
  );
};

const reserved = (
  before: OrderFulfillment,
  { reservationId, backordered = 0 }: { readonly reservationId: string; readonly backordered?: number },
): Step => {
  const state = backordered > 0 ? withBackordered(before, reservationId, backordered) : before;
  return inReallocation(state, (task) => reservationAnswered(state, task, reservationId, true));
};

const reservationReduced = (
  state: OrderFulfillment,
  { reservationId, backordered = 0 }: { readonly reservationId: string; readonly backordered?: number },
): Step => {
  const left = (state.backordered[reservationId] ?? 0) - backordered;
  return correctStock(withBackordered(state, reservationId, left), reservationId);
};

const withBackordered = (state: OrderFulfillment, reservationId: string, units: number): OrderFulfillment => {
  const others = Object.entries(state.backordered).filter(([id]) => id !== reservationId);
  return { ...state, backordered: { ...Object.fromEntries(others), ...(units > 0 && { [reservationId]: units }) } };
};

const refused = (state: OrderFulfillment, refusal: CommandRefused<FulfillmentProcessCommand>['data']): Step => {
  const { command } = refusal;
  switch (command.type) {
    case 'ReplanFulfillment':
      return inReallocation(state, (task) => planMade(state, task, []));
    case 'ReserveStock':
      return inReallocation(state, (task) => reservationAnswered(state, task, command.data.reservationId, false));
    case 'ReallocateOrder': // the buyer has cancelled units meanwhile: release the new reservations
      return inReallocation(state, (task) => reallocated(state, task, []));
    case 'ReduceReservation': // the reservation has ended, so the units are no longer reserved
      return correctStock(state, command.data.reservationId);
    case 'AssignFulfillment':
    case 'CancelFulfillmentLines': // otherwise the units would wait for an answer forever
      return parkOnRefusal(refusal);
    case 'HandOver': // staff hand the goods over instead
    case 'HoldFulfillment':
    case 'ResumeFulfillment':
    case 'SettleCancellation': // the order has ended
    case 'ReleaseReservation':
    case 'ReceiveStock':
    case 'AdjustStock':
    case 'MarkStockUnavailable':
      return unchanged(state);
  }
};

/** All units of the order have left or are cancelled, so it is too late to cancel units or to add lines. */
const afterCompletion = (orderId: string, event: LaterInput): Reaction<OrderFulfillment, FulfillmentProcessCommand> => {
  if (event.type === 'OrderLinesCancellationRequested') {
    return { state: undefined, commands: [settleCancellation(orderId, { ...event.data, cancelled: [] })] };
  }
  if (event.type !== 'OrderEditApplied' || event.data.add.length === 0) return COMPLETE;
  const { editId, add } = event.data;
  const cancelled = add.map(({ lineId, quantity }) => ({ lineId, quantity }));
  const late = { cancellationId: editId, reason: 'not-available', cancelled, open: true } as const;
  return { state: undefined, commands: [settleCancellation(orderId, late)] };
};
