import { type Message } from '#kernel';
import { type AnyInputs, type ProcessInputs } from './process-inputs.js';

/** An event as it is delivered to a process. */
export interface DeliveredEvent<Event extends Message = Message> {
  readonly event: Event;
  /** Id of the event: the ids of the commands that it leads to are derived from it. */
  readonly id: string;
  readonly stream: string;
  readonly correlationId: string;
  readonly channel: string;
  /** Whose personal data the conversation is about; it goes with the commands that the event leads to. */
  readonly subject?: string;
  /** Business time, ISO 8601 UTC. */
  readonly occurredAt: string;
}

/**
 * Delivered to a process when one of its own commands was refused, in the circumstances of the event that led to the
 * command. It is recorded as `ProcessCommandRefused` before anything follows from it, so that a repeat gives the same answer.
 */
export type CommandRefused<Command extends Message> = Message<
  'CommandRefused',
  {
    readonly command: Command;
    /** Code of the DomainError. */
    readonly code: string;
  }
>;

/** What a process remembers from now on, and the commands to send. */
export interface Reaction<State, Command extends Message> {
  /** Undefined: the instance has nothing left to do, and is forgotten. */
  readonly state: State | undefined;
  readonly commands: readonly Command[];
}

/**
 * A process manager over several streams, as a pure function. Instances run in parallel, one instance in order. A crash
 * between any two effects is harmless: the same events give the same commands with the same command ids.
 */
export interface Process<State extends object, Event extends Message, Command extends Message> {
  /** Stable: it is part of every command id. */
  readonly name: string;
  /** It never has a state: nothing is looked up for its instances. */
  readonly stateless?: true;
  readonly inputs: ProcessInputs<Event>;
  /** The instance that an event belongs to, if it belongs to any. */
  readonly instanceOf: (delivered: DeliveredEvent<Event>) => string | undefined;
  /** Turns a state that an earlier version has stored into one of today; gives back a state of today as it is. */
  readonly upcast?: (stored: never) => State;
  /**
   * `state` is undefined before the first event and after the instance has completed. A state must be plain JSON. Events
   * that the instance has already seen, or does not wait for, must leave it as it is.
   * @throws Error when only a person can help: the instance is parked
   */
  readonly react: (
    state: State | undefined,
    delivered: DeliveredEvent<Event | CommandRefused<Command>>,
    instance: string,
  ) => Reaction<State, Command>;
}

/** Any process that sends certain commands. It has methods, so that processes of every state and every event fit. */
export interface AnyProcess<Command extends Message = Message> {
  readonly name: string;
  readonly stateless?: true;
  readonly inputs: AnyInputs;
  instanceOf(delivered: DeliveredEvent): string | undefined;
  upcast?(stored: object): object;
  react(state: object | undefined, delivered: DeliveredEvent, instance: string): Reaction<object, Command>;
}

/** The commands that a process sends. */
export type CommandOf<AnyOf> = AnyOf extends AnyProcess<infer Command> ? Command : never;

/** The state is this from now on; there is nothing to send. */
export const remember = <State>(state: State): Reaction<NonNullable<State>, never> => ({
  state: state ?? undefined,
  commands: [],
});

/** The instance has nothing left to do, and there is nothing to send. */
export const COMPLETE: Reaction<never, never> = { state: undefined, commands: [] };

interface Policy<Event extends Message, Command extends Message> extends Pick<
  Process<never, Event, Command>,
  'name' | 'inputs' | 'instanceOf'
> {
  /** @throws Error when only a person can help: the instance is parked */
  readonly commandsAfter: (
    delivered: DeliveredEvent<Event | CommandRefused<Command>>,
    instance: string,
  ) => readonly Command[];
}

/** A process that remembers nothing: each event leads to commands, whatever came before it. */
export const policy = <Event extends Message, Command extends Message>({
  commandsAfter,
  ...process
}: Policy<Event, Command>): Process<never, Event, Command> => ({
  ...process,
  stateless: true,
  react: (_, delivered, instance) => ({ state: undefined, commands: commandsAfter(delivered, instance) }),
});
