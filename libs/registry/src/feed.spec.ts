import { expect, it } from '@jest/globals';
import { type Recorded, asPosition } from '#event-store';
import { aRecorded } from '#testing';
import { asSeenBy, type FeedReader } from './feed.js';
import { published } from './published.js';
import { eventDefinitions } from './streams.js';

const shop: FeedReader = { channel: 'shop', isStaff: false };

const placed: Recorded = {
  id: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  stream: 'order-o-1',
  revision: 0,
  position: asPosition(7),
  recordedAt: 0,
  event: {
    type: 'OrderPlaced',
    data: {
      total: 850,
      contact: { name: { k: 'sealed' }, email: { k: 'sealed' } },
      shipTo: { k: 'sealed' },
      country: 'GB',
    },
  },
  envelope: {
    commandId: 'c',
    correlationId: 'o-1',
    channel: 'web',
    actor: 'key:secretive',
    occurredAt: '2030-01-31T12:00:00.000Z',
    subject: 'somebody',
    schema: String(eventDefinitions['OrderPlaced']?.version),
  },
};

it('tells what happened, and nothing of whom it happened to or which key did it', () => {
  expect(published(placed)).toEqual({
    id: placed.id,
    type: 'OrderPlaced',
    stream: 'order-o-1',
    revision: 0,
    position: asPosition(7),
    data: { total: 850, contact: {}, country: 'GB' },
    channel: 'web',
    correlationId: 'o-1',
    causationId: undefined,
    occurredAt: '2030-01-31T12:00:00.000Z',
    recordedAt: '1970-01-01T00:00:00.000Z',
  });
});

it('tells another channel what happened, but not for whom', () => {
  const event = {
    type: 'StockReserved',
    data: { reservationId: 'r-1', quantity: 2, kind: 'hard', owner: { type: 'order', id: 'order-of-web' } },
  };
  const reserved = aRecorded('stock-TEA~north', event, { cause: { channel: 'web', correlationId: 'order-of-web' } });
  const seen = asSeenBy(published(reserved), shop);
  expect(seen).toMatchObject({ type: 'StockReserved', data: { quantity: 2 } });
  expect(JSON.stringify(seen)).not.toMatch(/order-of-web|r-1/);
  expect(asSeenBy(published(reserved), { ...shop, channel: 'web' })).toEqual(published(reserved));
  expect(asSeenBy(published(reserved), { ...shop, isStaff: true })).toEqual(published(reserved));
});
