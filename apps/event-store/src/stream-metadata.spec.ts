import { expect, test } from '@jest/globals';
import { firstVisible, NO_METADATA, parseMetadata, undeleted, visibleSince } from './stream-metadata.js';

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

test.each([
  '',
  'not json',
  '[1]',
  'null',
  '{"$maxCount":0,"$tb":-1,"$maxAge":0}',
  '{"$maxCount":1.5,"$tb":4}',
  '{"$maxCount":"3","$tb":4}',
  '{"$tb":4,"$acl":5}',
  '{"$tb":9223372036854775808}',
  '{"$maxAge":9223372036854775807,"$tb":4}',
])('%p restricts nothing, as EventStoreDB gives up on the whole of it', (json) => {
  expect(firstVisible(metadata(json), 9)).toBe(0);
  expect(visibleSince(metadata(json), 0)).toBe(-Infinity);
  expect(metadata(json).exists).toBe(true);
});

test('a stream is deleted by truncating it before the highest revision', () => {
  expect(metadata('{"$tb":9223372036854775807}').isDeleted).toBe(true);
  expect(metadata('{"$tb":9223372036854775806}').isDeleted).toBe(false);
});

test('a stream brought back keeps the rest of its metadata, to the digit', () => {
  const deleted = metadata('{"$tb":9223372036854775807,"$acl":{"$r":"a"},"own":12345678901234567890.10}');
  expect(undeleted(deleted, 5)).toBe('{"$tb":5,"$acl":{"$r":"a"},"own":12345678901234567890.10}');
});
