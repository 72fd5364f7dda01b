import { type CommandContract, type Route } from '#event-store';

export const cartCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const cartRoutes: readonly Route[] = [];
