/** Whatever others write into the product's streams: it costs that stream, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { streamTypes } from '#registry';
import { categoryOf, StreamNotReadable } from '#event-store';
import { type ChannelTerms, type OrderCommand, type OrderLine } from '#orders';
import { planFulfillment } from '#sourcing';
import { decoded, foreignEvents, LOOK_OURS } from '#testing';
import { processes } from './processes.js';
import { EVERY_PROCESS } from '#process-manager';
import { ProcessHarness } from './processes.fixture.js';

const at = (locationId: string) => ({ locationId, methods: ['ship'], safetyStock: 0, paused: false });
const terms = {
  ...{ currency: 'EUR', reservationTtlSeconds: 900, version: 1 },
  locations: [at('north'), at('south')],
} as unknown as ChannelTerms;

const lineOf = (sku: string): OrderLine => ({
  ...{ lineId: '1', sku, quantity: 1, unitPrice: { amount: 1999, scale: 2 }, method: 'ship' },
});

const place = (orderId: string, sku: string) => {
  const lines = [lineOf(sku)];
  const plan = planFulfillment(orderId, lines, terms, [{ sku, locationId: 'north', available: 9 }]);
  return { type: 'PlaceOrder', data: { orderId, lines, charges: [], terms, plan } } satisfies OrderCommand;
};

const receive = (h: ProcessHarness, sku: string) =>
  h.stock(sku, 'north', { type: 'ReceiveStock', data: { quantity: 99, ref: 'delivery' } });

const typesOf = (category: string) => Object.keys(streamTypes.find((type) => type.category === category)?.events ?? {});
const categories = streamTypes.map(({ category }) => category);
const shapes = Object.keys(foreignEvents('x'));

const strike = (h: ProcessHarness, stream: string, shape: string, type: string) => {
  const event = foreignEvents(type)[shape];
  if (!event) throw new Error(shape);
  h.store.appendAnything(stream, decoded(event));
};

const answersOf = (h: ProcessHarness, orderId: string) =>
  h.store.events.filter(({ stream }) => stream === `order-${orderId}`).map(({ event }) => event.type);

describe('an event that is not the product’s', () => {
  it('parks its stream for all processes, of every category and shape, and every other order is answered', async () => {
    const h = new ProcessHarness(processes(), 7);
    await receive(h, 'TEA');
    const struck = new Set<string>();
    const orders: string[] = [];
    for (const category of categories) {
      for (const shape of shapes) {
        const [type = ''] = typesOf(category);
        const stream = `${category}-${shape}~north`;
        strike(h, stream, shape, type);
        if (!LOOK_OURS.has(shape)) struck.add(stream);
      }
      orders.push(category);
      await h.order(place(category, 'TEA'));
    }
    await h.settle();
    for (const orderId of orders) expect(answersOf(h, orderId)).toContain('OrderConfirmed');
    const followed = new Set(processes().flatMap(({ inputs }) => inputs.categories));
    const named = [...struck].filter((stream) => followed.has(categoryOf(stream)));
    const parked = [...h.memory.parked.values()].filter(({ process }) => process === EVERY_PROCESS);
    expect(parked.map(({ instance }) => instance)).toEqual(expect.arrayContaining(named));
    expect(parked.every(({ instance, stream, revision }) => stream === instance && revision === 0)).toBe(true);
  });

  it('stops only the orders whose streams have one, after any number of restarts', async () => {
    const strikes = fc.array(
      fc.record({
        before: fc.nat(5),
        shape: fc.constantFrom(...shapes.filter((shape) => !LOOK_OURS.has(shape))),
        target: fc.constantFrom('order-1', 'order-3', 'stock-MUG~north', 'stock-NEW~north', 'location-42', 'payment-x'),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const trade = async (h: ProcessHarness, n: number) => {
      const isStruck = h.store.events.some(({ stream }) => stream === `order-${n}`);
      const placed = h.order(place(String(n), n === 5 ? 'MUG' : 'TEA'));
      if (isStruck) await expect(placed).rejects.toBeInstanceOf(StreamNotReadable);
      else await placed;
      if (n % 2 === 1) await h.settle();
    };
    const property = fc.asyncProperty(strikes, fc.constantFrom(1, 4, 500), async (all, batchSize) => {
      const h = new ProcessHarness(processes(), batchSize);
      await receive(h, 'TEA');
      await receive(h, 'MUG');
      for (let n = 0; n <= 5; n++) {
        for (const { target, shape } of all.filter(({ before }) => before === n)) {
          strike(h, target, shape, typesOf(categoryOf(target))[0] ?? '');
        }
        await trade(h, n);
      }
      await h.settle();
      await h.settle();
      for (const n of [0, 2, 4]) expect(answersOf(h, String(n))).toContain('OrderConfirmed');
      const streams = new Set(all.map(({ target }) => target).filter((target) => !target.startsWith('location')));
      for (const stream of streams) expect(h.memory.parked.get(`${EVERY_PROCESS}/${stream}`)).toBeDefined();
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('the events of a parked instance', () => {
  it('are handled in order once the cause is removed, even if the checkpoint is far ahead', async () => {
    const h = new ProcessHarness(processes(), 500);
    await receive(h, 'TEA');
    h.broken = ({ type }) => type === 'ReserveStock';
    await h.order(place('first', 'TEA'));
    await h.settle();
    expect([...h.memory.parked.values()]).toMatchObject([{ process: 'checkout', stream: 'order-first', revision: 1 }]);
    await h.order({ type: 'ExpireCheckout', data: { orderId: 'first' } }, { occurredAt: '2030-01-01T00:00:00.000Z' });
    h.broken = undefined;
    for (let n = 0; n < 30; n++) await receive(h, `SKU${n}`);
    h.broken = ({ type }) => type === 'ReserveStock';
    await h.settle();
    const [waiting] = h.memory.parked.values();
    expect(waiting?.held).toMatchObject([{ stream: 'order-first' }]);
    h.broken = undefined;
    await h.settle();
    expect([...h.memory.parked.keys()]).toEqual([]);
    expect(h.memory.running).toEqual([]);
    const open = h.store.events.filter(({ event }) => /^(StockReserved|ReservationReleased)$/.test(event.type));
    expect(open.map(({ event }) => event.type).toSorted()).toEqual(['ReservationReleased', 'StockReserved']);
  });

  it('are handled once newer code knows the event of the stream', async () => {
    const h = new ProcessHarness(processes(), 500);
    await receive(h, 'TEA');
    const future = await eventsOf(place('later', 'TEA'));
    for (const { event } of future) h.store.appendAnything('order-later', { type: `New${event.type}`, data: {} });
    await h.settle();
    expect(h.memory.parked.get(`${EVERY_PROCESS}/order-later`)).toMatchObject({ stream: 'order-later', revision: 0 });
    // Newer code: what stands there is known now.
    const recorded = h.store.events.filter(({ stream }) => stream === 'order-later');
    for (const [index, one] of recorded.entries()) Object.assign(one, future[index]);
    await h.settle();
    await h.settle();
    expect(answersOf(h, 'later')).toContain('OrderConfirmed');
    expect([...h.memory.parked.keys()]).toEqual([]);
  });
});

/** What a command leads to. */
const eventsOf = async (command: OrderCommand) => {
  const other = new ProcessHarness([], 1);
  await other.order(command);
  return other.store.events.map(({ event, envelope }) => ({ event, envelope }));
};
