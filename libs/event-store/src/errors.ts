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

/**
 * The log has no event where a consumer left off: the log is an older one than the database was made from (a restored backup), or
 * another one. Whatever came after the end of this log is in the database and nowhere else.
 */
export class PositionGone extends Error {
  constructor(consumer: string, position: Position) {
    super(
      `The event store has no event at position ${String(position)}, up to which ${consumer} have followed it: it is an older or another ` +
        'log than the database was made from. Restore the database that belongs to it, or make everything anew from this log: kontor consumers reset',
    );
    this.name = 'PositionGone';
  }
}
