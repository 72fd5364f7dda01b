import { eventDefinitions } from '#catalogue';
import { type EventDefinition } from '#kernel';

/** Event type → its definition. */
export const definitions: Readonly<Record<string, EventDefinition>> = eventDefinitions;
