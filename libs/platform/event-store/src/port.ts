import { type Cause, type Message } from '#kernel';
import { type Position } from './position.js';

/** Revision of a stream that does not exist yet. */
export const NO_STREAM = -1;

/** The metadata of an event: its {@link Cause} and the version of its type. All values are strings. */
export interface Envelope extends Cause {
  /** Version of the event's type, as text. */
  readonly schema: string;
}

export interface NewEvent {
  /** UUIDv5 of the command id and the event's index among the events of the command. */
  readonly id: string;
  readonly event: Message;
  readonly envelope: Envelope;
}

/** A stored event. */
export interface Recorded extends NewEvent {
  /** `<category>-<id>`, for example `stock-TSHIRT-RED~store-12`. */
  readonly stream: string;
  /** Place in its stream, counted from 0. */
  readonly revision: number;
  /** Place in the log. */
  readonly position: Position;
  /** When the store recorded it: milliseconds since 1970. Business time is `envelope.occurredAt`. */
  readonly recordedAt: number;
}

/** The outcome of an append. Expected failures are outcomes, not exceptions. */
export type Appended =
  | { readonly outcome: 'stored'; readonly revision: number; readonly position: Position }
  /** The stream is no longer at the expected revision: nothing was written by this call. */
  | { readonly outcome: 'conflict' }
  /** The stream was permanently deleted (tombstoned): nothing can ever be appended to it. */
  | { readonly outcome: 'tombstoned' }
  /** The events are more than the store takes in one append, and will be more whenever they are sent. */
  | { readonly outcome: 'too-large'; readonly maxBytes: number }
  /** No answer: the events may or may not be stored. Repeat the same ids with the same expected revision to find out. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** The retention settings of a stream, which an operator has set with the store's own tools. */
export interface Retention {
  readonly stream: string;
  /** The stream's metadata as JSON; `$maxCount`, `$maxAge` and `$tb` hide events. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Set if the stream was permanently deleted. */
  readonly tombstoned?: true;
}

/** Changes of {@link Retention}, oldest first. */
export interface Retentions {
  readonly changes: readonly Retention[];
  /** Whether there were no newer changes yet. */
  readonly caughtUp: boolean;
}

/** Consecutive events of a subscription. */
export interface Batch {
  /** Empty if only the position has moved. */
  readonly events: readonly Recorded[];
  /** Position of an event up to which all events are delivered with this batch. */
  readonly position: Position;
  /** Whether there were no newer events yet. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  /** Deliver only streams of these categories. */
  readonly categories?: readonly string[];
  /** The maximum number of events in one batch. Default 500. */
  readonly batchSize?: number;
  readonly signal: AbortSignal;
}

/**
 * The port to the log of events; the store's own streams (`$…`) are never delivered. Every adapter passes the contract suite
 * `eventStoreContract` of #testing. An abstract class, not an interface, so that Nest can inject it by type.
 */
export abstract class EventStore {
  /** Appends all the events or none. */
  abstract append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended>;

  /**
   * The stream's events from `from` on, oldest first; none if it does not exist. Events that its metadata hide are left out:
   * prefer {@link readStream}, which detects that.
   *
   * @throws StreamTombstoned
   * @throws StreamMissing if it does not exist, or was deleted, and `from` is above 0
   */
  abstract read(stream: string, from?: number): AsyncIterable<Recorded>;

  /** The stream's metadata, if it has any. It does not tell whether the stream was tombstoned. */
  abstract retentionOf(stream: string): Promise<Retention | undefined>;

  /**
   * All changes of the retention of any stream, then new ones as they happen. Ends when `signal` aborts and throws when the
   * connection is lost. The next call yields all changes again.
   */
  abstract retentions(signal: AbortSignal): AsyncIterable<Retentions>;

  /**
   * All events after a position, then new ones as they are recorded. The position is `START` or that of an event. While it
   * catches up, it reads at most two batches ahead of the consumer. Ends when `signal` aborts, and throws when the connection is
   * lost or silent for too long. The caller then subscribes again from the last handled position.
   */
  abstract subscribe(after: Position, options: SubscribeOptions): AsyncIterable<Batch>;

  /**
   * The events of these categories after a position, oldest first. Ends where the log ended when the reading began, or a
   * little later. @throws Error when the position is not that of an event, and when the store does not answer
   */
  abstract readAll(after: Position, categories: readonly string[]): AsyncIterable<Recorded>;

  /**
   * Position of the newest event of these categories, or of all events, those of the system included; `START` when
   * there is none.
   */
  abstract head(categories?: readonly string[]): Promise<Position>;

  /** Whether there is an event at the position; always true for `START`. */
  abstract contains(position: Position): Promise<boolean>;

  /** Position of the newest event before a position; `START` when there is none. @throws Error as {@link readAll} */
  abstract newestBefore(position: Position): Promise<Position>;

  abstract close(): Promise<void>;
}

/** The category in the name of a stream: the part before the first hyphen. */
export const categoryOf = (stream: string) => {
  const hyphen = stream.indexOf('-');
  return hyphen < 0 ? stream : stream.slice(0, hyphen);
};

/** The id in the name of a stream: the part after the first hyphen. */
export const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);
