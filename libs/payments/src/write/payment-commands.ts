import { type CommandContract, type Route } from '#event-store';

export const paymentCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const paymentRoutes: readonly Route[] = [];
