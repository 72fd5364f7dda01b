import { describe, expect, it } from '@jest/globals';
import { marketplaceSettingsOf } from './settings.js';

const good = { url: 'https://bazaar.example/api', token: 'secret' };

describe('the settings of a marketplace', () => {
  it('have defaults, also for single limits', () =>
    expect(marketplaceSettingsOf('bazaar', { ...good, perMinute: { orders: 10 } })).toMatchObject({
      pollSeconds: 20,
      batch: 100,
      perMinute: { orders: 10, notices: 120, offers: 60 },
    }));

  it.each<[string, object, string]>([
    ['no address', { ...good, url: 'bazaar' }, '"url" must be an http address'],
    ['no token', { ...good, token: '' }, 'bazaar has no "token"'],
    ['a limit of 0', { ...good, perMinute: { notices: 0 } }, '"notices" must be a number above 0'],
    ['a number as text', { ...good, pageSize: '50' }, '"pageSize" must be a number above 0'],
  ])('with %s are refused', (_, settings, reason) =>
    expect(() => marketplaceSettingsOf('bazaar', settings)).toThrow(reason),
  );
});
