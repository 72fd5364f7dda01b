import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventId, isUuid, processCommandId, uuidv5 } from './ids.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** The same by Node's own SHA-1. */
const reference = (namespace: string, name: string) => {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

describe('a derived id', () => {
  it('is the one of RFC 9562, appendix A.4', () => {
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('is what SHA-1 says, for any text of any length', () =>
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'binary', maxLength: 300 }), (namespace, name) => {
        const id = uuidv5(namespace, name);
        expect(id).toBe(reference(namespace, name));
        expect(isUuid(id)).toBe(true);
      }),
    ));

  it.each([0, 39, 40, 47, 48, 103, 104, 112])('is right where the last block ends (%i bytes)', (length) => {
    expect(uuidv5(DNS, 'x'.repeat(length))).toBe(reference(DNS, 'x'.repeat(length)));
  });

  it('can be made of half a character', () => {
    expect(uuidv5(DNS, 'a\ud83db')).toBe(reference(DNS, 'a\ud83db'));
  });

  it('does not depend on the case of its namespace', () => {
    expect(uuidv5(DNS.toUpperCase(), 'a')).toBe(uuidv5(DNS, 'a'));
  });

  it('needs a UUID to start from', () => {
    for (const bad of ['', 'x', DNS.slice(1), `${DNS}0`]) expect(() => uuidv5(bad, 'a')).toThrow(TypeError);
  });

  it('differs from event to event and from command to command', () => {
    const ids = [
      eventId(DNS, 0),
      eventId(DNS, 1),
      processCommandId('checkout', DNS, 0),
      processCommandId('checkout', DNS, 1),
    ];
    expect(new Set([...ids, processCommandId('returns', DNS, 0)]).size).toBe(5);
  });
});
