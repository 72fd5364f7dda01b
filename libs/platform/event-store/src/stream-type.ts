import { type Decider, type EventDefinitions, type Message } from '#kernel';

/** A type of stream, with the only decider that writes to it and the definitions of its events. */
export interface StreamType<State, Command extends Message, Event extends Message> {
  /** First part of the stream's name; letters and underscores only. */
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  readonly events: EventDefinitions<Event>;
  /** For long streams only. */
  readonly snapshot?: SnapshotCodec<State>;
  /**
   * Commands that usually create their stream. They are decided on the empty state without reading, and the expected revision
   * tells if the stream exists. If two processes get the same command at the same instant, the answer of the second may differ
   * from the stored events of the first.
   */
  readonly creates?: readonly string[];
  /** The channel to which the event gives the stream, in addition to the channel that wrote to it first. */
  readonly givenTo?: (event: Event) => string | undefined;
  /** The id of the stream replaces the correlation id of every command to it. */
  readonly correlatedByStream?: true;
  /** The number of command ids that are remembered in one stream. Default: all of them. */
  readonly maxRememberedCommands?: number;
}

/** Stores a state as JSON and loads it again. A snapshot of another version is ignored. */
export interface SnapshotCodec<State> {
  /** Increase it whenever `evolve` or the shape changes. */
  readonly version: number;
  readonly save: (state: State) => object;
  readonly load: (saved: object) => State;
}

/** A state at a revision, with the commands that led to it. It is a cache that may be deleted at any time. */
export interface Snapshot {
  readonly revision: number;
  readonly version: number;
  readonly state: object;
  /** Command id → [first revision, number of events, fingerprint]. */
  readonly commands: readonly (readonly [id: string, revision: number, count: number, fingerprint: string])[];
}

/** The port to stored snapshots. */
export abstract class SnapshotStore {
  abstract load(stream: string): Promise<Snapshot | undefined>;
  abstract save(stream: string, snapshot: Snapshot): Promise<void>;
}

/** A type of stream of any state, commands and events. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- State occurs as input and output, so nothing else fits all
export type AnyStreamType = StreamType<any, any, any>;
