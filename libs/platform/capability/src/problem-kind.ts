/** A refusal as callers know it; its code is stable. */
export interface ProblemKind {
  /** Of the HTTP answer. */
  readonly status: number;
  /** For people: what it means and what to do about it. */
  readonly meaning: string;
  /** The same request may succeed later; a command keeps its idempotency key. */
  readonly retryable?: true;
}

export type Problems = Readonly<Record<string, ProblemKind>>;

/** What the request names is not there. */
export const missing = (meaning: string): ProblemKind => ({ status: 404, meaning });

/** A rule refuses it in the present state. */
export const conflict = (meaning: string): ProblemKind => ({ status: 409, meaning });

/** It is refused in the present state, which will change by itself: the same command may succeed later. */
export const conflictForNow = (meaning: string): ProblemKind => ({ status: 409, meaning, retryable: true });

/** It contradicts itself, whatever the state. */
export const contradiction = (meaning: string): ProblemKind => ({ status: 422, meaning });
