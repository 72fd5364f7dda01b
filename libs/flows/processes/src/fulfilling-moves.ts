/** Units that their location will not serve: reserve elsewhere, tell the order, release what was held, or cancel. */
import { KONTOR_NAMESPACE, uuidv5, type Intent } from '#kernel';
import { type Allocation, type OrderEvent, type Release } from '#orders';
import { less, type Correction, type Fulfilling, type MovedLine, type Moving, type Step } from './fulfilling.js';

/** Locations that are tried for the same units, and plans that are made when a location declines. */
const MOST_ATTEMPTS = 3;
const MOST_PLANS = 2;

const withJob = (state: Fulfilling, job: Moving): Fulfilling => ({ ...state, jobs: [job, ...state.jobs.slice(1)] });

export const startMove = (state: Fulfilling, job: Moving): Step =>
  job.reason === 'not-collected' || job.attempt >= MOST_ATTEMPTS ? tell(state, job) : replan(state, job);

const replan = (state: Fulfilling, job: Moving): Step => {
  const plan = state.plans + 1;
  const lines = uncovered(job, job.held).map(({ lineId, sku, quantity }) => ({
    ...{ lineId, sku, quantity },
    ...(state.wishes[lineId] ?? { method: 'ship' }),
  }));
  const data = { orderId: state.orderId, attempt: plan, lines, exclude: job.exclude };
  return {
    state: withJob(state, { ...job, plan, tries: job.tries + 1 }),
    intents: [{ type: 'ReplanFulfillment', data }],
  };
};

export const planned = (state: Fulfilling, job: Moving, allocations: readonly Allocation[]): Step => {
  const answered: Moving = { ...job, plan: 0 };
  if (allocations.length === 0) return tell(state, answered);
  return {
    state: withJob(state, { ...answered, open: allocations }),
    intents: allocations.map((allocation) => reserve(state.orderId, allocation)),
  };
};

const reserve = (orderId: string, { reservationId, sku, locationId, quantity, keep = 0 }: Allocation): Intent => ({
  type: 'ReserveStock',
  data: { sku, locationId, reservationId, quantity, keep, kind: 'hard', owner: { type: 'order', id: orderId } },
});

/** One reservation has been answered; goes on once all have been. */
export const answered = (state: Fulfilling, job: Moving, reservationId: string, granted: boolean): Step => {
  const allocation = job.open.find((one) => one.reservationId === reservationId);
  if (!allocation) return { state, intents: [] };
  const open = job.open.filter((one) => one !== allocation);
  const next: Moving = granted
    ? { ...job, open, held: [...job.held, allocation] }
    : { ...job, open, exclude: [...job.exclude, allocation.locationId] };
  if (open.length > 0) return { state: withJob(state, next), intents: [] };
  return uncovered(next, next.held).length > 0 && next.tries < MOST_PLANS ? replan(state, next) : tell(state, next);
};

const uncovered = ({ lines }: Moving, allocations: readonly Allocation[]) =>
  less(
    lines,
    allocations.flatMap((one) => one.lines),
  );

/** What is new is held before the order gives up what is old. */
const tell = (state: Fulfilling, job: Moving): Step => {
  const releases = releasesOf(state, job);
  if (releases.length + job.held.length === 0) return reallocated(state, job, { releases, allocations: [] });
  const data = { orderId: state.orderId, releases, allocations: job.held };
  return { state: withJob(state, { ...job, told: true }), intents: [{ type: 'ReallocateOrder', data }] };
};

const releasesOf = (state: Fulfilling, { lines, locationId }: Moving): Release[] =>
  perReservation(lines).map(([reservationId, units]) => ({
    ...{ reservationId, sku: units[0]?.sku ?? '', locationId, by: sum(units) },
    left: sum(state.assigned.flatMap((one) => one.lines).filter((line) => line.reservationId === reservationId)),
    lines: units.map(({ lineId, quantity }) => ({ lineId, quantity })),
  }));

export const perReservation = (lines: readonly MovedLine[]) => [
  ...Map.groupBy(
    lines.flatMap(({ reservationId, ...line }) => (reservationId === undefined ? [] : [{ ...line, reservationId }])),
    ({ reservationId }) => reservationId,
  ),
];

export const sum = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((all, { quantity }) => all + quantity, 0);

type Reallocated = Extract<OrderEvent, { type: 'OrderReallocated' }>['data'];

/** The order has given up the old places: they get their units back, and what nobody could take is cancelled. */
export const reallocated = (state: Fulfilling, job: Moving, { allocations }: Reallocated): Step => {
  const used = new Set(allocations.map(({ reservationId }) => reservationId));
  const lost = uncovered(job, allocations);
  const fresh = allocations.map(({ reservationId, sku, locationId, lines }) => ({
    ...{ reservationId, sku, locationId, attempt: job.attempt + 1 },
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
  }));
  return {
    state: {
      ...state,
      jobs: state.jobs.slice(1),
      waiting: [...state.waiting, ...fresh],
      corrections: [...state.corrections, ...correctionsOf(job)],
    },
    intents: [
      ...job.held.filter(({ reservationId }) => !used.has(reservationId)).map(release),
      ...backToStock(job),
      ...(lost.length > 0 ? [settlement(state.orderId, job, lost)] : []),
    ],
  };
};

/** A place that refused before a crash may have granted after it. */
const release = ({ reservationId, sku, locationId }: Allocation): Intent => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason: 'not-needed' },
});

const backToStock = ({ lines, locationId, backAt, fulfillmentId }: Moving): Intent[] =>
  perReservation(lines).map(([reservationId, units]) => {
    const [sku, quantity] = [units[0]?.sku ?? '', sum(units)];
    return backAt === undefined
      ? { type: 'ReduceReservation', data: { sku, locationId, reservationId, by: quantity } }
      : { type: 'ReceiveStock', data: { sku, locationId: backAt, quantity, ref: fulfillmentId } };
  });

const correctionsOf = ({ lines, locationId, reason, fulfillmentId: ref }: Moving): Correction[] =>
  reason === 'not-found' || reason === 'damaged'
    ? perReservation(lines).map(([reservationId, units]) => ({
        ...{ reservationId, sku: units[0]?.sku ?? '', locationId, quantity: sum(units), reason, ref },
      }))
    : [];

/** Nothing holds the units any more, so that the correction takes nothing that is promised. */
export const correct = (state: Fulfilling, reservationId: string): Step => {
  const due = state.corrections.filter((one) => one.reservationId === reservationId);
  return {
    state: { ...state, corrections: state.corrections.filter((one) => one.reservationId !== reservationId) },
    intents: due.map(({ sku, locationId, quantity, reason, ref }) =>
      reason === 'not-found'
        ? { type: 'AdjustStock', data: { sku, locationId, delta: -quantity, reason, ref } }
        : { type: 'MarkStockUnavailable', data: { sku, locationId, quantity, reason, ref } },
    ),
  };
};

const settlement = (orderId: string, job: Moving, lost: readonly MovedLine[]): Intent => ({
  type: 'SettleCancellation',
  data: {
    orderId,
    cancellationId: uuidv5(
      KONTOR_NAMESPACE,
      `lost/${job.fulfillmentId}/${job.kept ?? ''}/${lost.map((l) => `${l.lineId}:${l.quantity}`).join()}`,
    ),
    lines: lost.map(({ lineId, quantity }) => ({ lineId, quantity })),
    open: true, // the buyer may have cancelled them meanwhile
    reason: job.reason === 'not-collected' ? 'not-collected' : 'not-available',
  },
});
