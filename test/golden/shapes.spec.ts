/**
 * Keeps the shape of stored events from changing unnoticed. shapes.json has the shape of each type at its version; `UPDATE_SHAPES=1 npm run unit` adds new types and new versions, and nothing else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { shapesOf } from './shapes.js';
import { definitions } from './stream-types.js';

interface Shape {
  readonly version: number;
  readonly shape: string;
}

const FILES = [
  'libs/commerce/stock/src/domain/stock-messages.ts',
  'libs/commerce/stock/src/domain/transfer.ts',
  'libs/commerce/stock/src/domain/kit.ts',
  'libs/commerce/network/src/domain/network.ts',
  'libs/commerce/sourcing/src/domain/policy.ts',
  'libs/commerce/orders/src/domain/order-messages.ts',
  'libs/commerce/fulfillment/src/domain/fulfillment-messages.ts',
  'libs/commerce/fulfillment/src/domain/shipment.ts',
  'libs/commerce/returns/src/domain/return-state.ts',
  'libs/commerce/orders/src/domain/ledger-entry.ts',
  'libs/commerce/customers/src/domain/customer.ts',
  'libs/commerce/payments/src/domain/payment-messages.ts',
  'libs/commerce/vouchers/src/domain/instrument-messages.ts',
  'libs/commerce/carts/src/domain/cart-messages.ts',
  'libs/commerce/carts/src/domain/appointment.ts',
  'libs/commerce/carts/src/domain/reorder-button.ts',
  'libs/platform/process-manager/src/refusal-stream.ts',
];
const COMMITTED = join(__dirname, 'shapes.json');

const readCommitted = () => JSON.parse(readFileSync(COMMITTED, 'utf8')) as Record<string, Shape>;

/** What is wrong with a type and how to fix it. */
const complaint = (type: string, now: Shape | undefined, before: Shape | undefined): string | undefined => {
  if (!now) return `${type} is gone, but its events are still in the logs: keep its definition and its type.`;
  if (!before || now.version > before.version) {
    return `${type} is new in version ${now.version}: add test/golden/events/${type}.v${now.version}.json and run with UPDATE_SHAPES=1.`;
  }
  if (now.version < before.version) return `${type} has gone back from version ${before.version} to ${now.version}.`;
  if (now.shape === before.shape) return undefined;
  return (
    `${type} has changed within version ${now.version}: raise its version in the definitions and add the upcaster ` +
    `from ${now.version} (libs/platform/kernel/src/events.ts).\n  was ${before.shape}\n  is  ${now.shape}`
  );
};

it('no event changes its shape without a new version', () => {
  const shapes = shapesOf(join(__dirname, '../..'), FILES);
  expect(Object.keys(shapes).sort()).toEqual(Object.keys(definitions).sort());
  const now: Record<string, Shape> = {};
  for (const [type, { version }] of Object.entries(definitions)) now[type] = { version, shape: shapes[type] ?? '' };

  if (process.env['UPDATE_SHAPES']) {
    const before = readCommitted();
    const added = Object.entries(now).filter(([type, { version }]) => version > (before[type]?.version ?? 0));
    const all = Object.entries({ ...before, ...Object.fromEntries(added) }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(COMMITTED, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  }

  const before = readCommitted();
  const types = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  expect(types.flatMap((type) => complaint(type, now[type], before[type]) ?? [])).toEqual([]);
});
