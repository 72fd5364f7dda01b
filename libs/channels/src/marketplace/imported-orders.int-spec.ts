import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import { systemClock } from '../clock.js';
import { Mappings } from '../mapping/mappings.js';
import { Outbox } from '../delivery/outbox.js';
import { IMPORT_ENDPOINT, ImportedOrders, NOTICES_ENDPOINT } from './imported-orders.js';
import { type MarketplaceOrder } from './marketplace-api.js';
import { orderIdOf } from './order-translation.js';

const name = 'bazaar';
let database: TestDatabase;
let mappings: Mappings;
let imported: ImportedOrders;

beforeAll(async () => {
  database = await startTestDatabase();
  mappings = new Mappings(database.owner, name);
  imported = new ImportedOrders({ name, clock: systemClock }, mappings);
});
afterAll(() => database.stop());

beforeEach(async () => {
  await database.owner.query('TRUNCATE channels.mapping, channels.delivery, channels.endpoint');
  await mappings.put('sku', [
    { ours: 'MUG', theirs: 'theirs-1' },
    { ours: 'CUP', theirs: 'theirs-2' },
  ]);
  await mappings.addDefaults('status', { new: 'NEW', confirmed: 'SOLD', rejected: 'REFUSED' });
});

const order = (skus: readonly string[], cancelRequested = 0): MarketplaceOrder => ({
  ...{ order_id: 'BZ-1', status: 'NEW', currency: 'GBP', shipping_price: '0' },
  buyer: { name: 'Ada' },
  ship_to: { street: [], zip: '', city: '', country: 'GB' },
  lines: skus.map((sku, index) => ({
    ...{ line_id: `L${index + 1}`, sku, quantity: 3, price: '1' },
    cancel_requested: cancelRequested,
  })),
});

const record = (...orders: readonly MarketplaceOrder[]) =>
  database.owner.transaction((tx) => imported.recordFetched(orders, tx));
const reject = (...soldOut: readonly string[]) =>
  database.owner.transaction((tx) => imported.recordRejection('BZ-1', new Set(soldOut), tx));
const pendingFor = async (endpoint: string) => {
  const all = await new Outbox(database.owner).deliveries({ adapter: name, endpoint }, 'pending', 100);
  return all.reverse().map(({ messageId, body }) => ({ messageId, ...body }));
};

describe('the orders of a marketplace', () => {
  it('are placed once, however often they are fetched, even at the same time', async () => {
    await Promise.all(Array.from({ length: 8 }, () => record(order(['theirs-1']))));
    expect(await pendingFor(IMPORT_ENDPOINT)).toEqual([{ messageId: 'BZ-1/place/1', do: 'place', theirId: 'BZ-1' }]);
    expect(await mappings.page('order', '', 10)).toMatchObject([{ ours: orderIdOf(name, 'BZ-1', 1), theirs: 'BZ-1' }]);
  });

  it('are not imported when they were answered elsewhere', async () => {
    await record({ ...order(['theirs-1']), status: 'SOLD' });
    expect([...(await pendingFor(IMPORT_ENDPOINT)), ...(await pendingFor(NOTICES_ENDPOINT))]).toEqual([]);
  });

  it('lose as many units as the marketplace cancels, each once', async () => {
    await record(order(['theirs-1']));
    for (const count of [1, 1, 3]) await record(order(['theirs-1'], count));
    expect(await pendingFor(IMPORT_ENDPOINT)).toMatchObject([
      { do: 'place' },
      { do: 'cancel', lineId: 'L1', quantity: 1 },
      { do: 'cancel', lineId: 'L1', quantity: 2 },
    ]);
  });

  it('are placed again without what is sold out, and are refused when nothing is left', async () => {
    await record(order(['theirs-1', 'theirs-2', 'strange']));
    await reject('MUG');
    expect((await imported.findByMarketplaceId('BZ-1'))?.ours).toBe(orderIdOf(name, 'BZ-1', 2));
    expect((await pendingFor(IMPORT_ENDPOINT)).map(({ messageId }) => messageId)).toEqual([
      'BZ-1/place/1',
      'BZ-1/place/2',
    ]);
    expect(await pendingFor(NOTICES_ENDPOINT)).toEqual([]);
    await reject('CUP');
    const nothing = ['L1', 'L2', 'L3'].map((line_id) => ({ line_id, accepted: 0 }));
    expect(await pendingFor(NOTICES_ENDPOINT)).toMatchObject([{ body: { status: 'REFUSED', lines: nothing } }]);
  });

  it('are refused when they were rejected for another reason than missing stock', async () => {
    await record(order(['theirs-1']));
    await reject();
    expect(await pendingFor(NOTICES_ENDPOINT)).toMatchObject([
      { messageId: 'BZ-1/answer', body: { status: 'REFUSED' } },
    ]);
  });
});

describe('mappings', () => {
  it('have one counterpart for each name, the last that was put', async () => {
    await mappings.put('sku', [{ ours: 'PLATE', theirs: 'theirs-1' }]);
    await mappings.put('sku', [{ ours: 'CUP', theirs: 'theirs-3' }]);
    const all = await mappings.page('sku', '', 10);
    expect(all.map(({ ours, theirs }) => [ours, theirs])).toEqual([
      ['CUP', 'theirs-3'],
      ['PLATE', 'theirs-1'],
    ]);
  });

  it('that do not exist leave a name as it is, and defaults do not replace those that exist', async () => {
    await expect(mappings.theirNameOf('carrier', 'dhl')).resolves.toBe('dhl');
    await mappings.addDefaults('status', { new: 'OTHER', more: 'MORE' });
    await expect(mappings.theirNameOf('status', 'new')).resolves.toBe('NEW');
    await expect(mappings.theirNameOf('status', 'more')).resolves.toBe('MORE');
  });
});
