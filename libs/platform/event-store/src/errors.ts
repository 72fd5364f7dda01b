import { DomainError } from '#kernel';
import { type Position } from './position.js';

/** The command id was used before with another body. */
export class CommandIdReused extends Error {
  constructor(readonly commandId: string) {
    super('The key of this command was used before for another one, or with another body: use a new key');
    this.name = 'CommandIdReused';
  }
}

/** The store did not tell whether the events were stored. Send the same command with the same id again to find out. */
export class OutcomeUnknown extends Error {
  constructor(stream: string, reason: string) {
    super(`No answer for ${stream}: ${reason}`);
    this.name = 'OutcomeUnknown';
  }
}

/** What a command causes is more than the event store takes in one append. Nothing of it was stored. */
export class AppendTooLarge extends DomainError {
  constructor(stream: string, maxBytes: number) {
    const limit = `${Math.floor(maxBytes / 1024)} KiB`;
    super('too-large', `What would be recorded in ${stream} at once exceeds ${limit}. Send less in one command.`, {
      maxBytes,
    });
    this.name = 'AppendTooLarge';
  }
}

/**
 * The log has no event at the checkpoint of a consumer, or another one. The log is older than the database, for example a restored
 * backup, or another log. The database may contain the effects of events that are not in this log.
 */
export class LogMismatch extends Error {
  constructor(consumer: string, position: Position, found: 'no event' | 'another event' = 'no event') {
    super(
      `The event store has ${found} at position ${String(position)}, the checkpoint of ${consumer}: its log is older than the database, ` +
        'or another one, and events that Kontor has handled are lost. Restore the database that belongs to this log, or rebuild everything from the log: kontor consumers reset, then kontor rebuild --processes',
    );
    this.name = 'LogMismatch';
  }
}

/** The place from which on a stream cannot be read. */
export interface Unreadable {
  readonly stream: string;
  /** Revision of the first event that is missing or cannot be read. */
  readonly revision: number;
  /** Type of the event; undefined if it is missing. */
  readonly type?: string;
  /** The reason as a sentence. */
  readonly reason: string;
}

/**
 * A stream of Kontor lacks events, or has an event that is not one of Kontor's. Retrying does not help: consumers park the
 * stream, and commands to it are refused.
 */
export class StreamNotReadable extends Error implements Unreadable {
  readonly stream: string;
  readonly revision: number;
  readonly type?: string;
  readonly reason: string;

  constructor({ stream, revision, type, reason }: Unreadable) {
    super(`${stream} cannot be read from revision ${revision} on: ${reason}`);
    this.name = 'StreamNotReadable';
    this.stream = stream;
    this.revision = revision;
    if (type !== undefined) this.type = type;
    this.reason = reason;
  }
}

/** The stream was permanently deleted (tombstoned): it can never be read or appended to again. */
export class StreamTombstoned extends Error {
  constructor(readonly stream: string) {
    super(`The stream ${stream} was permanently deleted`);
    this.name = 'StreamTombstoned';
  }
}

/** There is no such stream, although the caller has read events of it before. */
export class StreamMissing extends Error {
  constructor(readonly stream: string) {
    super(`There is no stream ${stream}`);
    this.name = 'StreamMissing';
  }
}

/** Converts the error of a fold. */
export const asStreamNotReadable = (error: unknown, event: Omit<Unreadable, 'reason'>): StreamNotReadable =>
  error instanceof StreamNotReadable
    ? error
    : new StreamNotReadable({ ...event, reason: `${event.type ?? 'the event'} cannot be folded (${String(error)})` });
