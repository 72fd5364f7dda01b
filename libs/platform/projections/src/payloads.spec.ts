import { asPosition } from '#event-store';
import { expect, it } from '@jest/globals';
import { payloads } from './projector.js';

it('tells the position alone when there is no news', () => {
  expect(payloads(asPosition(7), [])).toEqual(['{"p":7}']);
});

it('splits what would be too long for one notification', () => {
  const announced = Array.from({ length: 500 }, (_, order) => [`order-${order}-ü`, 'confirmed'] as const);
  const told = payloads(asPosition(7), announced);
  expect(told.length).toBeGreaterThan(1);
  expect(told.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true);
  expect(told.flatMap((payload) => (JSON.parse(payload) as { o: unknown[] }).o)).toEqual(announced);
});
