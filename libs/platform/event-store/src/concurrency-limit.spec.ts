import { expect, it } from '@jest/globals';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { OutcomeUnknown } from './errors.js';

it('begins work in order, at most so much at once, whether the work before it succeeds or fails', async () => {
  const limit = new ConcurrencyLimit({ max: 2 });
  const begun: number[] = [];
  const works = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const results = works.map(({ promise }, index) =>
    limit.run(() => {
      begun.push(index);
      return promise;
    }),
  );
  const settled = Promise.allSettled(results);
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);

  works[1]?.reject(new Error('failed'));
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2]);

  works[0]?.resolve(0);
  works[2]?.resolve(2);
  works[3]?.resolve(3);
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('begins less at once while there are no answers in time, and more again with every work that ends', async () => {
  let seconds = 0;
  const limit = new ConcurrencyLimit({ max: 16, now: () => seconds * 1000 });
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  };
  const mostOf = async (works: number) => {
    most = 0;
    await Promise.all(Array.from({ length: works }, () => limit.run(work)));
    return most;
  };
  expect(await mostOf(40)).toBe(16);
  for (let times = 0; times < 10; times++) limit.reduce(); // ten failures at the same instant
  expect(await mostOf(8)).toBe(8);
  for (seconds = 1; seconds <= 10; seconds++) limit.reduce();
  expect(await mostOf(4)).toBe(4);
  expect(await mostOf(10)).toBeLessThan(8);
  expect(await mostOf(500)).toBe(16);
});

it('refuses work that could not begin in time, and begins what comes later', async () => {
  const limit = new ConcurrencyLimit({ max: 1, maxWaitMs: 1 });
  const answer = Promise.withResolvers<string>();
  const first = limit.run(() => answer.promise);
  let begun = false;
  const late = limit.runWithWaitLimit('order-2', () => Promise.resolve((begun = true)));
  await expect(late).rejects.toThrow(OutcomeUnknown);
  answer.resolve('first');
  expect(await first).toBe('first');
  expect(await limit.runWithWaitLimit('order-3', () => Promise.resolve('third'))).toBe('third');
  expect(begun).toBe(false);
});
