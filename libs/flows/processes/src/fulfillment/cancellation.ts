/** Cancellations by the buyer take unassigned units first, then those of the latest fulfillment orders. */
import { type Named } from '#kernel';
import { type CancelledUnits, type LineQuantity, type OrderCommand } from '#orders';
import { subtractUnits } from '../lines.js';
import { type FulfillmentProcessCommand } from './fulfillment.process.js';
import {
  withFirstTask,
  withoutFirstTask,
  withoutUnits,
  type Assignment,
  type Cancellation,
  type OrderFulfillment,
  type Step,
  type UnassignedUnits,
} from './order-fulfillment.js';

export const startCancellation = (state: OrderFulfillment, task: Cancellation): Step => {
  const { unassigned, cancelled, missing } = takeUnassigned(state.unassigned, task.lines);
  const requests = cancellationRequests(state.assignments, missing);
  const pendingAnswers = requests.map(({ fulfillmentId }) => fulfillmentId);
  const commands = requests.map(({ fulfillmentId, lines }): FulfillmentProcessCommand => ({
    type: 'CancelFulfillmentLines',
    data: { fulfillmentId, cancellationId: task.cancellationId, lines },
  }));
  return settleOrWait({ ...state, unassigned }, { ...task, cancelled, pendingAnswers }, commands);
};

/** @returns the units that stay unassigned, those that are cancelled, and those that must be cancelled at locations */
const takeUnassigned = (units: readonly UnassignedUnits[], lines: readonly LineQuantity[]) => {
  let missing = lines;
  const cancelled: CancelledUnits[] = [];
  const unassigned = units.toReversed().flatMap((one) => {
    const left = subtractUnits(one.lines, missing);
    const taken = subtractUnits(one.lines, left);
    cancelled.push(...taken.map(({ lineId, quantity }) => ({ lineId, quantity, reservationId: one.reservationId })));
    missing = subtractUnits(missing, taken);
    return left.length > 0 ? [{ ...one, lines: left }] : [];
  });
  return { unassigned: unassigned.reverse(), cancelled, missing };
};

const cancellationRequests = (assignments: readonly Assignment[], lines: readonly LineQuantity[]) => {
  let missing = lines;
  return assignments.toReversed().flatMap((one) => {
    const taken = subtractUnits(one.lines, subtractUnits(one.lines, missing));
    missing = subtractUnits(missing, taken);
    const requested = taken.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return requested.length > 0 ? [{ fulfillmentId: one.fulfillmentId, lines: requested }] : [];
  });
};

export const cancellationAnswered = (
  state: OrderFulfillment,
  task: Cancellation,
  fulfillmentId: string,
  cancelled: readonly LineQuantity[],
): Step => {
  const assignment = state.assignments.find((one) => one.fulfillmentId === fulfillmentId);
  const units = cancelled.map((one) => {
    const reservationId = assignment?.lines.find(({ lineId }) => lineId === one.lineId)?.reservationId;
    return { ...one, ...(reservationId !== undefined && { reservationId }) };
  });
  const pendingAnswers = task.pendingAnswers.filter((one) => one !== fulfillmentId);
  const next = { ...task, pendingAnswers, cancelled: [...task.cancelled, ...units] };
  return settleOrWait(withoutUnits(state, fulfillmentId, cancelled), next);
};

/** Once all locations have answered, the order settles the cancellation and records the refused units. */
const settleOrWait = (
  state: OrderFulfillment,
  task: Cancellation,
  commands: readonly FulfillmentProcessCommand[] = [],
): Step =>
  task.pendingAnswers.length > 0
    ? { state: withFirstTask(state, task), commands }
    : { state: withoutFirstTask(state), commands: [...commands, settleCancellation(state.orderId, task)] };

interface SettledUnits extends Pick<Cancellation, 'cancellationId' | 'reason' | 'cancelled'> {
  /** Cancels only units that are not allocated: the buyer may have cancelled the others meanwhile. */
  readonly open?: true;
}

export const settleCancellation = (
  orderId: string,
  { cancellationId, reason, cancelled, open }: SettledUnits,
): Named<OrderCommand, 'SettleCancellation'> => ({
  type: 'SettleCancellation',
  data: { orderId, cancellationId, lines: cancelled, reason, ...(open && { open }) },
});
