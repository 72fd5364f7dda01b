import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kek, loadKek } from './kek.js';

const base64 = () => randomBytes(32).toString('base64');
const secret = randomBytes(32);

describe('the KEK', () => {
  it.each([
    ['16 bytes', randomBytes(16).toString('base64'), /32 bytes/],
    ['text that is not base64', 'not-base64!', /not base64/],
    ['zeros', Buffer.alloc(32).toString('base64'), /not random/],
    ['a counter', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64'), /not random/],
    ['typed text', Buffer.from('changeit-changeit-changeit-chang').toString('base64'), /not random/],
  ])('may not be %s', (_, kek, message) => {
    expect(() => loadKek('unused', { kek })).toThrow(message);
    expect(() => loadKek('unused', { kek })).toThrow(/^KONTOR_KEK/);
  });

  it('unwraps a key only in the context of the same row', () => {
    const kek = new Kek(randomBytes(32));
    expect(kek.unwrap(kek.wrap(secret, 'row 1'), 'row 1')).toEqual(secret);
    expect(() => kek.unwrap(kek.wrap(secret, 'row 1'), 'row 2')).toThrow(/authenticate/);
  });

  it('names the KEK that is needed if it is the wrong one', () => {
    const wrapped = new Kek(randomBytes(32)).wrap(secret, 'row');
    expect(() => new Kek(randomBytes(32)).unwrap(wrapped, 'row')).toThrow(/were wrapped by the KEK [0-9a-f]{8}/);
  });

  it('still unwraps keys of the previous KEK during a rotation', () => {
    const previousKek = base64();
    const wrapped = loadKek('unused', { kek: previousKek }).wrap(secret, 'row');
    expect(loadKek('unused', { kek: base64(), previousKek }).unwrap(wrapped, 'row')).toEqual(secret);
  });

  it('is created once in the data folder, readable by this user only', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kontor-kek-'));
    expect(loadKek(dataDir).id).toBe(loadKek(dataDir).id);
    expect(statSync(join(dataDir, 'kek')).mode & 0o777).toBe(0o600);
    rmSync(dataDir, { recursive: true });
  });
});
