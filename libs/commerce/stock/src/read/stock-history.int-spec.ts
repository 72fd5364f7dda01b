import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { readHistory, StreamNotReadable } from '#event-store';
import { Projector, Registry } from '#projections';
import { InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { type StockEvent, stockItem } from '../domain/stock-item.js';
import { type ExplainOptions, explainStock } from './explain-stock.js';
import { EVENTS_PER_BALANCE, stockBalances } from './stock-balance.projection.js';
import { StockHistory } from './stock-history.js';

class CountingStore extends InMemoryEventStore {
  eventsRead = 0;

  override async *read(stream: string, from?: number) {
    for await (const recorded of super.read(stream, from)) {
      this.eventsRead++;
      yield recorded;
    }
  }
}

const LATER = '2026-01-01T13:00:00.000Z';
const owner = { type: 'order', id: 'order-1' } as const;

const quantity = fc.integer({ min: 1, max: 9 });
const ref = fc.constantFrom('x', 'y', 'z');
const event: fc.Arbitrary<StockEvent> = fc
  .record({
    quantity,
    ref,
    kind: fc.constantFrom('soft' as const, 'hard' as const),
    type: fc.integer({ max: 9, min: 0 }),
  })
  .map(({ quantity: units, ref: id, kind, type }): StockEvent => {
    const reservation = { reservationId: id, quantity: units, kind, owner, backordered: units % 2 };
    const kinds: readonly StockEvent[] = [
      { type: 'StockReceived', data: { quantity: units, ref: id } },
      { type: 'StockAdjusted', data: { delta: 5 - units, reason: 'count', ref: id } },
      { type: 'StockIssued', data: { quantity: units, cause: 'store-sale', ref: id } },
      { type: 'StockRestocked', data: { quantity: units, returnId: id, disposition: 'damaged' } },
      { type: 'IncomingStockAnnounced', data: { ref: id, quantity: units, eta: LATER } },
      { type: 'IncomingStockArrived', data: { ref: id, quantity: units } },
      { type: 'BackorderLimitSet', data: { limit: units } },
      { type: 'StockReserved', data: reservation },
      { type: 'ReservationReleased', data: { ...reservation, reason: id } },
      { type: 'ReservationFirmed', data: { reservationId: id, quantity: units } },
    ];
    return kinds[type] as StockEvent;
  });
/** Events with the milliseconds between the one before and them: a clock may be set back. */
const history = fc.array(fc.tuple(event, fc.integer({ min: -3, max: 9 })), { size: 'max', maxLength: 450 });

let server: TestDatabase;
let app: DataSource;
let store: CountingStore;
let projector: Projector;
let stocks = 0;

beforeAll(async () => {
  server = await startTestDatabase();
  store = new CountingStore();
  projector = new Projector(
    new Registry(server.owner, { projections: [stockBalances], events: () => stockItem.events }),
  );
  app = await openDatabase({ url: server.postgres.appUrl, role: 'app', poolSize: 2, entities: [stockBalances.table] });
}, 60_000);

afterAll(async () => {
  await projector.close();
  await app.destroy();
  await server.stop();
});

/** Records events of a new stock. @returns its SKU at `london` */
const record = async (events: readonly (readonly [StockEvent, number])[]) => {
  const sku = `SKU-${stocks++}`;
  if (events.length === 0) return sku;
  await store.append(`stock-${sku}~london`, -1, newEvents(events.map(([one]) => one)));
  let recordedAt = Date.parse('2026-01-01T12:00:00.000Z');
  for (const [index, recorded] of store.events.slice(-events.length).entries()) {
    recordedAt += events[index]?.[1] ?? 0;
    Object.assign(recorded, { recordedAt });
  }
  return sku;
};

const received = (count: number) =>
  Array.from({ length: count }, () => [{ type: 'StockReceived', data: { quantity: 1, ref: 'd-1' } }, 1] as const);

/** Folds the log into balances, up to an event. */
const balance = async (upTo: number) => {
  const after = await projector.resume();
  const events = store.events.slice(0, upTo).filter(({ position }) => position > after);
  for (let from = 0; from < events.length; from += 70) {
    const batch = events.slice(from, from + 70);
    await projector.handle({ events: batch, position: batch.at(-1)?.position ?? after, caughtUp: false });
  }
};

const explain = async (sku: string, options: ExplainOptions) => {
  const before = store.eventsRead;
  const explanation = await new StockHistory(store, app).explain(sku, 'london', options);
  return { explanation, eventsRead: store.eventsRead - before };
};

const fromAllEvents = async (sku: string, options: ExplainOptions) =>
  explainStock(await readHistory(store, stockItem, `${sku}~london`), options);

it('an explanation is made from the whole stream while there are no balances', async () => {
  const sku = await record(received(EVENTS_PER_BALANCE * 2));
  const { explanation } = await explain(sku, { limit: 3 });
  expect(explanation).toEqual(await fromAllEvents(sku, { limit: 3 }));
});

it(
  'an explanation from a balance equals one from all events, as of any time, with any limit, however far behind the balances are',
  () =>
    fc.assert(
      fc.asyncProperty(
        history,
        fc.nat(),
        fc.constantFrom(0, 1, 20, 150, 5000),
        fc.nat(),
        async (events, upTo, limit, at) => {
          const before = store.events.length;
          const sku = await record(events);
          await balance(before + (upTo % (events.length + 1)));
          const then = store.events[before + (at % (events.length + 1))]?.recordedAt;
          for (const asOf of [undefined, ...(then === undefined ? [] : [then - 1, then])]) {
            const { explanation, eventsRead } = await explain(sku, { limit, asOf });
            const expected = await fromAllEvents(sku, { limit, asOf });
            expect(explanation).toEqual(expected);
            const unbalanced = events.length - (upTo % (events.length + 1));
            expect(eventsRead).toBeLessThanOrEqual(limit + 2 * EVENTS_PER_BALANCE + unbalanced + 1);
          }
        },
      ),
      { numRuns: 60 },
    ),
  120_000,
);

it('a balance whose event is not in the log is not used', async () => {
  const sku = await record(received(EVENTS_PER_BALANCE));
  await balance(Infinity);
  await server.owner.query(
    `UPDATE read.stock_balance SET quantities = quantities || '{"onHand": 7}', position = position + 1 WHERE sku = $1`,
    [sku],
  );
  expect((await explain(sku, { limit: 0 })).explanation.level).toMatchObject({ onHand: EVENTS_PER_BALANCE });
});

it('an explanation is refused if an operator has hidden older events of the stream, although it does not need them', async () => {
  const sku = await record(received(EVENTS_PER_BALANCE * 3));
  await balance(Infinity);
  expect((await explain(sku, { limit: 1 })).eventsRead).toBeLessThan(EVENTS_PER_BALANCE * 2);
  store.setMetadata(`stock-${sku}~london`, { $tb: 10 });
  await expect(explain(sku, { limit: 1 })).rejects.toThrow(StreamNotReadable);
});
