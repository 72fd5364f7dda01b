import { describe, expect, it } from '@jest/globals';
import { asPosition } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { NetworkDirectory, NetworkLookup } from '#network';
import { aCause, InMemoryEventStore, newEvents, runnerOn } from '#testing';
import { type StockCommand } from '../domain/stock-item.js';
import { ChangeStock, ChangeStockHandler } from './change-stock.js';

const registered: Message = { type: 'LocationRegistered', data: { name: 'High Street', type: 'store' } };
const paused: Message = { type: 'LocationPaused', data: { reason: 'flood' } };
const NOON = '2026-01-01T12:00:00.000Z';

const web = (reservationTtlSeconds: number, safetyStock = 0): Message => ({
  type: 'ChannelConfigured',
  data: {
    name: 'Web',
    kind: 'web',
    currency: 'GBP',
    locale: 'en-GB',
    locations: [{ locationId: 'store-12', methods: ['ship'], safetyStock }],
    reservationTtlSeconds,
    version: 1,
  },
});

/** An event store with events of the network, which the directory has not seen yet. */
const aNetwork = async (streams: Record<string, Message[]> = { 'location-store-12': [registered] }) => {
  const store = new InMemoryEventStore();
  for (const [stream, events] of Object.entries(streams)) await store.append(stream, -1, newEvents(events));
  const directory = new NetworkDirectory();
  const handler = new ChangeStockHandler(runnerOn(store), new NetworkLookup(directory, store));
  const send = (command: StockCommand, cause: Partial<Cause> = {}) =>
    handler.execute(new ChangeStock('TEA', 'store-12', command, aCause(cause)));
  return { store, directory, send };
};

const receive = (quantity: number): StockCommand => ({ type: 'ReceiveStock', data: { quantity, ref: 'DN-1' } });
const reserve = (reservationId: string, kind: 'soft' | 'hard' = 'hard', more: object = {}): StockCommand => ({
  type: 'ReserveStock',
  data: {
    ...{ reservationId, quantity: 1, kind, owner: { type: 'order', id: 'order-1' } },
    ...more,
  },
});

describe('a stock command', () => {
  it('goes to the stream of its SKU and location', async () => {
    const { store, send } = await aNetwork();
    const { events } = await send(receive(5));
    expect(events).toEqual([{ type: 'StockReceived', data: { quantity: 5, ref: 'DN-1' } }]);
    expect(store.events.at(-1)).toMatchObject({ stream: 'stock-TEA~store-12', event: events[0] });
  });

  it('is refused at a location that is not registered, even if it reports a fact', async () => {
    const { send } = await aNetwork({});
    await expect(send(receive(5))).rejects.toMatchObject({ code: 'location-not-found' });
  });

  it('reaches a location that was registered a moment ago', async () => {
    const { store, send } = await aNetwork({});
    await expect(send(receive(5))).rejects.toMatchObject({ code: 'location-not-found' });
    await store.append('location-store-12', -1, newEvents([registered]));
    await expect(send(receive(5))).resolves.toMatchObject({ revision: 0 });
  });

  it('reserves nothing at a paused location, but still records facts', async () => {
    const { send } = await aNetwork({ 'location-store-12': [registered, paused] });
    await expect(send(receive(5))).resolves.toMatchObject({ revision: 0 });
    await expect(send(reserve('r-1'))).rejects.toMatchObject({ code: 'location-inactive' });
  });

  it('is answered as before when it is repeated after a pause', async () => {
    const { store, directory, send } = await aNetwork();
    await send(receive(5));
    const cause = aCause();
    const first = await send(reserve('r-1'), cause);
    await store.append('location-store-12', 0, newEvents([paused]));
    const events = store.events.filter(({ stream }) => stream === 'location-store-12');
    await directory.handle({ events, position: asPosition(1000), caughtUp: true });
    const second = await send(reserve('r-1'), cause);
    expect(second).toEqual({ ...first, position: second.position, repeated: true });
    await expect(send(reserve('r-2'))).rejects.toMatchObject({ code: 'location-inactive' });
  });

  it('lets a soft reservation last as long as its channel configures', async () => {
    const { send } = await aNetwork({ 'location-store-12': [registered], 'channel-web': [web(60)] });
    await send(receive(5));
    const { events } = await send(reserve('r-1', 'soft'), { channel: 'web', occurredAt: NOON });
    expect(events).toMatchObject([{ type: 'StockReserved', data: { expiresAt: '2026-01-01T12:01:00.000Z' } }]);
  });

  it('lets a soft reservation last 15 minutes when the channel is not configured', async () => {
    const { send } = await aNetwork();
    await send(receive(5));
    const { events } = await send(reserve('r-1', 'soft'), { channel: 'web', occurredAt: NOON });
    expect(events).toMatchObject([{ type: 'StockReserved', data: { expiresAt: '2026-01-01T12:15:00.000Z' } }]);
  });

  it('lets a soft reservation last until the given time, whatever the channel configures', async () => {
    const { send } = await aNetwork({ 'location-store-12': [registered], 'channel-web': [web(60)] });
    await send(receive(5));
    const expiresAt = '2026-01-01T12:00:05.000Z';
    const { events } = await send(reserve('r-1', 'soft', { expiresAt }), { channel: 'web', occurredAt: NOON });
    expect(events).toMatchObject([{ type: 'StockReserved', data: { expiresAt } }]);
  });

  it.each([
    ['leaves the safety stock of its channel', 'web', {}, 'StockReservationDeclined'],
    ['may take all units when the channel is not configured', 'app', {}, 'StockReserved'],
    ['leaves the given safety stock, whatever the channel configures', 'web', { keep: 0 }, 'StockReserved'],
  ])('that reserves %s', async (_, channel, more, answer) => {
    const { send } = await aNetwork({ 'location-store-12': [registered], 'channel-web': [web(60, 1)] });
    await send(receive(2));
    await expect(send(reserve('r-1', 'hard', more), { channel })).resolves.toMatchObject({
      events: [{ type: 'StockReserved' }],
    });
    await expect(send(reserve('r-2', 'hard', more), { channel })).resolves.toMatchObject({
      events: [{ type: answer }],
    });
  });

  it('gives the last unit to one of 500 buyers', async () => {
    const { send } = await aNetwork();
    await send(receive(1));
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, buyer) => send(reserve(`r-${buyer}`))));
    const answers = outcomes.flatMap(({ events }) => events.map(({ type }) => type));
    expect(answers.filter((type) => type === 'StockReserved')).toHaveLength(1);
    expect(answers.filter((type) => type === 'StockReservationDeclined')).toHaveLength(499);
  });
});
