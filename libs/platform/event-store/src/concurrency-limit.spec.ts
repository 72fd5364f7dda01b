import { expect, it } from '@jest/globals';
import { ConcurrencyLimit } from './concurrency-limit.js';

it('begins work in order, at most so much at once, whether the work before it succeeds or fails', async () => {
  const limit = new ConcurrencyLimit(2);
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
  const limit = new ConcurrencyLimit(16);
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
  limit.reduce();
  expect(await mostOf(8)).toBe(8);
  for (let times = 0; times < 10; times++) limit.reduce();
  expect(await mostOf(4)).toBe(4);
  expect(await mostOf(10)).toBeLessThan(8);
  expect(await mostOf(500)).toBe(16);
});
