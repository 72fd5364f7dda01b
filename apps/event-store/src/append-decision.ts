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
  /** Finds a recent event by its id. The memory is limited and knows only the last stream of each id. */
  revisionOf(id: string): number | undefined;
}

export interface Identified {
  readonly id: string;
}

/** `stored` is the last revision of a repeated append. */
export type Decision = 'append' | 'wrong' | 'deleted' | { readonly stored: number };

/** Decides an append as EventStoreDB does, including its idempotency. */
export function decideAppend(
  state: StreamState,
  expected: number,
  events: readonly Identified[],
  history: History,
): Decision {
  if (state.tombstoned) return 'deleted';
  if (expected === STREAM_EXISTS) return decideExisting(state, events, history);
  if (expected === ANY) return decideById(events, history);
  if (expected === state.last) return 'append';
  if (expected > state.last) return 'wrong';
  return decideByRevision(state, expected, { events, history });
}

/** Delete and tombstone are decided like the append of a new event. */
export const decideDelete = (state: StreamState, expected: number): Decision =>
  decideAppend(state, expected, [{ id: '' }], { idAt: () => undefined, revisionOf: () => undefined });

function decideExisting(state: StreamState, events: readonly Identified[], history: History): Decision {
  if (state.softDeleted) return 'deleted';
  return state.last < 0 && !state.hasMetadata ? 'wrong' : decideById(events, history);
}

function decideById(events: readonly Identified[], history: History): Decision {
  let stored = -1;
  for (const { id } of events) {
    const revision = history.revisionOf(id);
    if (revision === undefined) return stored < 0 ? 'append' : 'wrong';
    stored = revision;
  }
  return stored < 0 ? 'append' : { stored };
}

function decideByRevision(
  state: StreamState,
  expected: number,
  { events, history }: { events: readonly Identified[]; history: History },
): Decision {
  if (events.length === 0) return 'wrong';
  const differs = events.findIndex((event, index) => history.idAt(expected + 1 + index) !== event.id);
  if (differs === -1) return { stored: expected + events.length };
  return differs === 0 && expected === NO_STREAM && state.softDeleted ? 'append' : 'wrong';
}
