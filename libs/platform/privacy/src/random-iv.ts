import { randomFillSync } from 'node:crypto';

export const IV_BYTES = 12;

const pool = Buffer.alloc(IV_BYTES * 256);
let used = pool.length;

/** @returns 12 random bytes. Many are drawn at once, because asking the system for them costs more than AES for a short text */
export const randomIv = (): Buffer => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += IV_BYTES;
  return Buffer.from(pool.subarray(used - IV_BYTES, used));
};
