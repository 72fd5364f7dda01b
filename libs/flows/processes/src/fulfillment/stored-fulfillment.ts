/** Upcasts states that earlier versions stored under other names. */
import { type Allocation } from '#orders';
import {
  type Assignment,
  type Cancellation,
  type OrderFulfillment,
  type Reallocation,
  type Task,
} from './order-fulfillment.js';

interface StoredFulfillment extends Pick<
  OrderFulfillment,
  'orderId' | 'channel' | 'recipient' | 'confirmed' | 'holds' | 'corrections'
> {
  readonly wishes: OrderFulfillment['requestedMethods'];
  readonly plans: number;
  readonly refusers: readonly string[];
  readonly missing: OrderFulfillment['backordered'];
  readonly waiting: OrderFulfillment['unassigned'];
  readonly assigned: readonly (Omit<Assignment, 'fulfillmentId'> & { readonly id: string })[];
  readonly jobs: readonly (StoredReallocation | StoredCancellation)[];
}

interface StoredReallocation extends Pick<Reallocation, 'locationId' | 'lines' | 'attempt' | 'reason'> {
  readonly kind: 'move';
  readonly fulfillmentId: string;
  readonly backAt?: string;
  readonly kept?: number;
  readonly tries: number;
  readonly exclude: readonly string[];
  /** Attempt of the awaited plan; 0 for none. */
  readonly plan: number;
  readonly open: readonly Allocation[];
  readonly held: readonly Allocation[];
  readonly told?: true;
}

interface StoredCancellation extends Omit<Cancellation, 'kind' | 'pendingAnswers'> {
  readonly kind: 'cancel';
  readonly asked: readonly string[];
}

export const upcastFulfillment = (stored: OrderFulfillment | StoredFulfillment): OrderFulfillment => {
  if ('tasks' in stored) return stored;
  const { wishes, plans, refusers, missing, waiting, assigned, jobs, ...order } = stored;
  return {
    ...order,
    requestedMethods: wishes,
    plansMade: plans,
    refusingLocations: refusers,
    backordered: missing,
    unassigned: waiting,
    assignments: assigned.map(({ id, ...assignment }) => ({ fulfillmentId: id, ...assignment })),
    tasks: jobs.map(taskOf),
  };
};

const taskOf = (job: StoredReallocation | StoredCancellation): Task => {
  if (job.kind === 'cancel') {
    const { asked, ...cancellation } = job;
    return { ...cancellation, kind: 'cancellation', pendingAnswers: asked };
  }
  const { locationId, lines, attempt, reason, backAt, kept } = job;
  return {
    kind: 'reallocation',
    origin: job.fulfillmentId,
    locationId,
    lines,
    attempt,
    reason,
    ...(backAt !== undefined && { returnedTo: backAt }),
    ...(kept !== undefined && { unitsKept: kept }),
    planCount: job.tries,
    excludedLocations: job.exclude,
    reserved: job.held,
    progress: progressOf(job),
  };
};

const progressOf = ({ told, open, plan }: StoredReallocation): Reallocation['progress'] => {
  if (told) return { stage: 'notified' };
  if (open.length > 0) return { stage: 'reserving', pendingReservations: open };
  return plan > 0 ? { stage: 'planning', awaitedPlan: plan } : { stage: 'queued' };
};
