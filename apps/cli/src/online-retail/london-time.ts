const WALL_CLOCK = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;
const HOUR = 3_600_000;

const lastSunday = (year: number, month: number) => {
  const lastDay = new Date(Date.UTC(year, month, 0));
  return lastDay.getUTCDate() - lastDay.getUTCDay();
};

/** Summer time in the United Kingdom: from 01:00 UTC on the last Sunday of March to the last of October. */
const inSummerTime = (utc: number) => {
  const year = new Date(utc).getUTCFullYear();
  return utc >= Date.UTC(year, 2, lastSunday(year, 3), 1) && utc < Date.UTC(year, 9, lastSunday(year, 10), 1);
};

const converted = (text: string): string | undefined => {
  const [year, month, day, hour, minute, second] = (WALL_CLOCK.exec(text) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined) return undefined;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  return new Date(inSummerTime(wall) && inSummerTime(wall - HOUR) ? wall - HOUR : wall).toISOString();
};

/** Rows of an invoice follow one another and have the same time. */
let last: { readonly text: string; readonly utc: string | undefined } = { text: '', utc: undefined };

/** `2011-08-01 08:30:00` on a clock in London, as ISO 8601 UTC; in the repeated hour of autumn the later of both. Undefined if it is not a time. */
export const londonToUtc = (text: string): string | undefined => {
  if (text !== last.text) last = { text, utc: converted(text) };
  return last.utc;
};
