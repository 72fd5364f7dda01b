import { describe, expect, it } from '@jest/globals';
import { dropshipperSettingsOf } from './settings.js';

const good = { url: 'https://acme.example/api', token: 'secret', location: 'acme' };

describe('the settings of a dropshipper', () => {
  it('have defaults', () =>
    expect(dropshipperSettingsOf('acme', good)).toMatchObject({ staleAfterHours: 24, pauseWhenStale: true }));

  it.each<[string, object, string]>([
    ['no address', { ...good, url: undefined }, '"url" must be an http address'],
    ['no token', { ...good, token: undefined }, 'acme has no "token"'],
    ['no location', { ...good, location: undefined }, '"location" must match'],
    ['an age as text', { ...good, staleAfterHours: '24' }, '"staleAfterHours" must be a number above 0'],
    ['a switch as text', { ...good, pauseWhenStale: 'false' }, '"pauseWhenStale" must be true or false'],
  ])('with %s are refused', (_, settings, reason) =>
    expect(() => dropshipperSettingsOf('acme', settings)).toThrow(reason),
  );
});
