import { expect, test } from '@jest/globals';
import { firstVisible, isDeleted, NO_METADATA, parseMetadata, undeleted, visibleSince } from './visible-range.js';

const metadata = (json: string) => parseMetadata(Buffer.from(json));

test.each([
  ['{}', 9, 0],
  ['{"$maxCount":3}', 9, 7],
  ['{"$maxCount":30}', 9, 0],
  ['{"$tb":4}', 9, 4],
  ['{"$tb":4,"$maxCount":3}', 9, 7],
  ['{"$tb":8,"$maxCount":3}', 9, 8],
])('with %s and last revision %p, %p is the first visible', (json, last, first) => {
  expect(firstVisible(metadata(json), last)).toBe(first);
});

test('without a maximum age everything is young enough', () => {
  expect(visibleSince(NO_METADATA, 1_000)).toBe(-Infinity);
});

test('the maximum age is in seconds', () => {
  expect(visibleSince(metadata('{"$maxAge":60}'), 100_000)).toBe(40_000);
});

test.each(['', 'not json', '[1]', 'null', '{"$maxCount":"3","$tb":-1}'])('%p restricts nothing', (json) => {
  expect(firstVisible(metadata(json), 9)).toBe(0);
  expect(metadata(json).exists).toBe(true);
});

test('a stream is deleted by truncating it before the highest revision', () => {
  expect(isDeleted(metadata('{"$tb":9223372036854775807}'))).toBe(true);
  expect(isDeleted(metadata('{"$tb":5}'))).toBe(false);
});

test('a stream brought back keeps the rest of its metadata', () => {
  expect(JSON.parse(undeleted(metadata('{"$tb":9223372036854775807,"$acl":{"$r":"a"},"own":1}'), 5))).toEqual({
    $tb: 5,
    $acl: { $r: 'a' },
    own: 1,
  });
});
