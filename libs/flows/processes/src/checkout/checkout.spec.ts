import { describe, expect, it } from '@jest/globals';
import { type ChannelTerms, type OrderCommand, type OrderLine } from '#orders';
import { planFulfillment } from '#sourcing';
import { checkout } from './checkout.process.js';
import {
  whenLinesCancelledThenRelease,
  whenOrderRecordedThenIssueStock,
  whenReturnRecordedThenRestock,
} from '../stock-movements/recorded-facts.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';

const all = [checkout, whenOrderRecordedThenIssueStock, whenReturnRecordedThenRestock, whenLinesCancelledThenRelease];

const at = (locationId: string) => ({ locationId, methods: ['ship'], safetyStock: 0, paused: false });
const terms = {
  currency: 'EUR',
  reservationTtlSeconds: 900,
  version: 1,
  locations: [at('north'), at('south')],
} as unknown as ChannelTerms;

const line = (lineId: string, sku: string, quantity: number): OrderLine => ({
  lineId,
  sku,
  quantity,
  unitPrice: { amount: 1999, scale: 2 },
  method: 'ship',
});

interface Place {
  readonly sku: string;
  readonly locationId: string;
  readonly available: number;
}

const place = (orderId: string, lines: OrderLine[], candidates: readonly Place[]) =>
  ({
    type: 'PlaceOrder',
    data: { orderId, lines, charges: [], terms, plan: planFulfillment(orderId, lines, terms, candidates) },
  }) satisfies OrderCommand;

const receive = (h: ProcessHarness, sku: string, locationId: string, quantity: number) =>
  h.stock(sku, locationId, { type: 'ReceiveStock', data: { quantity, ref: 'delivery' } });

const types = async (h: ProcessHarness, ...streams: string[]) =>
  (await h.log(...streams)).map(({ event }) => event.type);

/** Reservations of an order that have begun and not ended. */
const openReservations = async (h: ProcessHarness, ...streams: string[]) => {
  const open = new Set<string>();
  for (const { event } of await h.log(...streams)) {
    const { reservationId } = event.data as { reservationId?: string };
    if (reservationId === undefined) continue;
    if (event.type === 'StockReserved') open.add(reservationId);
    if (/^Reservation(Released|Expired|Consumed)$/.test(event.type)) open.delete(reservationId);
  }
  return open.size;
};

const stocks = ['stock-A~north', 'stock-A~south', 'stock-B~north', 'stock-B~south'];

/** A story: what has happened before the processes run. */
type Story = (h: ProcessHarness) => Promise<unknown>;

const known = (sku: string, locationId: string, available: number) => ({ sku, locationId, available });

const stories: Record<string, Story> = {
  'an order that is confirmed': async (h) => {
    await receive(h, 'A', 'north', 5);
    await receive(h, 'B', 'north', 5);
    const candidates = [known('A', 'north', 5), known('B', 'north', 5)];
    await h.order(place('o', [line('1', 'A', 2), line('2', 'B', 1)], candidates));
  },
  'an order re-planned to another place': async (h) => {
    await receive(h, 'A', 'north', 1);
    await receive(h, 'A', 'south', 9);
    await h.order(place('o', [line('1', 'A', 3)], [known('A', 'north', 3), known('A', 'south', 9)]));
  },
  'an order of which one line is sold out': async (h) => {
    await receive(h, 'A', 'north', 5);
    await h.order(place('o', [line('1', 'A', 2), line('2', 'B', 1)], [known('A', 'north', 5), known('B', 'north', 1)]));
  },
  'an order whose checkout ran out before it was answered': async (h) => {
    await receive(h, 'A', 'north', 5);
    await h.order(place('o', [line('1', 'A', 2)], [known('A', 'north', 5)]));
    await h.order({ type: 'ExpireCheckout', data: { orderId: 'o' } }, { occurredAt: '2030-01-01T00:00:00.000Z' });
  },
};

const run = async (story: Story, crash?: CrashPoint, batchSize = 500) => {
  const h = new ProcessHarness(all, batchSize);
  await story(h);
  await h.settle(crash);
  return h;
};

describe('a checkout', () => {
  const story = (name: string) => stories[name] ?? (() => Promise.reject(new Error(name)));

  it('reserves every line and confirms', async () => {
    const h = await run(story('an order that is confirmed'));
    expect(await types(h, 'order-o')).toEqual(['OrderPlaced', 'FulfillmentPlanned', 'OrderConfirmed']);
    expect(await openReservations(h, ...stocks)).toBe(2);
    expect(h.memory.running).toEqual([]);
  });

  it('plans once more when a location declines, and reserves the rest at another', async () => {
    const h = await run(story('an order re-planned to another place'));
    expect((await types(h, 'order-o')).slice(2)).toEqual(['FulfillmentPlanned', 'OrderConfirmed']);
    const reserved = (await h.log(...stocks)).filter(({ event }) => event.type === 'StockReserved');
    expect(reserved.map(({ event }) => (event.data as { quantity: number }).quantity)).toEqual([1, 2]);
  });

  describe('of a channel with one unit of safety stock at each location', () => {
    const careful =
      (quantity: number): Story =>
      async (h) => {
        await receive(h, 'A', 'north', 3);
        await receive(h, 'A', 'south', 2);
        const locations = terms.locations.map((one) => ({ ...one, safetyStock: 1 }));
        const data = { orderId: 'o', lines: [line('1', 'A', quantity)], charges: [], terms: { ...terms, locations } };
        const candidates = [known('A', 'north', 9), known('A', 'south', 2)];
        const plan = planFulfillment('o', data.lines, data.terms, candidates);
        await h.order({ type: 'PlaceOrder', data: { ...data, plan } });
      };

    it('reserves all other units', async () => {
      const h = await run(careful(3));
      expect((await types(h, 'order-o')).slice(2)).toEqual(['FulfillmentPlanned', 'OrderConfirmed']);
      const reserved = (await h.log(...stocks)).filter(({ event }) => event.type === 'StockReserved');
      expect(reserved.map(({ event }) => (event.data as { quantity: number }).quantity)).toEqual([2, 1]);
    });

    it('does not reserve that unit', async () => {
      const h = await run(careful(4));
      const sold = { code: 'sold-out', sku: 'A', available: 2 };
      expect((await h.log('order-o')).at(-1)?.event).toMatchObject({ data: { reasons: [sold] } });
      expect(await openReservations(h, ...stocks)).toBe(0);
    });

    it('does not reserve it with the second plan either', async () => {
      const h = new ProcessHarness(all, 500);
      await careful(3)(h);
      await h.stock('A', 'south', { type: 'RecordStockIssue', data: { quantity: 1, cause: 'store-sale', ref: 't' } });
      await h.settle();
      const sold = { code: 'sold-out', sku: 'A', available: 0 };
      expect((await h.log('order-o')).at(-1)?.event).toMatchObject({ data: { reasons: [sold] } });
      expect(await openReservations(h, ...stocks)).toBe(0);
    });
  });

  it('releases all reservations when a line is sold out', async () => {
    const h = await run(story('an order of which one line is sold out'));
    const log = await h.log('order-o');
    expect(log.at(-1)?.event).toMatchObject({
      type: 'OrderRejected',
      data: { reasons: [{ code: 'sold-out', sku: 'B' }] },
    });
    expect(await openReservations(h, ...stocks)).toBe(0);
  });

  it('leaves no reservation when the deadline comes first', async () => {
    const h = await run(story('an order whose checkout ran out before it was answered'));
    expect((await types(h, 'order-o')).at(-1)).toBe('OrderRejected');
    expect(await openReservations(h, ...stocks)).toBe(0);
    expect(h.memory.running).toEqual([]);
  });

  it('releases reservations that the confirmed order does not use', () => {
    const stream = 'order-o';
    const at = { id: 'e', correlationId: 'o', channel: 'web', occurredAt: '2026-01-01T12:00:00.000Z' };
    const allocation = (reservationId: string) => ({
      ...{ reservationId, sku: 'A', locationId: 'north', quantity: 1, lines: [{ lineId: '1', quantity: 1 }] },
    });
    const plan = { attempt: 1, allocations: ['a', 'b'].map(allocation), candidates: [], policyVersion: 1 };
    const reserved = (reservationId: string) =>
      ({
        type: 'StockReserved',
        data: { reservationId, quantity: 1, kind: 'hard', owner: { type: 'order', id: 'o' } },
      }) as const;
    const events = [
      {
        type: 'OrderPlaced',
        data: { currency: 'EUR', lines: [line('1', 'A', 2)], charges: [], expiresAt: '', total: 0 },
      },
      { type: 'FulfillmentPlanned', data: plan },
      reserved('a'),
      reserved('b'),
      { type: 'OrderConfirmed', data: { allocations: [allocation('a')] } },
    ] as const;
    let last = checkout.react(undefined, { ...at, stream, event: events[0] }, 'o');
    for (const event of events.slice(1)) last = checkout.react(last.state, { ...at, stream, event }, 'o');
    expect(last).toMatchObject({
      state: undefined,
      commands: [{ type: 'ReleaseReservation', data: { reservationId: 'b' } }],
    });
  });

  it('rejects an order that no location can serve', async () => {
    const h = new ProcessHarness(all, 500);
    const nowhere = { ...terms, locations: [] };
    const lines = [line('1', 'A', 1)];
    await h.order({
      type: 'PlaceOrder',
      data: { orderId: 'o', lines, charges: [], terms: nowhere, plan: planFulfillment('o', lines, nowhere) },
    });
    await h.settle();
    expect((await h.log('order-o')).at(-1)?.event).toMatchObject({ data: { reasons: [{ code: 'no-location' }] } });
  });

  for (const [name, story] of Object.entries(stories)) {
    it(`ends the same after a crash at any point: ${name}`, async () => {
      const calm = await run(story);
      const finish = async (h: ProcessHarness) => ({
        order: (await h.log('order-o')).map(({ event }) => event),
        open: await openReservations(h, ...stocks),
        stock: (await types(h, ...stocks)).toSorted(),
        running: h.memory.running,
      });
      const expected = await finish(calm);
      for (const batchSize of [1, 500]) {
        for (let point = 0; point < calm.dispatches; point++) {
          for (const moment of CRASH_MOMENTS) {
            expect(await finish(await run(story, { at: point, moment }, batchSize))).toEqual(expected);
          }
        }
      }
    });
  }
});

describe('facts', () => {
  const details = { currency: 'EUR', charges: [] };

  it('moves the stock of a recorded order once for each SKU and location', async () => {
    const h = new ProcessHarness(all, 500);
    const sold = [line('1', 'A', 2), line('2', 'A', 1), line('3', 'B', 1)].map((one) => ({
      ...one,
      locationId: 'north',
    }));
    await h.order({ type: 'RecordOrder', data: { orderId: 'o', ...details, lines: sold } });
    await h.settle({ at: 1, moment: 'after' });
    const issued = (await h.log('stock-A~north', 'stock-B~north')).filter(({ event }) => event.type === 'StockIssued');
    expect(issued.map(({ event }) => (event.data as { quantity: number }).quantity)).toEqual([3, 1]);
  });

  it('restocks returned goods where they arrived, except missing ones', async () => {
    const h = new ProcessHarness(all, 500);
    const back = { unitPrice: { amount: 100, scale: 2 }, locationId: 'south', sku: 'A' };
    await h.goodsReturn({
      type: 'RecordReturn',
      data: {
        returnId: 'r',
        currency: 'EUR',
        credits: [],
        lines: [
          { ...back, lineId: '1', quantity: 2, disposition: 'restock' },
          { ...back, lineId: '2', quantity: 1, disposition: 'missing' },
        ],
      },
    });
    await h.settle();
    expect((await h.log('stock-A~south')).map(({ event }) => event)).toMatchObject([
      { type: 'StockRestocked', data: { quantity: 2, returnId: 'r', disposition: 'restock' } },
    ]);
  });

  it('reduces the reservations of cancelled lines', async () => {
    const h = await run(stories['an order that is confirmed'] ?? (() => Promise.reject(new Error())));
    const cancel = (lines: { lineId: string; quantity: number }[]) =>
      h.order({
        type: 'SettleCancellation',
        data: { orderId: 'o', cancellationId: 'c', lines, reason: 'changed mind' },
      });
    await cancel([
      { lineId: '1', quantity: 1 },
      { lineId: '2', quantity: 1 },
    ]);
    await h.settle();
    expect((await types(h, 'stock-A~north')).at(-1)).toBe('ReservationReduced');
    expect((await types(h, 'stock-B~north')).at(-1)).toBe('ReservationReleased');
  });
});

describe('an instance that fails', () => {
  it('is parked without delaying others, and is retried at the next start', async () => {
    const h = new ProcessHarness(all, 500);
    await receive(h, 'A', 'north', 5);
    for (const orderId of ['bad', 'good']) await h.order(place(orderId, [line('1', 'A', 1)], [known('A', 'north', 5)]));
    h.broken = ({ data }) => (data as { owner?: { id: string } }).owner?.id === 'bad';
    await h.settle();
    expect([...h.memory.parked.keys()]).toEqual(['checkout/bad']);
    expect((await types(h, 'order-good')).at(-1)).toBe('OrderConfirmed');

    h.broken = undefined;
    await h.settle();
    expect((await types(h, 'order-bad')).at(-1)).toBe('OrderConfirmed');
    expect(h.memory.parked.size).toBe(0);
  });

  it('is parked when a fact is refused: goods that moved must be booked', async () => {
    const h = new ProcessHarness(all, 500);
    const sold = { ...line('1', 'A', 2), locationId: 'nowhere' };
    await h.order({ type: 'RecordOrder', data: { orderId: 'o', currency: 'EUR', charges: [], lines: [sold] } });
    await h.goodsReturn({
      type: 'RecordReturn',
      data: {
        ...{ returnId: 'r', currency: 'EUR', credits: [] },
        lines: [{ ...sold, disposition: 'restock' }],
      },
    });
    h.refused = ({ data }) => (data as { locationId?: string }).locationId === 'nowhere';
    await h.settle();
    expect([...h.memory.parked.values()].map(({ error }) => error).toSorted()).toEqual([
      'Error: RecordStockIssue was refused: location-not-found',
      'Error: RestockReturn was refused: location-not-found',
    ]);

    h.refused = undefined;
    await h.settle();
    expect(await types(h, 'stock-A~nowhere')).toEqual(expect.arrayContaining(['StockIssued', 'StockRestocked']));
  });
});
