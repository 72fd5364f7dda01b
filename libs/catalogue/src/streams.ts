import { customer, customerCommands } from '#customers';
import { type AnyStreamType, type CommandContract } from '#event-store';
import { type EventDefinition } from '#kernel';
import { channel, location, networkCommands } from '#network';
import { ledgerEntry, order, orderCommands, recordedReturn } from '#orders';
import { stockCommands, stockItem } from '#stock';

export const streamTypes: readonly AnyStreamType[] = [
  stockItem,
  order,
  recordedReturn,
  ledgerEntry,
  customer,
  location,
  channel,
];

/** Every event type of every capability; names are unique across them. */
export const eventDefinitions: Readonly<Record<string, EventDefinition>> = Object.fromEntries(
  streamTypes.flatMap(({ events }) => Object.entries<EventDefinition>(events)),
);

/** Every command that a channel may send. */
export const commands: readonly CommandContract[] = [
  ...stockCommands,
  ...orderCommands,
  ...customerCommands,
  ...networkCommands,
];
