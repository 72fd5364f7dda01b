import { beforeEach, expect, it } from '@jest/globals';
import { WrongCodes } from './wrong-codes.js';

let codes: WrongCodes;
beforeEach(() => {
  codes = new WrongCodes();
});

const tooMany = expect.objectContaining({ code: 'too-many-requests', headers: { 'retry-after': expect.any(String) } });
const wrong = (keyId = 'shop') => codes.count(keyId, () => Promise.resolve(undefined));
const right = (keyId = 'shop') => codes.count(keyId, () => Promise.resolve('card'));
const failed = () => codes.count('shop', () => Promise.reject(new Error('down')));

it('wrong codes of a key are refused after a hundred, even if they are sent at the same time', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 150 }, () => wrong()));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(50);
  expect(refused[0]).toMatchObject({ reason: tooMany });
  await expect(right()).rejects.toEqual(tooMany);
  await expect(right('another')).resolves.toBe('card');
});

it('right codes and failures of the database do not count', async () => {
  for (let i = 0; i < 200; i++) {
    await expect(right()).resolves.toBe('card');
    await expect(failed()).rejects.toThrow('down');
  }
});

it('a wrong code is answered half a second later than a right one', async () => {
  const since = performance.now();
  await right();
  expect(performance.now() - since).toBeLessThan(400);
  await wrong();
  expect(performance.now() - since).toBeGreaterThan(490);
});
