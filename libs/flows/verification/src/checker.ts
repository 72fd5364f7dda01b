import { type Recorded } from '#event-store';

/** Where in the log something is wrong. */
export type Place = Pick<Recorded, 'stream' | 'revision' | 'position'>;

export interface Violation extends Place {
  /** What is wrong, as a sentence. */
  readonly sentence: string;
}

/** Watches one invariant while the log goes by, once, in order. */
export abstract class Checker {
  /** As in the list of invariants, for example `I1`. */
  abstract readonly invariant: string;
  /** The invariant as a sentence. */
  abstract readonly title: string;
  /** Streams that it looks at; all when there are none. */
  readonly categories: readonly string[] = [];
  checked = 0;
  failed = 0;
  /** Facts that the invariant allows but that somebody may want to know of. */
  flagged = 0;
  readonly violations: Violation[] = [];
  /** More are counted, not kept. */
  protected readonly mostKept: number = 100;

  /** Events are of today's version, personal fields sealed. */
  abstract see(recorded: Recorded): void;

  /** After the last event; `now` in milliseconds since 1970. */
  end?(now: number): void;

  protected fail({ stream, revision, position }: Place, sentence: string): void {
    this.failed++;
    if (this.violations.length < this.mostKept) this.violations.push({ stream, revision, position, sentence });
  }
}

/** The value of a key, made on first use. */
export const grown = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};
