import { describe, expect, it } from '@jest/globals';
import {
  commandIdOf,
  correlationId,
  idempotencyKey,
  occurredAt,
  position,
  preferredWait,
  traceparent,
} from './headers.js';
import { type Problem } from './problem.js';

const codeOf = (act: () => unknown) => {
  try {
    return act();
  } catch (error) {
    return (error as Problem).code;
  }
};

describe('Idempotency-Key', () => {
  it.each([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['till-7/2030-01-31/42', 'till-7/2030-01-31/42'],
    ['"say \\"hello\\" \\\\ bye"', 'say "hello" \\ bye'],
    ['  padded  ', 'padded'],
    ['"not closed', '"not closed'],
  ])('%j is the key %j', (header, key) => expect(idempotencyKey(header)).toBe(key));

  it.each([undefined, '', '   '])('is missing when it is %j', (header) =>
    expect(codeOf(() => idempotencyKey(header))).toBe('idempotency-key-missing'),
  );

  it.each(['x'.repeat(256), '""', 'a\u0000b'])('is refused when it is %j', (header) =>
    expect(codeOf(() => idempotencyKey(header))).toBe('validation-failed'),
  );

  it('makes the same command id of the same channel, key and stream, in whatever case a UUID is written', () => {
    const key = '8e03978e-40d5-43e8-bc93-6894a57f9324';
    expect(commandIdOf('web', key, 'order-1')).toBe(commandIdOf('web', key.toUpperCase(), 'order-1'));
    expect(commandIdOf('web', key, 'order-1')).not.toBe(commandIdOf('till', key, 'order-1'));
    expect(commandIdOf('web', key, 'order-1')).not.toBe(commandIdOf('web', key, 'order-2'));
    expect(commandIdOf('web', 'A', 'order-1')).not.toBe(commandIdOf('web', 'a', 'order-1'));
  });
});

describe('Prefer', () => {
  it.each([
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['respond-async;wait = "7"', 7],
    ['wait=3600', 30],
    ['wait=0', 0],
    ['await=3', undefined],
    ['wait=-1', undefined],
    [undefined, undefined],
  ])('%j waits for %j s', (header, seconds) => expect(preferredWait(header)).toBe(seconds));
});

describe('Kontor-Occurred-At', () => {
  const now = new Date('2030-01-31T12:00:00Z');

  it('is now by default, and always in UTC', () => {
    expect(occurredAt(undefined, now)).toBe('2030-01-31T12:00:00.000Z');
    expect(occurredAt('2030-01-31T09:30:00+02:00', now)).toBe('2030-01-31T07:30:00.000Z');
    expect(occurredAt('2030-01-31T12:05:00Z', now)).toBe('2030-01-31T12:05:00.000Z');
  });

  it.each([
    '2030-01-31T12:05:00.001Z',
    '2030-01-30T12:61:00Z',
    '2029-01-01',
    '1700000000',
    'yesterday',
    '2029-02-29T12:00:00Z',
    '0000-01-01T00:00:00Z',
    '1899-12-31T23:59:59Z',
  ])('cannot be %s', (header) => expect(codeOf(() => occurredAt(header, now))).toBe('validation-failed'));
});

it('a correlation id must be a UUID', () => {
  expect(correlationId('8E03978E-40D5-43E8-BC93-6894A57F9324')).toBe('8e03978e-40d5-43e8-bc93-6894a57f9324');
  expect(correlationId(undefined)).toBeUndefined();
  expect(codeOf(() => correlationId('order-1'))).toBe('validation-failed');
});

it('a malformed traceparent is ignored', () => {
  const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(traceparent(good)).toBe(good);
  for (const bad of [
    good.toUpperCase(),
    `ff${good.slice(2)}`,
    good.replace(/-[^-]{32}-/, `-${'0'.repeat(32)}-`),
    'x',
  ]) {
    expect(traceparent(bad)).toBeUndefined();
  }
});

it('a position must be a whole number', () => {
  expect(position('4711', 'after')).toBe(4711);
  for (const bad of ['-1', '1.5', '9999999999999999', 'x', '']) {
    expect(codeOf(() => position(bad, 'after'))).toBe('validation-failed');
  }
});
