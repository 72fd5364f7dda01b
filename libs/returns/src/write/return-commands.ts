import { type CommandContract, type Route } from '#event-store';

export const returnCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const returnRoutes: readonly Route[] = [];
