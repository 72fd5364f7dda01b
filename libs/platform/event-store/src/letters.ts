import { type Position } from './position.js';
import { type Cause, type Message } from '#kernel';
import { type LoadedStream, type Remembered } from './loaded-stream.js';
import { type Appended, type NewEvent } from './port.js';

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

/** A command on its way. */
export interface Letter<Command, Event extends Message> {
  readonly command: Command;
  readonly cause: Cause;
  readonly resolve: (outcome: Outcome<Event>) => void;
  readonly reject: (error: unknown) => void;
}

/** Given once the events of the batch are stored, if there are any. */
export type Answer = (stored: Extract<Appended, { outcome: 'stored' }> | undefined) => void;

interface Verdict<Event> {
  readonly remembered?: Remembered;
  readonly decided?: readonly Event[];
  readonly refusal?: unknown;
}

/** A decider that throws refuses its own command only. */
export const judge = <State, Command extends Message, Event extends Message>(
  stream: LoadedStream<State, Command, Event>,
  { command, cause }: Letter<Command, Event>,
): Verdict<Event> => {
  try {
    const remembered = stream.recall(cause);
    return remembered ? { remembered } : { decided: stream.decide(command, cause) };
  } catch (refusal) {
    return { refusal };
  }
};

export const accept = <State, Command extends Message, Event extends Message>(
  stream: LoadedStream<State, Command, Event>,
  letter: Letter<Command, Event>,
  decided: readonly Event[],
  events: NewEvent[],
): Answer => {
  const accepted = stream.accept(decided, letter.cause);
  const eventIds = accepted.map(({ id }) => id);
  const { revision } = stream;
  events.push(...accepted);
  return (stored) => {
    const position = decided.length > 0 ? stored?.position : undefined;
    letter.resolve({ revision, position, events: decided, eventIds, repeated: false });
  };
};
