import { beforeAll, describe, expect, it } from '@jest/globals';
import { aLocation, get, logged, send, store } from '../api.fixture.js';

const stream = 'stock-STRANGE~store-1';
const delivery = { sku: 'STRANGE', locationId: 'store-1', quantity: 5, ref: 'D-1' };

beforeAll(async () => {
  await send('RegisterLocation', aLocation);
  await send('ReceiveStock', delivery);
  store.appendAnything(stream, { type: 'StockReceived', data: null });
  store.appendAnything('order-strange', { type: 'Order.Created', data: { by: 'somebody' } });
});

const refusal = (more: object) => ({
  status: 409,
  body: expect.objectContaining({ code: 'stream-not-readable', ...more }),
});

describe('a stream with a foreign event', () => {
  it('refuses commands, and names the foreign event', async () => {
    const before = store.events.length;
    const place = { stream, revision: 1, eventType: 'StockReceived', type: '/problems/stream-not-readable' };
    const reason = 'the data of StockReceived are null, not a JSON object';
    expect(await send('ReceiveStock', { ...delivery, ref: 'D-2' })).toMatchObject(refusal({ ...place, reason }));
    expect(store.events).toHaveLength(before);
    expect(logged).toEqual([]);
  });

  it('cannot be explained', async () => {
    expect(await get('/v1/stock/STRANGE/store-1/explain')).toMatchObject(refusal({ stream, revision: 1 }));
  });

  it('cannot take an order', async () => {
    await send('ConfigureChannel', {
      ...{ channelId: 'web', name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900 },
      ...{ promisesIncoming: false, locations: [{ locationId: 'store-1', methods: ['ship'], safetyStock: 0 }] },
    });
    const line = { lineId: '1', sku: 'MUG', quantity: 1, unitPrice: { amount: 3, scale: 2 }, method: 'ship' };
    const placed = await send('PlaceOrder', { orderId: 'strange', lines: [line] }, { 'kontor-channel': 'web' });
    expect(placed).toMatchObject(refusal({ stream: 'order-strange', revision: 0, eventType: 'Order.Created' }));
  });

  it('refuses commands at once if it was tombstoned', async () => {
    store.tombstone('location-store-9');
    const began = performance.now();
    const sent = await send('RegisterLocation', { ...aLocation, locationId: 'store-9' });
    expect(sent).toMatchObject(refusal({ reason: 'the stream was permanently deleted (tombstoned)' }));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('does not stop the directories from reading other streams', async () => {
    store.appendAnything('location-42', { type: 'Foreign', data: {} });
    const answer = await send('RegisterLocation', { ...aLocation, locationId: 'store-2' });
    expect(answer.status).toBe(200);
    expect((await send('ReceiveStock', { ...delivery, sku: 'MUG', locationId: 'store-2' })).status).toBe(200);
    expect(await send('ReceiveStock', { ...delivery, sku: 'MUG', locationId: '42' })).toMatchObject(
      refusal({ stream: 'location-42' }),
    );
  });
});
