import { parseInstant } from '#kernel';

const DAY = /^\d{4}-\d\d-\d\d$/;

const parse = (option: string, text: string, timeOfDay: string): string => {
  const instant = parseInstant(DAY.test(text) ? `${text}T${timeOfDay}Z` : text);
  if (instant !== undefined) return instant;
  throw new Error(
    `${option} takes a day, such as 2030-01-31, or an instant, such as 2030-01-31T12:00:00Z, but not ${text}`,
  );
};

/**
 * Reads the value of `--as-of`. A day stands for its end, UTC.
 * @returns the instant
 * @throws Error if it is neither a day nor an instant
 */
export const parseAsOf = (text: string): string => parse('--as-of', text, '23:59:59.999');

/** Like {@link parseAsOf}, for an option that limits a period: a day stands for its start, UTC. */
export const parsePeriodBound =
  (option: string) =>
  (text: string): string =>
    parse(option, text, '00:00:00.000');
