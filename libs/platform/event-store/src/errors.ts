import { DomainError } from '#kernel';
import { type Position } from './position.js';

/** The command id was used before with another body. */
export class CommandIdReused extends Error {
  constructor(readonly commandId: string) {
    super(`Command ${commandId} was sent before with another body`);
    this.name = 'CommandIdReused';
  }
}

/**
 * The store did not say whether the events were stored. Sending the same command with the same id again is safe, and
 * is the way to find out.
 */
export class OutcomeUnknown extends Error {
  constructor(stream: string, reason: string) {
    super(`No answer from the event store for ${stream}: ${reason}`);
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
 * The log has no event at the checkpoint of a consumer: it is an older log than the one that the database was made from (a
 * restored backup), or another one. What came after the end of this log is in the database and nowhere else.
 */
export class PositionGone extends Error {
  constructor(consumer: string, position: Position) {
    super(
      `The event store has no event at position ${String(position)}, up to which ${consumer} have followed it: it is an older or another ` +
        'log than the database was made from. Restore the database that belongs to it, or rebuild everything from this log: kontor consumers reset',
    );
    this.name = 'PositionGone';
  }
}

/** Where a stream stops being readable. */
export interface Unreadable {
  readonly stream: string;
  /** Of the first event that cannot be read, or that is missing. */
  readonly revision: number;
  /** Type of the event that stands there; undefined where events are missing. */
  readonly type?: string;
  /** Why, as a sentence. */
  readonly reason: string;
}

/**
 * A stream of Kontor has an event that is not one of Kontor's, or lacks events. Trying again does not help: consumers park the
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

/** The stream was deleted for good (tombstoned): nobody can read it or append to it again. */
export class StreamTombstoned extends Error {
  constructor(readonly stream: string) {
    super(`The stream ${stream} was deleted for good`);
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

/** The error for an event at which a fold has thrown. */
export const asStreamNotReadable = (error: unknown, event: Omit<Unreadable, 'reason'>): StreamNotReadable =>
  error instanceof StreamNotReadable
    ? error
    : new StreamNotReadable({ ...event, reason: `${event.type ?? 'the event'} cannot be folded (${String(error)})` });
