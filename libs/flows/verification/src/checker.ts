import { type Recorded } from '#event-store';
import { type DiscrepancyName } from './discrepancies.js';
import { type Invariant } from './invariants.js';

export type LogReference = Pick<Recorded, 'stream' | 'revision' | 'position'>;

/** An event, and what is wrong with it as a sentence. */
interface Case extends LogReference {
  readonly sentence: string;
}

/** The event breaks an invariant. */
export type Violation = Case;

/** The event breaks no invariant, but a person has to look at it. */
export interface Discrepancy extends Case {
  readonly name: DiscrepancyName;
}

/** The discrepancies of one name. */
export interface DiscrepancyGroup {
  /** For example `returned-more-than-sold`. */
  readonly name: DiscrepancyName;
  readonly whatToDo: string;
  readonly count: number;
  /** The first ones; `count` counts all. */
  readonly cases: readonly Case[];
}

/** Milliseconds after which a missing reaction of a process or timer is a violation. */
const REACTION_GRACE_MS = 60_000;

/** Checks one invariant in one pass over the log, in the order of the log. */
export abstract class Checker {
  abstract readonly invariant: Invariant;
  /** Number of checked events, commands, lines or rows. */
  checked = 0;
  failed = 0;
  readonly violations: Violation[] = [];
  /** The first ones of each name. */
  readonly discrepancies: Discrepancy[] = [];
  readonly discrepancyCounts = new Map<DiscrepancyName, number>();
  /** Further violations, and further discrepancies of a name, are only counted. */
  protected readonly maxViolations: number = 100;

  /** Number of discrepancies. */
  get flagged(): number {
    return this.discrepancyCounts.values().reduce((sum, count) => sum + count, 0);
  }

  /**
   * Checks the next event, which is in its current version and has its personal fields still sealed.
   * @param version in which it was recorded
   */
  abstract check(recorded: Recorded, version: number): void;

  /** Reports what can be decided only after the last event. `now` is in milliseconds since 1970. */
  finish?(now: number): void;

  protected report({ stream, revision, position }: LogReference, sentence: string): void {
    this.failed++;
    if (this.violations.length < this.maxViolations) this.violations.push({ stream, revision, position, sentence });
  }

  protected flag(name: DiscrepancyName, { stream, revision, position }: LogReference, sentence: string): void {
    const count = (this.discrepancyCounts.get(name) ?? 0) + 1;
    this.discrepancyCounts.set(name, count);
    if (count <= this.maxViolations) this.discrepancies.push({ name, stream, revision, position, sentence });
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
