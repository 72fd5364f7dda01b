import { type Provider, type Type } from '@nestjs/common';
import { type AnyStreamType, type CommandContract, type InMemoryView } from '#event-store';
import { type BiView, type Projection } from '#projections';
import { type Schema } from '#schema';
import { type CommandNotes } from './command-notes.js';
import { type Problems } from './problem-kind.js';

/**
 * The channels that see an event in the feed. The channel that caused it always does, and staff see all.
 *
 * - `every-channel`
 * - `its-channel`: no other
 * - `channel-of-id`: the channel whose id is the id of the stream
 * - `readersOf`: those that may read the row of this read model whose primary key is the id of the stream
 */
export type FeedAudience = 'every-channel' | 'its-channel' | 'channel-of-id' | { readonly readersOf: string };

/** How the feed shows the events of one category of streams. */
export interface FeedKind {
  /** What a key must be allowed to do, for example `orders:read`. */
  readonly scope: string;
  readonly audience: FeedAudience;
  /** Fields of the data that only the channel that caused the event sees; then correlation and causation are hidden, too. */
  readonly hidden?: readonly string[];
}

/** The version of an event that is published without its type and data, so that its revision is no gap for consumers. */
export const WITHHELD = 0;

type EventTypes<Streams extends readonly AnyStreamType[]> = {
  readonly [Index in keyof Streams]: keyof Streams[Index]['events'] & string;
}[number];

/** What is published in Kafka. */
interface Published<EventType extends string> {
  readonly topic: string;
  /**
   * The version of what is published of each event. Raise it when the published schema loses or changes something: a test
   * tells. {@link WITHHELD} hides an event.
   */
  readonly events: Readonly<Record<EventType, number>>;
}

/** What a capability brings. Everything that hosts compose follows from the manifests of all capabilities. */
export interface Manifest<Streams extends readonly AnyStreamType[], ProcessCommands extends object> {
  readonly streams: Streams;
  /** Commands that channels may send. */
  readonly commands: readonly CommandContract[];
  /** Of each command. */
  readonly commandNotes: CommandNotes;
  /** By name, the routes of the commands that processes and timers send: see `Routes` of the event store's port. */
  readonly processCommands: ProcessCommands;
  readonly readModels: readonly Projection[];
  /** For analysts, in schema `bi`. */
  readonly views: readonly BiView[];
  /**
   * The scopes whose commands change what a channel owns. A channel may send them only to streams that it was the first
   * to write to, or was given; for it, other streams do not exist. A command that begins a stream changes nothing yet.
   */
  readonly ownScopes: readonly string[];
  /** `nothing`: the events are in no topic. Left out only where there are no streams. */
  readonly published?: Published<EventTypes<Streams>> | 'nothing';
  /** By category of streams. */
  readonly feed: Readonly<Record<string, FeedKind>>;
  /** Refusals by the deciders and handlers of this capability, by code. */
  readonly problems: Problems;
  /** Modules with command handlers: of the host that takes commands, and of the one that runs processes. */
  readonly modules: { readonly api?: Type; readonly worker?: Type };
  /** The schemas of what queries answer, by their names in the document of the API. */
  readonly answers: Readonly<Record<string, Schema>>;
  /** Services that answer queries from the read models. */
  readonly queries: readonly Provider[];
  /** Followers of the log in memory, which the modules export and the hosts run. */
  readonly inMemoryViews: readonly Type<InMemoryView>[];
}

export interface Capability<ProcessCommands extends object = object> extends Manifest<
  readonly AnyStreamType[],
  ProcessCommands
> {
  /** The name of its library, without the hash. */
  readonly name: string;
}

const NOTHING = {
  commands: [],
  commandNotes: {},
  readModels: [],
  views: [],
  ownScopes: [],
  feed: {},
  problems: {},
  modules: {},
  answers: {},
  queries: [],
  inMemoryViews: [],
} as const;

/**
 * Declares a capability; what a manifest leaves out is empty.
 * @throws Error when feed and streams, or notes and commands, do not match, or publication is missing
 */
export const capability = <const Streams extends readonly AnyStreamType[], ProcessCommands extends object = object>(
  name: string,
  manifest: Pick<Manifest<Streams, ProcessCommands>, 'streams' | 'processCommands'> &
    Partial<Manifest<Streams, ProcessCommands>>,
): Capability<ProcessCommands> => {
  const declared = { ...NOTHING, ...manifest, name };
  const { streams, feed, commands, commandNotes } = declared;
  checkSame(
    `Manifest of ${name}: feed and streams`,
    Object.keys(feed),
    streams.map(({ category }) => category),
  );
  checkSame(
    `Manifest of ${name}: the commands, and what src/command-notes.ts says of each,`,
    Object.keys(commandNotes),
    commands.map((command) => command.name),
  );
  if (declared.streams.length > 0 && !declared.published) throw new Error(`Manifest of ${name}: published is missing`);
  return declared;
};

/** @throws Error */
const checkSame = (subject: string, some: readonly string[], others: readonly string[]) => {
  const different = new Set(some).symmetricDifference(new Set(others));
  if (different.size > 0) throw new Error(`${subject} differ in ${[...different].join(', ')}`);
};
