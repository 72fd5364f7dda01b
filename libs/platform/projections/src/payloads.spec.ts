import { asPosition } from '#event-store';
import { expect, it } from '@jest/globals';
import { notificationPayloads } from './projector.js';

it('contains only the position without announcements', () => {
  expect(notificationPayloads(asPosition(7), [])).toEqual(['{"p":7}']);
});

it('splits announcements that are too long for one notification', () => {
  const announced = Array.from({ length: 500 }, (_, order) => [`order-${order}-ü`, 'confirmed'] as const);
  const payloads = notificationPayloads(asPosition(7), announced);
  expect(payloads.length).toBeGreaterThan(1);
  expect(payloads.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true);
  expect(payloads.flatMap((payload) => (JSON.parse(payload) as { o: unknown[] }).o)).toEqual(announced);
});
