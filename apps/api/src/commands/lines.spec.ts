import { expect, it } from '@jest/globals';
import { lines } from './lines.js';

/* eslint-disable @typescript-eslint/require-await -- a source of bytes is asynchronous */
async function* chunks(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const split = async (text: string, size = 1, longest = 100) => {
  const found: { number: number; text: string | undefined }[] = [];
  for await (const { number, bytes } of lines(chunks(text, size), longest))
    found.push({ number, text: bytes?.toString().trim() });
  return found;
};

it.each([1, 2, 3, 7, 1000])('lines are the same in chunks of %d bytes', async (size) => {
  expect(await split('{"a":1}\n{"b":"ü€😀"}\r\n\n  \n{"c":3}', size)).toEqual([
    { number: 1, text: '{"a":1}' },
    { number: 2, text: '{"b":"ü€😀"}' },
    { number: 5, text: '{"c":3}' },
  ]);
});

it('empty text and blank lines have no lines', async () => {
  expect(await split('')).toEqual([]);
  expect(await split('\n\n')).toEqual([]);
});

it.each([1, 4, 1000])('a line that is too long has no text, in chunks of %d bytes', async (size) => {
  expect(await split('12345\n123456\n12\n1234567', size, 5)).toEqual([
    { number: 1, text: '12345' },
    { number: 2, text: undefined },
    { number: 3, text: '12' },
    { number: 4, text: undefined },
  ]);
});
