import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { BlindIndex } from './blind-index.js';

const index = new BlindIndex(randomBytes(32));

describe('the hash of an identity', () => {
  it.each([
    ['email', ' Ada@Example.org ', 'ada@example.org'],
    ['phone', '+44 (0)20 7946-0123', '+4402079460123'],
    ['phone', '０２０ 7946 0123', '02079460123'],
    ['phone', '0044 20 7946 0123', '+442079460123'],
    ['email', 'ada\u200b@example.org', 'ada@example.org'],
    ['loyalty', ' AB-1 ', 'AB-1'],
  ])('of type %s is the same for all spellings', (type, typed, plain) => {
    expect(index.hash(type, typed)).toBe(index.hash(type, plain));
  });

  it('differs for telephone numbers in Arabic digits, which were all the same', () => {
    expect(index.hash('phone', '٠٢٠ ٧٩٤٦')).not.toBe(index.hash('phone', '٠٢٠ ٧٩٤٧'));
  });

  it('differs by type, value and key', () => {
    const hashes = [index.hash('email', 'a'), index.hash('loyalty', 'a'), index.hash('loyalty', 'A')];
    expect(new Set([...hashes, new BlindIndex(randomBytes(32)).hash('email', 'a')]).size).toBe(4);
  });
});

describe('the fingerprint of a body', () => {
  it('does not depend on the order of fields', () => {
    expect(index.fingerprint({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).toBe(
      index.fingerprint({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }),
    );
  });

  it('differs if anything else differs', () => {
    const bodies = [{ a: 1 }, { a: '1' }, { a: [1, 2] }, { a: [2, 1] }, {}, [], null, undefined, { a: null }];
    expect(new Set(bodies.map((body) => index.fingerprint(body))).size).toBe(bodies.length);
    expect(index.fingerprint({})).toMatch(/^[\w-]{22}$/);
  });
});
