import { type Message } from '#kernel';
import { type Position } from './position.js';

/** The result of a command. */
export interface Outcome<Event extends Message = Message> {
  /** Revision of the stream after the command; the ETag for the caller. */
  readonly revision: number;
  /** A position at or after the command's last event; undefined if it has no events. */
  readonly position: Position | undefined;
  /** The events of the command, from now or from when it was first sent. In a repeat, personal fields may be sealed. */
  readonly events: readonly Event[];
  readonly eventIds: readonly string[];
  /** Whether the command was carried out before. */
  readonly repeated: boolean;
}
