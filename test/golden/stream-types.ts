import { eventDefinitions } from '#registry';
import { type EventDefinition } from '#kernel';

/** Event type → its definition. */
export const definitions: Readonly<Record<string, EventDefinition>> = eventDefinitions;
