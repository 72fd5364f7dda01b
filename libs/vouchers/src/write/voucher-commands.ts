import { type CommandContract, type Route } from '#event-store';

export const voucherCommands: readonly CommandContract[] = [];

/** Sent by processes only. */
export const voucherRoutes: readonly Route[] = [];
