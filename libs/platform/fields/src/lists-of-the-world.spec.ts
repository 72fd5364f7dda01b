import { describe, expect, it } from '@jest/globals';
import { isCountry } from './countries.js';
import { isTimeZone, TIME_ZONES } from './time-zones.js';

/** Names in the Unicode CLDR, as Node has it. */
const cldrNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

const ALPHABET = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const pairs = ALPHABET.flatMap((first) => ALPHABET.map((second) => first + second));

describe('the countries', () => {
  it('have names in CLDR', () => {
    expect(pairs.filter((code) => isCountry(code) && cldrNames.of(code) === undefined)).toEqual([]);
  });

  it('are all that CLDR names, but for former states, parts of others, and what is no country', () => {
    const former = 'AN BU CS DD DY FX HV NH RH SU TP UK VD YD YU ZR';
    const others = 'CP CQ DG EU EZ QO UN XA XB ZZ';
    const named = pairs.filter((code) => cldrNames.of(code) !== undefined && !isCountry(code));
    expect(named).toEqual([...former.split(' '), ...others.split(' ')].sort());
  });

  it('are codes of two capital letters', () => {
    for (const code of ['XK', 'DE', 'IC']) expect([code, isCountry(code)]).toEqual([code, true]);
    for (const code of ['', 'UK', 'ZZ', 'de', 'DEU', undefined, 7, ['DE']]) expect(isCountry(code)).toBe(false);
  });
});

describe('the time zones', () => {
  it('can all be calculated with', () => {
    for (const timeZone of TIME_ZONES) expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
    expect(TIME_ZONES).toHaveLength(new Set(TIME_ZONES).size);
  });

  it('are all that CLDR names', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZone(name))).toEqual([]);
  });

  it('are names of the IANA, not offsets', () => {
    for (const name of ['Europe/Kyiv', 'Europe/Kiev', 'Asia/Kolkata', 'UTC', 'America/Coyhaique'])
      expect([name, isTimeZone(name)]).toEqual([name, true]);
    for (const name of ['', '+01:00', 'Mars/Olympus', 'Factory', undefined, ['UTC']])
      expect(isTimeZone(name)).toBe(false);
  });
});
