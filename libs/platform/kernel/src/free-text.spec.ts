import { describe, expect, it } from '@jest/globals';
import { holdsEmailAddress, reasonAndNote } from './free-text.js';

describe('an e-mail address', () => {
  it.each([
    'ada@example.com',
    'Please write to <Ada.Lovelace+shop@mail.example.co.uk>, thanks',
    'ada\uff20example.com',
    'mailto:ada@example.museum',
  ])('is in %j', (text) => expect(holdsEmailAddress(text)).toBe(true));

  it.each(['', 'Tea @ 4.50', 'a@b', '@example.com', '2 @ 1.95 each', 'ada @ example.com', 'user@host:22'])(
    'is not in %j',
    (text) => expect(holdsEmailAddress(text)).toBe(false),
  );

  it('is not looked for at length', () => {
    const startedAt = performance.now();
    expect(holdsEmailAddress('a@'.repeat(30_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('a reason', () => {
  it.each(['fraud-check', 'goodwill', 'not-available'])('that is the code %s has no note', (reason) =>
    expect(reasonAndNote(reason)).toEqual({ reason }),
  );

  it.each(['Address could not be verified', 'ada@example.com', 'tok_visa', 'a1b2c3', '', 'Fraud', 'a'.repeat(33), '-'])(
    'in the words %j is the note of another reason',
    (words) => expect(reasonAndNote(words)).toEqual({ reason: 'other', note: words }),
  );
});
