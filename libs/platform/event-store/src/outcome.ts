import { type Message } from '#kernel';
import { type Position } from './position.js';

/** What a command led to. */
export interface Outcome<Event extends Message = Message> {
  /** Revision of the stream afterwards: the caller's ETag. */
  readonly revision: number;
  /** A position in the log at or after the command's last event; undefined when it caused none. */
  readonly position: Position | undefined;
  /** The events that the command caused, now or when it was first sent; personal fields may be sealed in a repeat. */
  readonly events: readonly Event[];
  readonly eventIds: readonly string[];
  /** The command had been carried out before. */
  readonly repeated: boolean;
}
