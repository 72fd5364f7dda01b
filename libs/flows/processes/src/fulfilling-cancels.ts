/** Units that the buyer wants no more: those that nobody works on, then those of the youngest fulfilment orders. */
import { type FulfillmentEvent } from '#fulfillment';
import { type Intent } from '#kernel';
import { type CancelledUnits, type LineQuantity } from '#orders';
import {
  less,
  without,
  type Assigned,
  type Cancelling,
  type Fulfilling,
  type Step,
  type Waiting,
} from './fulfilling.js';

export const startCancel = (state: Fulfilling, job: Cancelling): Step => {
  const { waiting, taken, missing } = takeWaiting(state.waiting, job.lines);
  const asks = askFor(state.assigned, missing);
  const next = { ...job, cancelled: taken, asked: asks.map(({ id }) => id) };
  const intents = asks.map(({ id, lines }) => ({
    type: 'CancelFulfillmentLines',
    data: { fulfillmentId: id, cancellationId: job.cancellationId, lines },
  }));
  return goOn({ ...state, waiting }, next, intents);
};

const takeWaiting = (waiting: readonly Waiting[], wanted: readonly LineQuantity[]) => {
  let missing: readonly LineQuantity[] = wanted;
  const taken: CancelledUnits[] = [];
  const left = waiting.toReversed().flatMap((one) => {
    const lines = less(one.lines, missing);
    const gone = less(one.lines, lines);
    taken.push(...gone.map(({ lineId, quantity }) => ({ lineId, quantity, reservationId: one.reservationId })));
    missing = less(missing, gone);
    return lines.length > 0 ? [{ ...one, lines }] : [];
  });
  return { waiting: left.reverse(), taken, missing };
};

const askFor = (assigned: readonly Assigned[], wanted: readonly LineQuantity[]) => {
  let missing = wanted;
  return assigned.toReversed().flatMap(({ id, lines }) => {
    const gone = less(lines, less(lines, missing));
    missing = less(missing, gone);
    const asked = gone.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return asked.length > 0 ? [{ id, lines: asked }] : [];
  });
};

type Answer = Extract<FulfillmentEvent, { type: 'FulfillmentLinesCancelled' }>['data'];

export const cancelAnswered = (state: Fulfilling, job: Cancelling, id: string, { cancelled }: Answer): Step => {
  const order = state.assigned.find((one) => one.id === id);
  const units = cancelled.map((one) => {
    const reservationId = order?.lines.find(({ lineId }) => lineId === one.lineId)?.reservationId;
    return { ...one, ...(reservationId !== undefined && { reservationId }) };
  });
  const asked = job.asked.filter((one) => one !== id);
  return goOn(without(state, id, cancelled), { ...job, asked, cancelled: [...job.cancelled, ...units] }, []);
};

/** The order hears of it when all have answered; what they refused it tells itself. */
const goOn = (state: Fulfilling, job: Cancelling, intents: readonly Intent[]): Step => {
  const others = state.jobs.slice(1);
  if (job.asked.length > 0) return { state: { ...state, jobs: [job, ...others] }, intents };
  return { state: { ...state, jobs: others }, intents: [...intents, settlement(state.orderId, job)] };
};

export const settlement = (
  orderId: string,
  {
    cancellationId,
    reason,
    cancelled,
    open,
  }: Pick<Cancelling, 'cancellationId' | 'reason' | 'cancelled'> & { readonly open?: true },
): Intent => ({
  type: 'SettleCancellation',
  data: { orderId, cancellationId, lines: cancelled, reason, ...(open && { open }) },
});
