import { setTimeout as pause } from 'node:timers/promises';
import { type KontorClient } from './client.js';

export interface Status {
  readonly head: number;
  readonly consumers: readonly { readonly name: string; readonly position: number; readonly lag: number }[];
}

/** Waits until every consumer has handled all events and no new ones have followed. @throws Error if they do not advance */
export const settle = async (client: KontorClient, onLag: (lag: number) => void = () => undefined): Promise<void> => {
  let quiet: number | undefined;
  let moved = performance.now();
  for (let last = ''; ;) {
    const { head, consumers } = await client.get<Status>('/v1/status');
    const lag = Math.max(0, ...consumers.map((one) => one.lag));
    if (lag === 0 && quiet === head) return;
    quiet = lag === 0 ? head : undefined;
    onLag(lag);
    const progress = JSON.stringify([head, consumers.map(({ position }) => position)]);
    if (progress !== last) moved = performance.now();
    last = progress;
    if (performance.now() - moved > 60_000)
      throw new Error(`The consumers do not advance, ${lag} events behind: see kontor status`);
    await pause(150);
  }
};
