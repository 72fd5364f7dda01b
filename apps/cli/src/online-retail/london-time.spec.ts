import { describe, expect, it } from '@jest/globals';
import { londonToUtc } from './london-time.js';

describe('a clock in London', () => {
  it.each([
    ['2011-01-15 12:00:00', '2011-01-15T12:00:00.000Z', 'winter'],
    ['2011-08-01 08:30:00', '2011-08-01T07:30:00.000Z', 'summer'],
    ['2011-08-01 00:30:00', '2011-07-31T23:30:00.000Z', 'summer, just after midnight'],
    ['2011-03-27 00:59:59', '2011-03-27T00:59:59.000Z', 'the last second of winter'],
    [
      '2011-03-27 01:30:00',
      '2011-03-27T01:30:00.000Z',
      'in the hour that does not exist: as if the clock had not changed',
    ],
    ['2011-03-27 02:00:00', '2011-03-27T01:00:00.000Z', 'the first second of summer'],
    ['2011-10-30 00:59:59', '2011-10-29T23:59:59.000Z', 'the last second before the repeated hour'],
    ['2011-10-30 01:30:00', '2011-10-30T01:30:00.000Z', 'in the repeated hour: the later one'],
    ['2011-10-30 02:00:00', '2011-10-30T02:00:00.000Z', 'after the repeated hour'],
    ['2012-02-29 10:00:00', '2012-02-29T10:00:00.000Z', 'a leap day'],
  ])('%s is %s (%s)', (wall, utc) => {
    expect(londonToUtc(wall)).toBe(utc);
  });

  it('agrees with the time zone database for every hour of the years of the data set', () => {
    const wall = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/London',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const wrong: string[] = [];
    for (let at = Date.UTC(2009, 11, 1); at < Date.UTC(2012, 0, 1); at += 3_600_000) {
      const read = londonToUtc(wall.format(at));
      const twice = wall.format(at) === wall.format(at + 3_600_000);
      if (read !== new Date(twice ? at + 3_600_000 : at).toISOString()) wrong.push(`${wall.format(at)}: ${read ?? ''}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['2011-02-29 10:00:00', '2011-13-01 10:00:00', '2011-08-01', '01/08/2011 08:30', ''])(
    'has no time for %j',
    (text) => {
      expect(londonToUtc(text)).toBeUndefined();
    },
  );
});
