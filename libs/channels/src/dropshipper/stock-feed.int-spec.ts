import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BatchCommand } from '#client';
import { startTestDatabase, type TestDatabase } from '#testing';
import { type AdapterContext } from '../adapter.js';
import { Mappings } from '../mapping/mappings.js';
import { parseStockFeed } from './stock-feed-rows.js';
import { StockFeed } from './stock-feed.js';

const skus = Array.from({ length: 40 }, (_, index) => `SKU-${10 + index}`);
let database: TestDatabase;
let sent: BatchCommand[];

beforeAll(async () => {
  database = await startTestDatabase();
  await database.owner.query(
    'CREATE TABLE read.stock_position (sku text, location_id text, on_hand integer, PRIMARY KEY (sku, location_id))',
  );
});
afterAll(() => database.stop());

beforeEach(async () => {
  sent = [];
  await database.owner.query('TRUNCATE channels.mapping, read.stock_position');
  await database.owner.query(`INSERT INTO read.stock_position SELECT unnest($1::text[]), 'acme', 5`, [skus]);
});

/** A stock feed of the location acme, as it is after a start of the host. */
const opened = (holdAbovePercent = 20) => {
  const context = {
    name: 'acme',
    db: database.owner,
    api: {
      sendBatch: (commands: readonly BatchCommand[]) => {
        sent.push(...commands);
        return Promise.resolve(commands.map(() => ({ status: 200 })));
      },
    },
    log: () => undefined,
  };
  const mappings = new Mappings(database.owner, 'acme');
  return new StockFeed({
    context: context as unknown as AdapterContext,
    location: 'acme',
    mappings,
    holdAbovePercent,
  });
};

const feedOf = (sequence: number, codes: readonly string[], mode: 'full' | 'delta' = 'full') => ({
  ...parseStockFeed('json', JSON.stringify(codes.map((sku) => ({ sku, quantity: 7 })))),
  mode,
  sequence,
  asOf: new Date(sequence).toISOString(),
});

const emptied = () => sent.filter(({ data }) => (data as { counted: number }).counted === 0).length;

describe('a full feed that leaves out too many SKUs', () => {
  it('changes nothing until it is released, also after a restart', async () => {
    const answer = await opened().record(feedOf(1, [...skus.slice(10), 'NEW']));
    expect(answer).toMatchObject({
      held: true,
      sequence: 1,
      rows: 31,
      zeroedSkus: skus.slice(0, 10),
      newSkus: ['NEW'],
    });
    expect(sent).toEqual([]);
    const feed = opened();
    await expect(feed.newest()).resolves.toBeUndefined();
    expect(feed.healthIssue).toContain('the stock feed 1 of acme is held');
    await expect(feed.held()).resolves.toMatchObject({ reason: expect.stringContaining('10 of 40 SKUs') });
    await expect(feed.release(2)).rejects.toMatchObject({ status: 409 });
    await expect(feed.release(1)).resolves.toMatchObject({ sequence: 1, taken: 41, zeroed: 10 });
    expect(emptied()).toBe(10);
    await expect(opened().held()).resolves.toBeUndefined();
    expect(feed.healthIssue).toBeUndefined();
  });

  it('is thrown away when a person wants that, and may be sent again', async () => {
    const feed = opened();
    await feed.record(feedOf(1, skus.slice(10)));
    await feed.discard(1);
    await expect(feed.held()).resolves.toBeUndefined();
    await expect(feed.release(1)).rejects.toThrow('No feed is held');
    await expect(feed.record(feedOf(1, skus))).resolves.toMatchObject({ taken: 40, zeroed: 0 });
  });

  it('is replaced by a later full feed; an older one, and changes that follow it, are refused', async () => {
    const feed = opened();
    await feed.record(feedOf(2, skus.slice(10)));
    await expect(feed.record(feedOf(1, skus))).rejects.toThrow('It is older than feed 2');
    await expect(feed.record(feedOf(3, ['SKU-10'], 'delta'))).rejects.toThrow('Feed 2 is held');
    await expect(feed.record(feedOf(4, skus.slice(11)))).resolves.toMatchObject({ held: true, sequence: 4 });
    await expect(feed.record(feedOf(5, skus))).resolves.toMatchObject({ taken: 40 });
    await expect(feed.held()).resolves.toBeUndefined();
  });
});

it.each([
  ['fewer than ten', 20, 9],
  ['no more than the share that is allowed', 25, 10],
])('a full feed that leaves out %s SKUs is recorded', async (_, percent, leftOut) => {
  await expect(opened(percent).record(feedOf(1, skus.slice(leftOut)))).resolves.toMatchObject({
    zeroed: leftOut,
    zeroedSkus: skus.slice(0, leftOut),
  });
  expect(emptied()).toBe(leftOut);
});

it('a feed that says 0 of too many SKUs is held as well', async () => {
  const rows = skus.map((sku, index) => ({ sku, quantity: index < 10 ? 0 : 5 }));
  const feed = { ...feedOf(1, []), ...parseStockFeed('json', JSON.stringify(rows)) };
  await expect(opened().record(feed)).resolves.toMatchObject({ held: true });
});

it('a full feed with a row that has no SKU sets nothing to 0, and says so', async () => {
  const feed = opened();
  const codes = [...skus.slice(1), ''];
  const kept = { taken: 39, zeroed: 0, keptSkus: ['SKU-10'], wrong: [{ row: 40, problem: 'it has no "sku"' }] };
  await expect(feed.record(feedOf(1, codes))).resolves.toMatchObject(kept);
  expect(emptied()).toBe(0);
  expect(feed.healthIssue).toContain('keep their stock');
});

it('a full feed of which no row can be read is refused', async () => {
  await expect(opened().record(feedOf(1, ['4.00638E+12']))).rejects.toThrow('No row of it can be read; row 1:');
  expect(sent).toEqual([]);
});
