import { type CommandNotes } from '#capability';
import {
  categoryOf,
  recognizeEvent,
  type AnyStreamType,
  type CommandContract,
  type KnownEvents,
  type Recorded,
} from '#event-store';
import { personalPaths, type EventDefinition } from '#kernel';
import { capabilities } from './capabilities.js';

export const streamTypes: readonly AnyStreamType[] = capabilities.flatMap(({ streams }) => streams);

/** Every event type of every capability. */
export const eventDefinitions: Readonly<Record<string, EventDefinition>> = Object.fromEntries(
  streamTypes.flatMap(({ events }) => Object.entries<EventDefinition>(events)),
);

const hasSealedFields = (definition: EventDefinition) => personalPaths(definition).length > 0;

/** The categories of streams and the types of events with sealed fields. */
export const sealedStreams = {
  categories: streamTypes
    .filter(({ events }) => Object.values<EventDefinition>(events).some(hasSealedFields))
    .map(({ category }) => category),
  types: new Set(Object.entries(eventDefinitions).flatMap(([type, one]) => (hasSealedFields(one) ? [type] : []))),
};

const byCategory: ReadonlyMap<string, AnyStreamType> = new Map(streamTypes.map((type) => [type.category, type]));

/** The kind of a stream; undefined for a stream that is not the product's. */
export const streamTypeOf = (stream: string): AnyStreamType | undefined => byCategory.get(categoryOf(stream));

/** The events that may stand in a stream; none for a stream that is not the product's. */
export const eventsOf = (stream: string): KnownEvents => streamTypeOf(stream)?.events ?? {};

/** Every command that a channel may send. */
export const commands: readonly CommandContract[] = capabilities.flatMap((capability) => capability.commands);

export const commandNotes: CommandNotes = Object.fromEntries(
  capabilities.flatMap((capability) => Object.entries(capability.commandNotes)),
);

/** Whether the event is one of the product's, as far as today's code knows. */
export const isReadable = (recorded: Recorded): boolean => {
  try {
    recognizeEvent(recorded, eventsOf(recorded.stream));
    return true;
  } catch {
    return false;
  }
};
