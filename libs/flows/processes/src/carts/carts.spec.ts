import { describe, expect, it } from '@jest/globals';
import { cart, type CartCommand, type CartLine } from '#carts';
import { DomainError, type Message } from '#kernel';
import { aCause } from '#testing';
import { carts } from './carts.process.js';
import { whenOrderOfCartAnsweredThenEndCart } from './cart-orders.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';

const all = [carts, whenOrderOfCartAnsweredThenEndCart];

type Story = (h: ProcessHarness) => Promise<unknown>;

const stocks = ['stock-A~north', 'stock-B~north'];

const terms = { reservationTtlSeconds: 900, locations: [{ locationId: 'north', ships: true }] };
const candidates = ['A', 'B'].map((sku) => ({ sku, locationId: 'north', available: 9 }));

const say = (h: ProcessHarness, command: CartCommand, occurredAt = '2026-01-01T12:00:00.000Z') =>
  h.run(cart, command.data.cartId, command, { occurredAt });
const create = (h: ProcessHarness, cartId: string) => say(h, { type: 'CreateCart', data: { cartId, currency: 'EUR' } });
const line = (lineId: string, sku: string, quantity: number): CartLine => ({
  ...{ lineId, sku, quantity, method: 'ship' },
  unitPrice: { amount: 100, scale: 2 },
});
const add = (h: ProcessHarness, cartId: string, ...args: Parameters<typeof line>) =>
  say(h, { type: 'AddCartLine', data: { cartId, ...line(...args) } });
const set = (h: ProcessHarness, cartId: string, lineId: string, quantity: number) =>
  say(h, { type: 'SetCartLineQuantity', data: { cartId, lineId, quantity } });
const reserve = (h: ProcessHarness, cartId: string) =>
  say(h, { type: 'ReserveCart', data: { cartId, terms, candidates } });
const receive = (h: ProcessHarness, sku: string, quantity: number) =>
  h.stock(sku, 'north', { type: 'ReceiveStock', data: { quantity, ref: 'delivery' } });
const answerTo = (h: ProcessHarness, events: Message[]) =>
  h.store.append(
    'order-o',
    -1,
    events.map((event, i) => ({
      id: `00000000-0000-4000-8000-00000000000${i}`,
      event,
      envelope: { ...aCause(), schema: '1' },
    })),
  );

/** Two units of A and one of B in a cart that is reserved, four of A and one of B on the shelf. */
const reserved: Story = async (h) => {
  await receive(h, 'A', 4);
  await receive(h, 'B', 1);
  await create(h, 'c');
  await add(h, 'c', '1', 'A', 2);
  await add(h, 'c', '2', 'B', 1);
  await reserve(h, 'c');
};

const placed = {
  currency: 'EUR',
  lines: [],
  charges: [],
  total: 0,
  expiresAt: '2026-01-01T13:00:00.000Z',
  cartId: 'c',
};
const checkedOut = async (h: ProcessHarness) => {
  await reserved(h);
  await h.settle();
  await say(h, { type: 'CheckOutCart', data: { cartId: 'c', orderId: 'o' } });
};

const stories: Record<string, Story> = {
  'a cart that is reserved': reserved,
  'a cart of which one line cannot be had': async (h) => {
    await receive(h, 'A', 4);
    await create(h, 'c');
    await add(h, 'c', '1', 'A', 2);
    await add(h, 'c', '2', 'B', 1);
    await reserve(h, 'c');
  },
  'a cart that is edited while it is reserved': async (h) => {
    await reserved(h);
    await set(h, 'c', '1', 4);
    await say(h, { type: 'RemoveCartLine', data: { cartId: 'c', lineId: '2' } });
  },
  'a reserved cart that gets more, then fewer, then longer': async (h) => {
    await reserved(h);
    await h.settle();
    await set(h, 'c', '1', 4);
    await h.settle();
    await set(h, 'c', '1', 1);
    await say(h, { type: 'ExtendCartReservations', data: { cartId: 'c', seconds: 7200 } });
  },
  'a reserved cart that gets more than there is': async (h) => {
    await reserved(h);
    await h.settle();
    await set(h, 'c', '1', 4);
    await set(h, 'c', '2', 2);
  },
  'a reservation that expires': async (h) => {
    await reserved(h);
    await h.settle();
    const [ask] = (await h.log('cart-c')).filter(({ event }) => event.type === 'CartStockReserved');
    const { sku, reservationId } = ask?.event.data as { sku: string; reservationId: string };
    const expire = { type: 'ExpireReservation', data: { reservationId } } as const;
    await h.stock(sku, 'north', expire, { occurredAt: '2026-01-02T00:00:00.000Z' });
  },
  'a reserved cart that is closed': async (h) => {
    await reserved(h);
    await h.settle();
    await say(h, { type: 'CloseCart', data: { cartId: 'c', reason: 'abandoned' } });
  },
  'a cart that is closed before the stock has answered': async (h) => {
    await reserved(h);
    await say(h, { type: 'CloseCart', data: { cartId: 'c', reason: 'abandoned' } });
  },
  'a guest’s cart that holds the last unit, merged into a customer’s': async (h) => {
    await receive(h, 'B', 1);
    await create(h, 'g');
    await add(h, 'g', '1', 'B', 1);
    await reserve(h, 'g');
    await h.settle();
    await create(h, 'c');
    const { source } = await contents(h);
    await say(h, { type: 'MergeCarts', data: { cartId: 'c', fromCartId: 'g', source } });
    await add(h, 'g', '2', 'A', 1);
  },
  'a cart whose order is confirmed': async (h) => {
    await checkedOut(h);
    await answerTo(h, [
      { type: 'OrderPlaced', data: placed },
      { type: 'OrderConfirmed', data: { allocations: [] } },
    ]);
  },
  'a cart whose order is rejected': async (h) => {
    await checkedOut(h);
    await answerTo(h, [
      { type: 'OrderPlaced', data: placed },
      { type: 'OrderRejected', data: { reasons: [] } },
    ]);
  },
};

/** What the guest's cart would be merged with. */
const contents = async (h: ProcessHarness) => {
  const log = await h.log('cart-g');
  const held = log.flatMap(({ event }) => (event.type === 'CartStockReserved' ? [event.data as never] : []));
  return {
    source: {
      lines: [line('1', 'B', 1)],
      places: [{ lineId: '1', locationId: 'north' }],
      reservations: held,
      expiresAt: '2026-01-01T12:15:00.000Z',
    },
  };
};

const run = async (story: Story, crash?: CrashPoint, batchSize = 500) => {
  const h = new ProcessHarness(all, batchSize);
  await story(h);
  await h.settle(crash);
  return h;
};

const types = async (h: ProcessHarness, ...names: string[]) => (await h.log(...names)).map(({ event }) => event.type);

interface Reserved {
  readonly reservationId?: string;
  readonly quantity?: number;
  readonly left?: number;
  readonly owner?: { readonly id: string };
}

/** Units of each SKU that are reserved, by owner. */
const open = async (h: ProcessHarness) => {
  const found = new Map<string, string>();
  for (const { event, stream } of await h.log(...stocks)) {
    const { reservationId = '', quantity, left, owner } = event.data as Reserved;
    const id = owner?.id ?? '';
    if (event.type === 'StockReserved') found.set(reservationId, `${id} ${stream} ${String(quantity)}`);
    if (event.type === 'ReservationReduced') found.set(reservationId, `${id} ${stream} ${String(left)}`);
    if (/^Reservation(Released|Expired|Consumed)$/.test(event.type)) found.delete(reservationId);
  }
  return [...found.values()].toSorted();
};

const story = (name: string): Story => {
  const found = stories[name];
  if (!found) throw new DomainError('no-story', name);
  return found;
};

const after = async (name: string) => open(await run(story(name)));

describe('the reservations of a cart', () => {
  it('match its lines', async () =>
    expect(await after('a cart that is reserved')).toEqual(['c stock-A~north 2', 'c stock-B~north 1']));
  it('cover the available units; the cart records the rest', async () => {
    const h = await run(story('a cart of which one line cannot be had'));
    expect(await open(h)).toEqual(['c stock-A~north 2']);
    const declined = (await h.log('cart-c')).find(({ event }) => event.type === 'CartStockNotReserved');
    expect(declined?.event.data).toMatchObject({ sku: 'B', quantity: 1, available: 0 });
  });
  it('follow edits that come before stock has answered', async () =>
    expect(await after('a cart that is edited while it is reserved')).toEqual(['c stock-A~north 4']));
  it('follow edits, and can be extended', async () => {
    const h = await run(story('a reserved cart that gets more, then fewer, then longer'));
    expect(await open(h)).toEqual(['c stock-A~north 1', 'c stock-B~north 1']);
    const extended = (await h.log(...stocks)).filter(({ event }) => event.type === 'ReservationExtended');
    expect(extended.map(({ event }) => (event.data as { expiresAt: string }).expiresAt)).toEqual([
      '2026-01-01T14:00:00.000Z',
      '2026-01-01T14:00:00.000Z',
    ]);
  });
  it('are recorded as ended when they expire', async () =>
    expect(await types(await run(story('a reservation that expires')), 'cart-c')).toContain('CartReservationEnded'));
  it('are released when the cart is closed', async () => {
    expect(await after('a reserved cart that is closed')).toEqual([]);
    expect(await after('a cart that is closed before the stock has answered')).toEqual([]);
  });
  it('move into another cart without being free in between, with lines that came meanwhile', async () => {
    const h = await run(story('a guest’s cart that holds the last unit, merged into a customer’s'));
    expect(await open(h)).toEqual(['c stock-B~north 1']);
    expect((await h.log('cart-g')).at(-1)?.event).toMatchObject({
      type: 'CartClosed',
      data: { mergedInto: 'c', rest: [{ sku: 'A' }] },
    });
    const merged = (await h.log('cart-c')).filter(({ event }) => event.type === 'CartLinesMerged');
    expect(merged.map(({ event }) => (event.data as { lines: CartLine[] }).lines.map(({ sku }) => sku))).toEqual([
      ['B'],
      ['A'],
    ]);
  });
});

describe('a cart that became an order', () => {
  it('is closed when the order is confirmed', async () => {
    const h = await run(story('a cart whose order is confirmed'));
    expect((await types(h, 'cart-c')).slice(-3)).toEqual(['CartOrdered', 'CartReservationsReleased', 'CartClosed']);
  });
  it('is open again when the order is rejected', async () =>
    expect((await types(await run(story('a cart whose order is rejected')), 'cart-c')).slice(-2)).toEqual([
      'CartOrdered',
      'CartReopened',
    ]));
});

/** A merged cart may give back what it held, or learn first that the other cart has taken it over. */
const GIVEN_UP: Readonly<Partial<Record<string, string>>> = {
  CartReservationsReleased: 'given up',
  CartReservationEnded: 'given up',
};

describe('a crash', () => {
  for (const [name, story] of Object.entries(stories)) {
    it(`at any point changes nothing: ${name}`, async () => {
      const calm = await run(story);
      const finish = async (h: ProcessHarness) => ({
        carts: (await types(h, 'cart-c', 'cart-g')).map((type) => GIVEN_UP[type] ?? type).toSorted(),
        open: await open(h),
        stock: (await types(h, ...stocks)).toSorted(),
        running: h.memory.running,
      });
      const expected = await finish(calm);
      expect(expected.running).toEqual([]);
      expect(calm.dispatches).toBeGreaterThan(0);
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
