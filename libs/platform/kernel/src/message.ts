/**
 * Something said in the language of the business: a name and its data.
 * Data is plain JSON (no Date, Map, bigint or undefined) because events outlive this code.
 */
export type Message<Type extends string = string, Data extends object = object> = Readonly<{
  type: Type;
  data: Readonly<Data>;
}>;

/** The messages of a union that have these names. A name that no message has does not compile. */
export type Named<Union extends Message, Type extends Union['type']> = Extract<Union, { type: Type }>;

/** Who asked, through which channel, and why. Every event that a command causes carries it in its metadata. */
export interface Cause {
  /** Made by the caller, reused on every retry: it is what makes commands safe to repeat. A UUID. */
  readonly commandId: string;
  /** The conversation that this belongs to, for example an order id. */
  readonly correlationId: string;
  /** The event that made a process send the command; absent when a person or channel sent it. */
  readonly causationId?: string;
  /** Channel id, or `system` for processes. */
  readonly channel: string;
  /** Who acted: `key:<id>`, `process:<name>`, `staff:<id>`. Never a personal name or address. */
  readonly actor: string;
  /** Business time, ISO 8601 UTC with milliseconds. May be hours old when an offline till reports. */
  readonly occurredAt: string;
  /** Whose personal data the command carries: a random subject id, never an e-mail. */
  readonly subject?: string;
  /** Keyed digest of the command's body, so that the same id with another body is refused. */
  readonly fingerprint?: string;
  readonly traceparent?: string;
}

/** The cause of a command that is being decided. */
export interface DecisionCause extends Cause {
  /**
   * The time by Kontor's own clock, ISO 8601 UTC with milliseconds. Deadlines run from it and are compared with it, because the
   * sender's `occurredAt` may be of any age. It is not recorded.
   */
  readonly decidedAt: string;
}

/** A deadline. @param instant ISO 8601 UTC */
export const secondsAfter = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

/**
 * The whole behaviour of one aggregate, as pure functions: no clock, no randomness, no I/O.
 *
 * `decide` has four outcomes:
 *   - events, when the command is accepted;
 *   - a rejection event, when the business says no and someone must react to it;
 *   - no events, when there is nothing left to do;
 *   - a thrown {@link DomainError}, when the caller made a mistake.
 *
 * `evolve` returns the state after the event, and may change `state` in place for that. So `decide`, or a handler that prepares a
 * command, must read a state before the next event is folded. `recordedId` is the id of an event that was read from the log:
 * its personal fields are sealed. It is undefined for an event that was just decided, whose personal fields are in clear.
 */
export interface Decider<State, Command extends Message, Event extends Message> {
  readonly initialState: () => State;
  readonly decide: (command: Command, state: Readonly<State>, cause: DecisionCause) => readonly Event[];
  readonly evolve: (state: State, event: Event, cause: Cause, recordedId?: string) => State;
}

/** A command that breaks a rule. `code` is stable and part of the API; `message` is for people. */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Facts that a machine can act on, for example `{ available: 3 }`. */
    readonly details: Readonly<Record<string, string | number | boolean>> = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}
