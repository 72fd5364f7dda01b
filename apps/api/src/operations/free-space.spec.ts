import { statfs } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { diskTrouble, FreeSpace } from './free-space.js';

const MIB = 1024 * 1024;

it('is too little below 32 MiB', () => {
  expect(diskTrouble('data', 32 * MIB - 1)).toBe('The disk of data is full: 31 MiB are left.');
  expect(diskTrouble('data', 32 * MIB)).toBeUndefined();
});

it('is measured in bytes, of which this disk has enough', async () => {
  const { bavail, bsize } = await statfs('.');
  expect(bavail * bsize).toBeGreaterThan(32 * MIB);
  await expect(new FreeSpace('.').check()).resolves.toBeUndefined();
});

it('of a folder that does not exist is no trouble', () =>
  expect(new FreeSpace('no-such-folder').check()).resolves.toBeUndefined());
