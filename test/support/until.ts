import { setTimeout as pause } from 'node:timers/promises';

interface WaitOptions {
  /** The object of the wait, for the error. */
  readonly for: string;
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Calls `ask` until it returns neither undefined nor false. Errors count as undefined. @throws Error if that takes too long */
export const until = async <Found>(
  ask: () => Found | undefined | false | Promise<Found | undefined | false>,
  { for: what, withinMs = 20_000, everyMs = 25 }: WaitOptions,
): Promise<Found> => {
  const end = performance.now() + withinMs;
  for (;;) {
    let last: unknown;
    try {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`Waited ${withinMs} ms for ${what}`, { cause: last });
    await pause(everyMs);
  }
};
