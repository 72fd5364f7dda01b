import { setTimeout as pause } from 'node:timers/promises';

interface Patience {
  /** What is waited for, for the error. */
  readonly for: string;
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Asks again and again until the answer is something. Until then, errors are answers too. @throws Error when it takes too long */
export const until = async <Found>(
  ask: () => Found | undefined | false | Promise<Found | undefined | false>,
  { for: what, withinMs = 20_000, everyMs = 25 }: Patience,
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
