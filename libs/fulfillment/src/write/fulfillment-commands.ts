import { type CommandContract, type Route } from '#event-store';

export const fulfillmentCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const fulfillmentRoutes: readonly Route[] = [];
