import { type Recorded } from '#event-store';
import { type Invariant } from './invariants.js';

/** The event that violates an invariant. */
export type LogReference = Pick<Recorded, 'stream' | 'revision' | 'position'>;

export interface Violation extends LogReference {
  /** The violation as a sentence. */
  readonly sentence: string;
}

/** Milliseconds after which a missing reaction of a process or timer is a violation. */
const REACTION_GRACE_MS = 60_000;

/** Checks one invariant in one pass over the log, in the order of the log. */
export abstract class Checker {
  abstract readonly invariant: Invariant;
  /** Number of checked events, commands, lines or rows. */
  checked = 0;
  failed = 0;
  /** Number of allowed exceptions that a person may want to know about. */
  flagged = 0;
  readonly violations: Violation[] = [];
  /** Further violations are counted in `failed` only. */
  protected readonly maxViolations: number = 100;

  /** Checks the next event, which is in its current version and has its personal fields still sealed. */
  abstract check(recorded: Recorded): void;

  /** Reports what can be decided only after the last event. `now` is in milliseconds since 1970. */
  finish?(now: number): void;

  protected report({ stream, revision, position }: LogReference, sentence: string): void {
    this.failed++;
    if (this.violations.length < this.maxViolations) this.violations.push({ stream, revision, position, sentence });
  }
}

/** Whether the reaction to something at `since` must have been recorded by `now`; both in milliseconds since 1970. */
export const isReactionDue = (since: number, now: number) => since <= now - REACTION_GRACE_MS;

/** Returns the value of a key, which is created on first use. */
export const getOrCreate = <Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value => {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
};

export const totalUnits = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);
