import { parseInstant } from '#kernel';

const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * Reads the value of `--as-of`. A day stands for its end, UTC.
 * @returns the instant
 * @throws Error if it is neither a day nor an instant
 */
export const parseAsOf = (text: string): string => {
  const instant = parseInstant(DAY.test(text) ? `${text}T23:59:59.999Z` : text);
  if (instant !== undefined) return instant;
  throw new Error(
    `--as-of takes a day, such as 2030-01-31, or an instant, such as 2030-01-31T12:00:00Z, but not ${text}`,
  );
};
