import { type DataSource } from 'typeorm';

/** More than clocks that are kept right by NTP ever differ, and less than the shortest deadline. */
const MAX_SKEW_MS = 60_000;

/** How far the clock of this machine is ahead of the database's, in milliseconds; negative if it is behind. */
export const clockSkewMs = async (db: Pick<DataSource, 'query'>): Promise<number> => {
  const askedAt = Date.now();
  const [row] = await db.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  if (!row) throw new Error('The database does not tell the time');
  return (askedAt + Date.now()) / 2 - row.now.getTime();
};

/** What is wrong with the clock of this machine, as a sentence; undefined if it is right within a minute. */
export const clockTrouble = (skewMs: number): string | undefined => {
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return undefined;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of the database: set it right`;
};
