import { describe, expect, it } from '@jest/globals';
import { endpointSettingsOf, isSubscribed } from './settings.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const main = { id: 'main', url: 'https://shop.example/hooks', secret };
const read = (endpoint: object) => endpointSettingsOf('shop', { endpoints: [endpoint] })[0];

describe('an endpoint of a web shop', () => {
  it('has defaults: all events, fifty a second', () =>
    expect(read(main)).toMatchObject({
      events: ['*'],
      perSecond: 50,
      concurrency: 8,
      attempts: 12,
      disableAfterDays: 5,
    }));

  it('may have two secrets while they change', () =>
    expect(read({ ...main, secret: [secret, secret] })?.secrets).toHaveLength(2));

  it('gets the types that it names, by prefix as well', () => {
    const endpoint = endpointSettingsOf('shop', { endpoints: [{ ...main, events: ['com.kontor.order.*', 'a.b'] }] })[0];
    const types = ['com.kontor.order.placed.v1', 'a.b', 'a.b.c', 'com.kontor.return.closed.v1'];
    expect(types.filter((type) => endpoint && isSubscribed(endpoint, type))).toEqual(types.slice(0, 2));
  });

  it.each<[string, object, string]>([
    ['without a list', {}, '"endpoints" must be a list'],
    ['without an id', { endpoints: [{ ...main, id: undefined }] }, 'the id of an endpoint'],
    ['with another protocol', { endpoints: [{ ...main, url: 'ftp://shop' }] }, '"url" must be an http address'],
    ['without a secret', { endpoints: [{ ...main, secret: undefined }] }, 'shop/main has no "secret"'],
    ['with a weak secret', { endpoints: [{ ...main, secret: 'whsec_x' }] }, '24 to 64 bytes'],
    ['twice', { endpoints: [main, main] }, 'two endpoints main'],
    ['with events that are no list', { endpoints: [{ ...main, events: 'com.kontor.*' }] }, '"events" must be a list'],
    ['with a number as text', { endpoints: [{ ...main, perSecond: '50' }] }, '"perSecond" must be a number'],
    ['that is never sent to', { endpoints: [{ ...main, perSecond: 0 }] }, '"perSecond" must be'],
  ])('%s is refused with a reason', (_, settings, reason) =>
    expect(() => endpointSettingsOf('shop', settings)).toThrow(reason),
  );
});
