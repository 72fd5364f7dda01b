import { describe, expect, it } from '@jest/globals';
import { aCause, atOnce } from '#testing';
import { order } from './order.js';
import { addressKeyOf, recipientOf } from './recipient.js';
import { aLine, place } from './samples.js';

const digest = (kind: string, value: string) => `${kind}/${value}`;
const address = { lines: ['1 High Street'], postalCode: 'EH1 1AA', city: 'Edinburgh' };
const key = (over: object = {}, country = 'GB') => addressKeyOf({ ...address, ...over }, country, digest);

describe('the key of an address', () => {
  it.each([
    { lines: [' 1, high  street '] },
    { postalCode: 'eh1-1aa' },
    { city: 'EDINBURGH' },
    { lines: ['１ High Street'] },
  ])('is the same for %j', (typed) => expect(key(typed)).toBe(key()));

  it('differs for each other part of the address', () => {
    const others = [key(), key({ lines: ['1', 'High Street'] }), key({ lines: ['11 High Street'] })];
    expect(new Set([...others, key({ postalCode: 'EH1 1AB' }), key({ city: 'Leith' }), key({}, 'IE')]).size).toBe(6);
  });
});

describe('the recipient of an order', () => {
  it('is one customer at one address', () => {
    expect(recipientOf('c-1', key())).toBe(recipientOf('c-1', key({ city: 'edinburgh' })));
    expect(recipientOf('c-2', key())).not.toBe(recipientOf('c-1', key()));
    expect(recipientOf('c-1', key({ city: 'Leith' }))).not.toBe(recipientOf('c-1', key()));
  });

  it('is recorded in the order, but the key of the address is not', () => {
    const placing = place({ customerId: 'c-1', lines: [aLine('1')], charges: [] });
    const [placed] = order.decider.decide(
      { ...placing, data: { ...placing.data, addressKey: key() } },
      order.decider.initialState(),
      atOnce(aCause()),
    );
    expect(placed?.data).toMatchObject({ recipient: recipientOf('c-1', key()) });
    expect(placed?.data).not.toHaveProperty('addressKey');
  });

  it('does not exist for guests', () => {
    expect(recipientOf(undefined, key())).toBeUndefined();
  });
});
