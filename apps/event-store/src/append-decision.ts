import { ANY, NO_STREAM, STREAM_EXISTS } from './requests.js';

export interface StreamState {
  /** -1 if the stream has no events. */
  readonly last: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
}

/** The events of the stream that are already stored. */
export interface History {
  idAt(revision: number): string | undefined;
  revisionOf(event: Identified): number | undefined;
}

export interface Identified {
  readonly id: string;
}

/** `stored` is the last revision of the same events, appended before. */
export type Decision = 'append' | 'wrong' | 'deleted' | { readonly stored: number };

/** Decides an append of events to a stream, as EventStoreDB does, idempotency included. */
export function decideAppend(
  state: StreamState,
  expected: number,
  events: readonly Identified[],
  history: History,
): Decision {
  if (state.tombstoned) return 'deleted';
  if (expected === ANY || expected === STREAM_EXISTS) {
    if (expected === STREAM_EXISTS && !exists(state)) return 'wrong';
    return decideById(state, events, history);
  }
  if (expected === state.last) return 'append';
  if (expected > state.last) return 'wrong';
  return decideByRevision(state, expected, { events, history });
}

/** Delete and tombstone carry no events: only the expected revision counts. */
export function expectationHolds(state: StreamState, expected: number): boolean {
  if (expected === ANY) return true;
  if (expected === STREAM_EXISTS) return exists(state);
  return expected === state.last || (expected === NO_STREAM && state.softDeleted);
}

function exists(state: StreamState): boolean {
  return !state.softDeleted && (state.last >= 0 || state.hasMetadata);
}

function decideById(state: StreamState, events: readonly Identified[], history: History): Decision {
  const [first] = events;
  if (first === undefined || state.last < 0 || history.revisionOf(first) === undefined) return 'append';
  let stored = -1;
  for (const event of events) {
    const revision = history.revisionOf(event);
    if (revision === undefined) return 'wrong';
    stored = revision;
  }
  return { stored };
}

function decideByRevision(
  state: StreamState,
  expected: number,
  { events, history }: { events: readonly Identified[]; history: History },
): Decision {
  const differs = events.findIndex((event, index) => history.idAt(expected + 1 + index) !== event.id);
  if (differs === -1 && events.length > 0) return { stored: expected + events.length };
  if (differs <= 0 && expected === NO_STREAM && state.softDeleted) return 'append';
  return 'wrong';
}
