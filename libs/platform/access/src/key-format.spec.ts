import { describe, expect, it } from '@jest/globals';
import { formatKey, hashOf, newKey, parseKey } from './key-format.js';

describe('an API key', () => {
  it('is parsed to its parts', () => {
    const parts = newKey('test');
    expect(formatKey(parts)).toMatch(/^kontor_test_[0-9a-f]{16}_[\w-]{43}$/);
    expect(parseKey(formatKey(parts))).toEqual(parts);
  });

  it.each(['', 'kontor', 'kontor_live_1_2', `${formatKey(newKey('live'))}x`, ` ${formatKey(newKey('live'))}`])(
    'is not %j',
    (text) => expect(parseKey(text)).toBeUndefined(),
  );

  it('does not appear in its hash', () => {
    const parts = newKey('live');
    expect(hashOf(parts)).toHaveLength(32);
    expect(hashOf(parts)).not.toEqual(hashOf(newKey('live')));
  });
});
