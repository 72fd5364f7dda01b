/* eslint-disable @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events */
/** What an answer of stock means for an order that is being fulfilled. */
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';
import { answered, correct, planned, reallocated } from './fulfilling-moves.js';
import { stays, type Fulfilling, type Moving, type Step } from './fulfilling.js';

const missingNow = (state: Fulfilling, reservationId: string, units: number): Step => {
  const others = Object.entries(state.missing).filter(([id]) => id !== reservationId);
  const entries = units > 0 ? [...others, [reservationId, units] as const] : others;
  return stays({ ...state, missing: Object.fromEntries(entries) });
};

/** The first job is about units to be moved: what is said of plans and reservations is for it. */
export const move = (state: Fulfilling, step: (job: Moving) => Step | undefined): Step => {
  const [job] = state.jobs;
  return (job?.kind === 'move' ? step(job) : undefined) ?? stays(state);
};

/** The buyer has cancelled units meanwhile that were open: what was reserved for the order goes back. */
const NOTHING = { releases: [], allocations: [] };

const refused = (state: Fulfilling, { command, reservationId = '' }: CommandRefused['data']): Step => {
  if (command === 'ReplanFulfillment') return move(state, (job) => planned(state, job, []));
  if (command === 'ReallocateOrder') return move(state, (job) => reallocated(state, job, NOTHING));
  if (command === 'ReduceReservation') return correct(state, reservationId);
  return command === 'ReserveStock' ? move(state, (job) => answered(state, job, reservationId, false)) : stays(state);
};

export const onStock = (state: Fulfilling, event: StockEvent | CommandRefused): Step | undefined => {
  switch (event.type) {
    case 'StockReserved': {
      const { reservationId, backordered = 0 } = event.data;
      const next = backordered > 0 ? missingNow(state, reservationId, backordered).state : state;
      return move(next, (job) => answered(next, job, reservationId, true));
    }
    case 'StockReservationDeclined':
      return move(state, (job) => answered(state, job, event.data.reservationId, false));
    case 'BackorderFilled':
      return missingNow(state, event.data.reservationId, event.data.left);
    case 'ReservationReduced': {
      const { reservationId, backordered = 0 } = event.data;
      const { state: next } = missingNow(state, reservationId, (state.missing[reservationId] ?? 0) - backordered);
      return correct(next, reservationId);
    }
    case 'ReservationReleased':
      return correct(state, event.data.reservationId);
    case 'CommandRefused':
      return refused(state, event.data);
    default:
      return undefined;
  }
};
