import { expect, it } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { SubjectDigests } from './subject-digests.js';
import { type SubjectKeys } from './subject-keys.js';

const key = createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, n) => n)));
const requested: string[][] = [];
const keys = {
  keyFor: (...request: string[]) => {
    requested.push(request);
    return Promise.resolve({ keyId: 'k', subject: 'c-1', key });
  },
} as unknown as SubjectKeys;

it('is the same for ever, because stored events have it, and is made by the key that an erasure deletes', async () => {
  expect(await new SubjectDigests(keys).digest('c-1', 'email', 'Ada@example.org ')).toBe(
    'dbYAA9Ntt38zcJtKyLaHdPCA1rcU1WAhCvSTKO-ROhA',
  );
  expect(requested).toEqual([['c-1', 'account']]);
});

it.each([
  ['phone', '+٤٤ ٢٠ ٧٩٤٦ ٠١٢٣', '+442079460123'],
  ['loyalty-card', ' AB 1\u200b', 'AB 1'],
])('of type %s is the same for %j and %j', async (type, typed, plain) => {
  const digests = new SubjectDigests(keys);
  expect(await digests.digest('c-1', type, typed)).toBe(await digests.digest('c-1', type, plain));
});
