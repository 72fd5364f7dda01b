/** Instants and days as others write them. What is accepted can be held by PostgreSQL and by every client of the events. */

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;

/** ISO 8601 date and time with its offset from UTC, which is at most 14 hours. */
export const INSTANT_PATTERN = new RegExp(
  String.raw`^\d{4}-\d\d-\d\dT${TIME}(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$`,
);

/** An earlier one is the mistake of a clock; with a later one, JavaScript and PostgreSQL do not understand each other. */
const FIRST_YEAR = '1900';
export const LAST_INSTANT = '9999-12-31T23:59:59.999Z';

/** Whether a text such as `2026-01-31` is a day of the calendar, from 1900 to 9999. */
export const isDay = (text: unknown): text is string =>
  typeof text === 'string' && DAY.test(text) && text >= FIRST_YEAR && isInCalendar(text);

/** JavaScript takes the 30th of February for the 2nd of March. */
const isInCalendar = (day: string) => {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
};

/**
 * @returns the instant in UTC with milliseconds; undefined for what is no ISO 8601 with an offset, for days that the calendar
 * does not have, and for years before 1900 or after 9999
 */
export const parseInstant = (text: unknown): string | undefined => {
  if (typeof text !== 'string' || !INSTANT_PATTERN.test(text) || !isInCalendar(text.slice(0, 10))) return undefined;
  const instant = new Date(text).toISOString();
  return instant >= FIRST_YEAR && instant <= LAST_INSTANT ? instant : undefined;
};

/** An instant so many milliseconds later, but never one that {@link parseInstant} would refuse. */
export const laterBy = (instant: string, ms: number): string => {
  const later = new Date(Date.parse(instant) + ms).toISOString();
  return later.length > LAST_INSTANT.length ? LAST_INSTANT : later;
};
