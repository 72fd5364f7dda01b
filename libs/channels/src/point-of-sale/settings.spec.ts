import { describe, expect, it } from '@jest/globals';
import { pointOfSaleSettingsOf } from './settings.js';

const good = { currency: 'GBP', tills: [{ id: 't1', location: 'store-1' }] };
const till = (more: object) => ({ ...good, tills: [{ ...good.tills[0], ...more }] });

describe('the settings of a point of sale', () => {
  it('name the location of each till, and the currency of its prices', () =>
    expect(pointOfSaleSettingsOf('pos', { ...good, currency: 'JPY' })).toEqual({
      ...{ currency: 'JPY', scale: 0, waitMs: 86_400_000 },
      tills: new Map([['t1', { id: 't1', locationId: 'store-1' }]]),
    }));

  it.each<[string, string, object]>([
    ['no currency', '"currency"', { ...good, currency: undefined }],
    ['a currency that nobody has', '"currency"', { ...good, currency: 'GBX' }],
    ['no tills', '"tills"', { ...good, tills: [] }],
    ['two tills of one id', 'two tills t1', { ...good, tills: [...good.tills, ...good.tills] }],
    ['a till that cannot be part of an id', 'id of a till', till({ id: 't:1' })],
    ['a till that stands nowhere', 't1: "location"', till({ location: undefined })],
    ['the secret instead of the id of a key', 't1: "keyId"', till({ keyId: 'kontor_live_x' })],
    ['a time below zero', '"waitHours"', { ...good, waitHours: -1 }],
  ])('with %s are refused', (_, why, settings) => expect(() => pointOfSaleSettingsOf('pos', settings)).toThrow(why));

  it('limit the name so that ids of receipts are not too long', () =>
    expect(() => pointOfSaleSettingsOf('a-name-of-twenty-one-', good)).toThrow('20 characters'));
});
