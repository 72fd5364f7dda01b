import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { KeyWatch } from './key-watch.js';

let revoked: string[];
let isDown: boolean;
const keys = {
  ended: (keyIds: readonly string[]) =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(keyIds.filter((keyId) => revoked.includes(keyId))),
};

beforeEach(() => {
  jest.useFakeTimers();
  [revoked, isDown] = [[], false];
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

const start = () => new KeyWatch(keys, Date.now);

it('ends the requests of a revoked key within a second, and no others', async () => {
  const watch = start();
  const [one, other] = [watch.watch('a'), watch.watch('b')];
  const again = watch.watch('a');
  revoked = ['a'];
  await jest.advanceTimersByTimeAsync(900);
  expect([one, again, other].map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  for (const { release } of [one, again, other]) release();
});

it('ends the second request of a key although the first has ended before', async () => {
  const watch = start();
  const [first, second] = [watch.watch('a'), watch.watch('a')];
  first.release();
  revoked = ['a'];
  await jest.advanceTimersByTimeAsync(900);
  expect(second.signal.aborted).toBe(true);
  second.release();
});

it('goes on with a request that came after the key was valid again, when an older one ends', async () => {
  const watch = start();
  const older = watch.watch('a');
  revoked = ['a'];
  await jest.advanceTimersByTimeAsync(900);
  revoked = [];
  const newer = watch.watch('a');
  older.release();
  revoked = ['a'];
  await jest.advanceTimersByTimeAsync(900);
  expect(newer.signal.aborted).toBe(true);
  newer.release();
});

it('ends all requests when keys cannot be checked for more than ten seconds', async () => {
  const { signal, release } = start().watch('a');
  isDown = true;
  await jest.advanceTimersByTimeAsync(9_000);
  expect(signal.aborted).toBe(false);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(signal.aborted).toBe(true);
  release();
});

it('asks for nothing while no request is watched', () => {
  const { release } = start().watch('a');
  expect(jest.getTimerCount()).toBe(1);
  release();
});
