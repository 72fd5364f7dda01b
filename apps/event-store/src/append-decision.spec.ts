import { describe, expect, test } from '@jest/globals';
import { decideAppend, decideDelete, type History, type StreamState } from './append-decision.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from './requests.js';

const events = (ids: string) => Array.from(ids, (id) => ({ id }));

const stored = (ids: string): History => ({
  idAt: (revision) => ids[revision],
  revisionOf: (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
});

const state = (ids: string, given: Partial<StreamState> = {}): StreamState => ({
  last: ids.length - 1,
  tombstoned: false,
  softDeleted: false,
  hasMetadata: false,
  ...given,
});

/** A letter is an event id. */
const decide = (history: string, expected: number, proposed: string, given: Partial<StreamState> = {}) =>
  decideAppend(state(history, given), expected, events(proposed), stored(history));

describe('an append with an exact revision', () => {
  test.each([
    ['', NO_STREAM, 'a'],
    ['ab', 1, 'c'],
    ['ab', 1, 'a'], // ids are compared only after the expected revision
    ['ab', 1, ''],
  ])('to %p, expecting %p, appends %p', (history, expected, proposed) => {
    expect(decide(history, expected, proposed)).toBe('append');
  });

  test.each([
    ['', 0, 'a'],
    ['ab', 2, 'c'],
    ['ab', 0, 'c'],
    ['ab', NO_STREAM, 'c'],
    ['abc', 0, 'bx'],
    ['abc', 0, 'bcd'], // half of it is stored
    ['ab', 0, ''],
    ['ab', NO_STREAM, ''],
  ])('to %p, expecting %p, of %p is wrong', (history, expected, proposed) => {
    expect(decide(history, expected, proposed)).toBe('wrong');
  });

  test.each([
    ['abc', 0, 'bc', 2],
    ['abcd', 0, 'bc', 2],
    ['ab', NO_STREAM, 'ab', 1],
  ])('to %p, expecting %p, of %p again is stored up to %p', (history, expected, proposed, revision) => {
    expect(decide(history, expected, proposed)).toEqual({ stored: revision });
  });
});

describe('an append to any revision', () => {
  test('appends new events', () => {
    expect(decide('ab', ANY, 'cd')).toBe('append');
  });

  test('recognizes events that are remembered, wherever they are in the stream', () => {
    expect(decide('abcd', ANY, 'ab')).toEqual({ stored: 1 });
  });

  test('appends again what is no longer remembered', () => {
    const forgotten: History = { ...stored('ab'), revisionOf: () => undefined };
    expect(decideAppend(state('ab'), ANY, events('ab'), forgotten)).toBe('append');
  });

  test('of stored events followed by a new one is wrong', () => {
    expect(decide('ab', ANY, 'bc')).toBe('wrong');
  });
});

describe('an append that expects the stream to exist', () => {
  test.each([
    ['a', {}],
    ['', { hasMetadata: true }],
  ])('appends to %p with %p', (history, given) => {
    expect(decide(history, STREAM_EXISTS, 'b', given)).toBe('append');
  });

  test('to a stream that is not there is wrong', () => {
    expect(decide('', STREAM_EXISTS, 'b')).toBe('wrong');
  });

  test('to a deleted stream is refused', () => {
    expect(decide('a', STREAM_EXISTS, 'b', { softDeleted: true, hasMetadata: true })).toBe('deleted');
  });
});

test('a deleted stream takes events as if it were new', () => {
  expect(decide('ab', NO_STREAM, 'c', { softDeleted: true })).toBe('append');
});

test('a deleted stream still knows what was appended before', () => {
  expect(decide('ab', NO_STREAM, 'ab', { softDeleted: true })).toEqual({ stored: 1 });
});

test('a tombstone refuses everything', () => {
  expect(decide('a', ANY, 'b', { tombstoned: true })).toBe('deleted');
});

test.each([
  ['ab', 1, {}, 'append'],
  ['ab', 0, {}, 'wrong'],
  ['', NO_STREAM, {}, 'append'],
  ['ab', NO_STREAM, {}, 'wrong'],
  ['ab', NO_STREAM, { softDeleted: true }, 'append'],
  ['', ANY, {}, 'append'],
  ['', STREAM_EXISTS, {}, 'wrong'],
  ['ab', STREAM_EXISTS, { softDeleted: true }, 'deleted'],
  ['ab', 1, { tombstoned: true }, 'deleted'],
])(
  'to delete %p expecting %p with %p is decided like the append of a new event: %p',
  (history, expected, given, decision) => {
    expect(decideDelete(state(history, given), expected)).toBe(decision);
  },
);
