import { describe, expect, it } from '@jest/globals';
import { createCipheriv, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { isSealed } from '#event-store';
import { mapPath } from './paths.js';
import { fieldKeyOf, openField, openValue, type Sealed, sealValue, type FieldPlace } from './sealed.js';

const key = { keyId: randomUUID(), subject: 's', key: createSecretKey(randomBytes(32)) };
const place: FieldPlace = ['customer-1', randomUUID(), 'contact'];

describe('a sealed value', () => {
  it('opens to the original JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        expect(openValue(key, sealValue(key, json, place), place)).toEqual(json);
      }),
    );
  });

  it('differs each time that the same value is sealed', () => {
    expect(sealValue(key, 'Ada', place)).not.toEqual(sealValue(key, 'Ada', place));
  });

  it.each([
    ['another stream', ['customer-2', place[1], place[2]]],
    ['another event', [place[0], randomUUID(), place[2]]],
    ['another field', [place[0], place[1], 'note']],
  ] as const)('cannot be moved to %s', (_, elsewhere) => {
    expect(() => openValue(key, sealValue(key, 'Ada', place), elsewhere)).toThrow(/authenticate/);
  });

  it.each(['iv', 'ct', 'tag', 'c'] as const)('cannot be altered in its %s', (part) => {
    const sealed = sealValue(key, 'Ada', place);
    const flipped = (sealed[part].startsWith('A') ? 'B' : 'A') + sealed[part].slice(1);
    expect(() => openValue(key, { ...sealed, [part]: flipped }, place)).toThrow();
  });

  it('does not accept a shortened tag', () => {
    const sealed = sealValue(key, 'Ada', place);
    expect(() => openValue(key, { ...sealed, tag: sealed.tag.slice(0, 6) }, place)).toThrow();
  });

  it('is distinguished from plain data', () => {
    expect([null, 'text', { k: 'x', v: 1 }, [], { erased: true }].some(isSealed)).toBe(false);
    expect(isSealed(sealValue(key, null, place))).toBe(true);
  });
});

it('a value of version 1, sealed under the key of the subject itself, can still be opened', () => {
  const iv = Buffer.alloc(12, 7);
  const cipher = createCipheriv('aes-256-gcm', key.key, iv).setAAD(Buffer.from(place.join('|')));
  const ct = cipher.update('"Ada"', 'utf8', 'base64url') + cipher.final('base64url');
  const tag = cipher.getAuthTag().toString('base64url');
  const sealed: Sealed = { k: key.keyId, v: 1, iv: iv.toString('base64url'), ct, tag };
  expect(isSealed(sealed)).toBe(true);
  expect(openValue(key, sealed, place)).toBe('Ada');
  expect(() => openValue(key, sealed, [place[0], place[1], 'note'])).toThrow(/authenticate/);
});

describe('a value that was stored by this format', () => {
  const known = { ...key, key: createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, n) => n))) };
  const at: FieldPlace = ['customer-1', '00000000-0000-4000-8000-000000000001', 'contact.name'];
  const stored: Sealed = {
    k: 'f0f1f2f3-0000-4000-8000-000000000000',
    v: 2,
    iv: '6kvZvRYvVoiUypbF',
    ct: 'Uu_zbJc',
    tag: 'Sub1Xb3qGQLV-QLTkxMdeg',
    c: 'BxReQpEYV77_l3JDWZ88iA7GwpDrlGKmwiwIJdZmCgg',
  };

  it('can still be opened', () => {
    expect(fieldKeyOf(known, at).toString('hex')).toBe(
      '5539106eea06b7af266b7a183390fb3248a11111ac03307edbb61d3b99d0eb40',
    );
    expect(openValue(known, stored, at)).toBe('Ada');
  });

  it('is bound to its place by the cipher, too', () => {
    expect(() => openField(fieldKeyOf(known, at), stored, ['customer-2', at[1], at[2]])).toThrow(/authenticate/);
  });

  it('is not opened, and not taken for plain data, in a later version', () => {
    const later = { ...stored, v: 3 };
    expect(isSealed(later)).toBe(true);
    expect(() => openValue(known, later as unknown as Sealed, at)).toThrow('version 3, which this release cannot open');
  });

  it('is not opened without its commitment', () => {
    expect(() => openValue(known, { ...stored, c: undefined } as unknown as Sealed, at)).toThrow(/another key/);
  });
});

describe('the key of a field', () => {
  const other: FieldPlace = [place[0], place[1], 'note'];

  it('opens this field', () => {
    expect(openField(fieldKeyOf(key, place), sealValue(key, 'Ada', place), place)).toBe('Ada');
  });

  it('opens no other field of the same subject', () => {
    const fieldKey = fieldKeyOf(key, place);
    expect(() => openField(fieldKey, sealValue(key, 'Ada', other), other)).toThrow(/sealed under another key/);
    expect(() => openField(fieldKey, { ...sealValue(key, 'Ada', other), c: '' }, other)).toThrow(/another key/);
  });

  it('opens nothing whose commitment is to another key', () => {
    const sealed = sealValue(key, 'Ada', place);
    const forged = { ...sealed, c: sealValue(key, 'Ada', other).c };
    expect(() => openField(fieldKeyOf(key, place), forged, place)).toThrow(/another key/);
  });
});

describe('a dotted path', () => {
  const paths: string[] = [];
  const mark = (value: unknown, path: string) => {
    paths.push(path);
    return `<${String(value)}>`;
  };

  it('leads into objects and every element of lists, and leaves the original unchanged', () => {
    const data = { lines: [{ note: 'a', sku: 'S' }, { sku: 'T' }, { note: 'c' }], to: { name: 'Ada' } };
    const copy = structuredClone(data);
    expect(mapPath(mapPath(data, 'lines.note', mark), 'to.name', mark)).toEqual({
      lines: [{ note: '<a>', sku: 'S' }, { sku: 'T' }, { note: '<c>' }],
      to: { name: '<Ada>' },
    });
    expect(paths).toEqual(['lines.0.note', 'lines.2.note', 'to.name']);
    expect(data).toEqual(copy);
  });

  it('may lead to no value', () => {
    const data = { a: null, b: 'text', c: undefined };
    for (const path of ['x', 'a.x', 'b.length', 'c', '__proto__.x', 'toString']) {
      expect(mapPath(data, path, mark)).toEqual(data);
    }
  });

  it('changes a value that is null', () => {
    expect(mapPath({ a: null }, 'a', mark)).toEqual({ a: '<null>' });
  });
});
