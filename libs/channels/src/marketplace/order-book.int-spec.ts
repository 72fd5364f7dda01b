import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import { systemClock } from '../clock.js';
import { Mappings } from '../mapping/mappings.js';
import { Outbox } from '../outbox/outbox.js';
import { IMPORT, NOTICES, OrderBook } from './order-book.js';
import { type TheirOrder } from './their-language.js';
import { orderIdOf } from './to-place.js';

const name = 'bazaar';
let database: TestDatabase;
let mappings: Mappings;
let book: OrderBook;

beforeAll(async () => {
  database = await startTestDatabase();
  mappings = new Mappings(database.owner, name);
  book = new OrderBook({ name, clock: systemClock }, mappings);
});
afterAll(() => database.stop());

beforeEach(async () => {
  await database.owner.query('TRUNCATE channels.mapping, channels.delivery, channels.endpoint');
  await mappings.put('sku', [
    { ours: 'MUG', theirs: 'theirs-1' },
    { ours: 'CUP', theirs: 'theirs-2' },
  ]);
  await mappings.seed('status', { new: 'NEW', confirmed: 'SOLD', rejected: 'REFUSED' });
});

const order = (skus: readonly string[], cancelRequested = 0): TheirOrder => ({
  ...{ order_id: 'BZ-1', status: 'NEW', created_at: '', currency: 'GBP', shipping_price: '0' },
  buyer: { name: 'Ada' },
  ship_to: { street: [], zip: '', city: '', country: 'GB' },
  lines: skus.map((sku, index) => ({
    ...{ line_id: `L${index + 1}`, sku, quantity: 3, price: '1' },
    cancel_requested: cancelRequested,
  })),
});

const take = (...orders: readonly TheirOrder[]) => database.owner.transaction((tx) => book.take(orders, tx));
const reject = (...soldOut: readonly string[]) =>
  database.owner.transaction((tx) => book.takeRejection('BZ-1', new Set(soldOut), tx));
const owed = async (endpoint: string) => {
  const all = await new Outbox(database.owner).deliveries({ adapter: name, endpoint }, 'pending', 100);
  return all.reverse().map(({ messageId, body }) => ({ messageId, ...body }));
};

describe('the orders of a marketplace', () => {
  it('are placed once, however often and by however many they are fetched', async () => {
    await Promise.all(Array.from({ length: 8 }, () => take(order(['theirs-1']))));
    expect(await owed(IMPORT)).toEqual([{ messageId: 'BZ-1/place/1', do: 'place', theirId: 'BZ-1' }]);
    expect(await mappings.all('order', '', 10)).toMatchObject([{ ours: orderIdOf(name, 'BZ-1', 1), theirs: 'BZ-1' }]);
  });

  it('are none of ours when they were answered elsewhere', async () => {
    await take({ ...order(['theirs-1']), status: 'SOLD' });
    expect([...(await owed(IMPORT)), ...(await owed(NOTICES))]).toEqual([]);
  });

  it('lose so many units as are wanted no more, each once', async () => {
    await take(order(['theirs-1']));
    for (const count of [1, 1, 3]) await take(order(['theirs-1'], count));
    expect(await owed(IMPORT)).toMatchObject([
      { do: 'place' },
      { do: 'cancel', lineId: 'L1', quantity: 1 },
      { do: 'cancel', lineId: 'L1', quantity: 2 },
    ]);
  });

  it('are asked for again without what is sold out, until nothing is left: then they are refused', async () => {
    await take(order(['theirs-1', 'theirs-2', 'strange']));
    await reject('MUG');
    expect((await book.ofTheirs('BZ-1'))?.ours).toBe(orderIdOf(name, 'BZ-1', 2));
    expect((await owed(IMPORT)).map(({ messageId }) => messageId)).toEqual(['BZ-1/place/1', 'BZ-1/place/2']);
    expect(await owed(NOTICES)).toEqual([]);
    await reject('CUP');
    const nothing = ['L1', 'L2', 'L3'].map((line_id) => ({ line_id, accepted: 0 }));
    expect(await owed(NOTICES)).toMatchObject([{ body: { status: 'REFUSED', lines: nothing } }]);
  });

  it('are refused when it is not for want of goods that they were rejected', async () => {
    await take(order(['theirs-1']));
    await reject();
    expect(await owed(NOTICES)).toMatchObject([{ messageId: 'BZ-1/answer', body: { status: 'REFUSED' } }]);
  });
});

describe('names', () => {
  it('have one counterpart on either side: the last that was said', async () => {
    await mappings.put('sku', [{ ours: 'PLATE', theirs: 'theirs-1' }]);
    await mappings.put('sku', [{ ours: 'CUP', theirs: 'theirs-3' }]);
    const all = await mappings.all('sku', '', 10);
    expect(all.map(({ ours, theirs }) => [ours, theirs])).toEqual([
      ['CUP', 'theirs-3'],
      ['PLATE', 'theirs-1'],
    ]);
  });

  it('that nobody has mapped are the same, and are not overwritten by defaults', async () => {
    await expect(mappings.theirs('carrier', 'dhl')).resolves.toBe('dhl');
    await mappings.seed('status', { new: 'OTHER', more: 'MORE' });
    await expect(mappings.theirs('status', 'new')).resolves.toBe('NEW');
    await expect(mappings.theirs('status', 'more')).resolves.toBe('MORE');
  });
});
