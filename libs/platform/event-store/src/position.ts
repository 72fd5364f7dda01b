declare const opaque: unique symbol;

/**
 * The place of an event in the log. Positions can be compared (`<`, `>`, `===`) and printed (`String`). Their difference means
 * nothing, so the type allows no arithmetic.
 *
 * EventStoreDB has two numbers, commit and prepare. They are equal for every event that was not written in an explicit
 * transaction, which this protocol cannot write, so one is enough for an event. They differ in checkpoints, where the
 * commit alone may be that of an event yet to be written (KurrentDB issue 4970): an adapter never gives those out.
 */
export interface Position {
  readonly [opaque]: 'position';
  toString(): string;
}

/** Before the first event. */
export const START = 0 as unknown as Position;

/** Converts the number of a position from a database, a message or a token of a caller. */
export const asPosition = (value: number) => value as unknown as Position;

/** Parses a position. @returns undefined for any other text */
export const parsePosition = (text: string): Position | undefined => {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? asPosition(value) : undefined;
};

export const laterOf = (one: Position, other: Position) => (one < other ? other : one);
export const earlierOf = (one: Position, other: Position) => (one < other ? one : other);

/** For sorting, the earliest first. */
export const byPosition = (one: { readonly position: Position }, other: { readonly position: Position }) =>
  one.position < other.position ? -1 : Number(one.position > other.position);
