import { expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { type FoldedProjection, type Projection } from './projection.js';
import { column, primary, readTable } from './read-table.js';

interface Shelf {
  readonly sku: string;
  readonly onHand: number;
}

const shelf: FoldedProjection<Shelf, 'sku', Message<'Received', { quantity: number }>> = {
  name: 'shelf',
  version: 1,
  categories: ['stock'],
  table: readTable<Shelf>('shelf', { sku: primary(column.text()), onHand: column.integer() }, [
    { columns: ['onHand'], where: 'on_hand < 0' },
  ]),
  channelColumn: 'sku',
  keysOf: ({ stream }) => [{ sku: stream }],
  project: (row, { event }, key) => ({ ...key, onHand: (row?.onHand ?? 0) + event.data.quantity }),
};

it('puts typed projections into one registry', () => {
  const registry: readonly Projection[] = [shelf];
  expect(Object.keys(registry[0]?.table.options.columns ?? {})).toEqual(['revision', 'position', 'sku', 'onHand']);
});
