import { expect, it } from '@jest/globals';
import { described, instant, integer, object, text } from '#schema';
import { biViewSql, itemsSql, plainColumns, itemColumns, moneyColumns } from './bi-view.js';
import { column, nullable, primary } from './read-table.js';

const line = { sku: described(text, 'The SKU'), 'soldAt?': described(instant, 'Business time'), price: object({}) };
const columns = {
  orderId: primary(column.text('Id of the order')),
  paidAmount: nullable(column.bigint('Paid so far')),
  tags: column.texts('For search'),
  lines: column.json({}),
};

it('shows columns with their types and descriptions', () => {
  expect(plainColumns(columns, 'orderId', 'tags')).toEqual({
    order_id: { type: 'text', sql: 'r.order_id', meaning: 'Id of the order' },
    tags: { type: 'text[]', sql: 'r.tags', meaning: 'For search' },
  });
  expect(moneyColumns(columns, 'paidAmount')['paid_amount']).toMatchObject({ type: 'numeric', meaning: 'Paid so far' });
});

it('refuses to show what has no description', () => {
  expect(() => plainColumns(columns, 'lines')).toThrow('The column lines has no description');
  expect(() => itemColumns(line, 'price')).toThrow('The column price has no description');
});

it('shows the items of a list', () => {
  expect(itemColumns(line, 'sku', 'soldAt')).toEqual({
    sku: { type: 'text', sql: 't.sku', meaning: 'The SKU' },
    sold_at: { type: 'timestamptz', sql: 't.sold_at', meaning: 'Business time' },
  });
  expect(itemsSql('r.lines', { sku: text, quantity: integer })).toMatch(
    /jsonb_to_recordset\(r\.lines\) AS \("sku" text, "quantity" bigint\)\)\s+WITH ORDINALITY AS t\(sku, quantity, rank\)/,
  );
});

it('makes the query and the comments from the columns', () => {
  const sql = biViewSql({
    name: 'order',
    comment: "One row per order: the buyer's",
    columns: plainColumns(columns, 'orderId'),
    from: 'read.o r',
  });
  expect(sql).toContain('CREATE OR REPLACE VIEW bi."order" AS SELECT r.order_id AS "order_id" FROM read.o r;');
  expect(sql).toContain(`COMMENT ON VIEW bi."order" IS 'One row per order: the buyer''s';`);
  expect(sql).toContain(`COMMENT ON COLUMN bi."order"."order_id" IS 'Id of the order';`);
});
