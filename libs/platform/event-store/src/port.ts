import { type Cause, type Message } from '#kernel';
import { type Position } from './position.js';

/** Revision of a stream that does not exist yet. */
export const NO_STREAM = -1;

/** The data that every event carries besides its own: the {@link Cause} and the version of its type. Flat and string-valued. */
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
  /** Place in the whole log. It only grows. */
  readonly position: Position;
  /** When the store recorded it: milliseconds since 1970. Business time is `envelope.occurredAt`. */
  readonly recordedAt: number;
}

/** The outcome of an append. A thrown error means a bug, never bad luck. */
export type Appended =
  | { readonly outcome: 'stored'; readonly revision: number; readonly position: Position }
  /** The stream is no longer at the expected revision: nothing was written by this call. */
  | { readonly outcome: 'conflict' }
  /** The stream was deleted for good (tombstoned): nothing can be appended to it ever again. */
  | { readonly outcome: 'tombstoned' }
  /** The events are more than the store takes in one append, and will be more whenever they are sent. */
  | { readonly outcome: 'too-large'; readonly maxBytes: number }
  /** No answer: the events may or may not be stored. Repeat the same ids with the same expected revision to find out. */
  | { readonly outcome: 'unknown'; readonly reason: string };

/** The retention settings of a stream, which somebody has made with the store's own tools. */
export interface Retention {
  readonly stream: string;
  /** The stream's metadata as JSON; `$maxCount`, `$maxAge` and `$tb` hide events. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** It was deleted for good. */
  readonly tombstoned?: true;
}

/** Changes of {@link Retention}, oldest first. */
export interface Retentions {
  readonly changes: readonly Retention[];
  /** There were no newer ones when these came. */
  readonly caughtUp: boolean;
}

/** Consecutive events of a subscription. */
export interface Batch {
  /** May be empty when only the position has moved. */
  readonly events: readonly Recorded[];
  /** Position of an event up to which everything was delivered, this batch included. */
  readonly position: Position;
  /** Nothing newer was waiting when this batch was cut. */
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
   * The stream's events from `from` on, oldest first, as far as its metadata do not hide them; none if it does not exist.
   * Prefer {@link readWhole}, which notices what is hidden.
   *
   * @throws StreamTombstoned
   * @throws StreamMissing if it does not exist, or was deleted, and `from` is above 0
   */
  abstract read(stream: string, from?: number): AsyncIterable<Recorded>;

  /** The stream's metadata; undefined if it has none. That it was tombstoned shows only when it is read. */
  abstract retentionOf(stream: string): Promise<Retention | undefined>;

  /**
   * All changes of the retention of any stream, then those to come, as they happen. Ends when `signal` aborts, throws when the
   * connection is lost: the caller asks again, and gets all changes again.
   */
  abstract retentions(signal: AbortSignal): AsyncIterable<Retentions>;

  /**
   * All events after a position, then those to come, as they are recorded. The position is `START` or that of an event. While
   * it catches up, it reads no more than two batches ahead, so a slow consumer slows the reading down. Ends when `signal`
   * aborts, throws when the connection is lost or has been silent for long: the caller subscribes again from the last position
   * that it has handled.
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

  /** Whether an event stands at the position. `START` comes before every log, so it is always there. */
  abstract contains(position: Position): Promise<boolean>;

  abstract close(): Promise<void>;
}

/** The category in the name of a stream: the part before the first hyphen. */
export const categoryOf = (stream: string) => {
  const hyphen = stream.indexOf('-');
  return hyphen < 0 ? stream : stream.slice(0, hyphen);
};

/** The id in the name of a stream: the part after the first hyphen. */
export const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);
