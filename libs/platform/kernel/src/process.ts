import { type Message } from './message.js';

/** An event as a process sees it. */
export interface Happened<Event extends Message = Message> {
  readonly event: Event;
  /** Event id: command ids are derived from it. */
  readonly id: string;
  readonly stream: string;
  readonly correlationId: string;
  readonly channel: string;
  /** Business time, ISO 8601 UTC. */
  readonly occurredAt: string;
}

/** A command that a process wants carried out; `type` names a command of the catalogue. */
export type Intent = Message;

/**
 * A policy over several streams, as a pure function. Instances run in parallel, one instance in order. A crash between
 * any two effects is harmless: the same events give the same intents with the same command ids.
 */
export interface Process<State, Event extends Message = Message> {
  /** Stable: it is part of every command id. */
  readonly name: string;
  /** It never has a state: nothing is looked up for its instances. */
  readonly stateless?: true;
  /** Stream categories that it listens to. */
  readonly categories: readonly string[];
  /** The instance that an event belongs to, if it belongs to any. */
  readonly instanceOf: (happened: Happened<Event>) => string | undefined;
  /**
   * `state` is undefined before the first event and after the process has ended; return `state: undefined` to end.
   * It must be plain JSON, and must ignore events that it has already seen or does not wait for.
   */
  readonly react: (state: State | undefined, happened: Happened<Event>) => Reaction<State>;
}

export interface Reaction<State> {
  readonly state: State | undefined;
  readonly intents: readonly Intent[];
}

/** Any process, for those who only run it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- State occurs as input and output, so nothing else fits all
export type AnyProcess = Process<any, any>;
