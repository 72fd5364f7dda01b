/** Delays between tries: each is twice as long as the one before it, up to a maximum. */
export interface RetryDelays {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after the given number of failures in a row, which is 1 after the first.
 * @param random a number from 0 to 1: takes up to a half off the delay, so that those who failed together do not come
 * back together
 */
export const retryDelayMs = (failures: number, { firstMs, maxMs }: RetryDelays, random?: () => number): number => {
  const delayMs = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return random ? delayMs * (0.5 + random() / 2) : delayMs;
};
