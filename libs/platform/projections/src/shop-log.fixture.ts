import { randomUUID } from 'node:crypto';
import { type EventStore, type Recorded } from '#event-store';
import { type ShopEvent } from './shop.fixture.js';

export const AT = '2026-01-01T12:00:00.000Z';

export const received = (quantity: number): ShopEvent => ({ type: 'Received', data: { quantity } });
export const sold = (quantity: number): ShopEvent => ({ type: 'Sold', data: { quantity, at: AT } });
export const placed: ShopEvent = { type: 'Placed', data: { lines: ['a', 'b'] } };
export const confirmed: ShopEvent = { type: 'Confirmed', data: {} };

type Store = EventStore & { readonly events: readonly Recorded[] };

const versionOf = ({ type }: ShopEvent) => (type === 'Received' ? '2' : '1');

/** Appends at the end of the stream. */
export const appendTo = async (store: Store, stream: string, events: readonly ShopEvent[], schema?: string) => {
  const revision = store.events.filter((recorded) => recorded.stream === stream).length - 1;
  const stored = events.map((event) => {
    const commandId = randomUUID();
    const cause = { commandId, correlationId: stream, channel: 'web', actor: 'key:test', occurredAt: AT };
    return { id: commandId, event, envelope: { ...cause, schema: schema ?? versionOf(event) } };
  });
  await store.append(stream, revision, stored);
};

export const until = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await new Promise(setImmediate);
};
