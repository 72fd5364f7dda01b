import { type CommandContract, type Route } from '#event-store';

export const sourcingCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const sourcingRoutes: readonly Route[] = [];
