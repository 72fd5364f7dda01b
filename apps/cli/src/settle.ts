import { setTimeout as pause } from 'node:timers/promises';
import { isTemporary, type KontorClient } from './client.js';

export interface Status {
  readonly head: number;
  readonly consumers: readonly { readonly name: string; readonly position: number; readonly lag: number }[];
}

const MAX_STANDSTILL_MS = 60_000;

/**
 * Waits until every consumer has handled all events and no new ones have followed. An API that cannot tell now is asked again.
 * @throws Error if they do not advance
 */
export const settle = async (client: KontorClient, onLag: (lag: number) => void = () => undefined): Promise<void> => {
  let last: Status | undefined;
  for (let moved = performance.now(); performance.now() - moved <= MAX_STANDSTILL_MS;) {
    const status = await statusOf(client);
    if (status) {
      if (isQuiet(status, last)) return;
      onLag(lagOf(status));
      if (progressOf(status) !== progressOf(last)) moved = performance.now();
      last = status;
    }
    await pause(150);
  }
  throw new Error(`${standstill(last)}: see kontor status`);
};

const lagOf = ({ consumers }: Status) => Math.max(0, ...consumers.map(({ lag }) => lag));
const isQuiet = (status: Status, last: Status | undefined) =>
  last?.head === status.head && lagOf(last) === 0 && lagOf(status) === 0;
const standstill = (last: Status | undefined) =>
  last
    ? `The consumers do not advance, ${lagOf(last)} events behind`
    : 'The API does not tell how far the consumers are';
const progressOf = (status: Status | undefined) =>
  JSON.stringify([status?.head, status?.consumers.map(({ position }) => position)]);

const statusOf = (client: KontorClient): Promise<Status | undefined> =>
  client.get<Status>('/v1/status').catch((error: unknown) => {
    if (isTemporary(error)) return undefined;
    throw error;
  });
