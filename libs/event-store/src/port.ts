import { type Cause, type Message } from '#kernel';

/** Revision of a stream that does not exist yet. */
export const NO_STREAM = -1;

/** What every event carries besides its data: the {@link Cause} and the version of its type. Flat and string-valued. */
export interface Envelope extends Cause {
  /** Version of the event's type, as text. */
  readonly schema: string;
}

export interface NewEvent {
  /** UUIDv5 of the command id and the event's index in what the command caused. */
  readonly id: string;
  readonly event: Message;
  readonly envelope: Envelope;
}

/** An event as the store returns it. */
export interface Recorded extends NewEvent {
  /** `<category>-<id>`, for example `stock-TSHIRT-RED~store-12`. */
  readonly stream: string;
  /** Place in its stream: 0, 1, 2… */
  readonly revision: number;
  /** Place in the whole log. It only grows, and may skip numbers. */
  readonly position: number;
  /** When the store recorded it: milliseconds since 1970. Business time is `envelope.occurredAt`. */
  readonly recordedAt: number;
}

/** What became of an append. A thrown error means a bug, never bad luck. */
export type Appended =
  | { readonly outcome: 'stored'; readonly revision: number; readonly position: number }
  /** The stream is no longer at the expected revision: nothing was written by this call. */
  | { readonly outcome: 'conflict' }
  /** No answer: the events may or may not be stored. Repeat the same ids with the same expected revision to find out. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** A piece of the log, in order. */
export interface Batch {
  /** May be empty when only the position has moved. */
  readonly events: readonly Recorded[];
  /** Everything up to here has been delivered, including what the filter left out. */
  readonly position: number;
  /** Nothing newer was waiting when this batch was cut. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  /** Deliver only streams of these categories. */
  readonly categories?: readonly string[];
  /** Most events in one batch. Default 500. */
  readonly batchSize?: number;
  readonly signal: AbortSignal;
}

/**
 * The port to the log of events; system events (`$…`) are never delivered. Every adapter passes the contract suite
 * `eventStoreContract` of #testing. An abstract class, not an interface, so that Nest can inject it by type.
 */
export abstract class EventStore {
  /** Appends all the events or none. */
  abstract append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended>;

  /** The stream's events from `from` on, oldest first; none if it does not exist. */
  abstract read(stream: string, from?: number): AsyncIterable<Recorded>;

  /**
   * Everything after a position, then what is new, as it comes. Reads ahead no more than two batches: a slow consumer
   * slows the reading down. Ends when `signal` aborts, throws when the connection is lost or has been silent for long:
   * the caller subscribes again from the last position that it handled.
   */
  abstract subscribe(after: number, options: SubscribeOptions): AsyncIterable<Batch>;

  /** Position of the newest event; 0 for an empty log. */
  abstract head(): Promise<number>;

  abstract close(): Promise<void>;
}

/** The category of a stream name: all before the first hyphen. */
export const categoryOf = (stream: string) => {
  const hyphen = stream.indexOf('-');
  return hyphen < 0 ? stream : stream.slice(0, hyphen);
};

/** The id part of a stream name: all after the first hyphen. */
export const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);
