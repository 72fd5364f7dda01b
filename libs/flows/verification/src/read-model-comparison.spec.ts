import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventDefinitions } from '#registry';
import { asPosition, type Recorded } from '#event-store';
import { InvariantChecks } from './invariant-checks.js';
import { tradingDay } from './trading-day.fixture.js';

let day: readonly Recorded[];

beforeAll(async () => {
  ({ events: day } = await tradingDay());
});

describe('the comparison of read models with the log', () => {
  const onHand = 7; // 8 were counted and 1 was sold after that; the sales before that time had been counted
  const tea = { sku: 'TEA', locationId: 'london', onHand, moved: onHand };
  const row = { lineId: '1', ordered: 3, open: 0, allocated: 0, fulfilled: 0, cancelled: 3 };
  const rows = [
    { orderId: 'o-1', lines: [row] },
    { orderId: 'o-2', lines: [{ ...row, fulfilled: 3, cancelled: 0 }] },
  ];
  const compareAfterDay = (compare: (checks: InvariantChecks) => void) => {
    const checks = new InvariantChecks(eventDefinitions);
    for (const recorded of day) checks.check(recorded);
    compare(checks);
    return checks.checkers.flatMap(({ invariant, violations }) =>
      violations.map(({ sentence }) => `${invariant.id}: ${sentence}`),
    );
  };

  it('finds no violation where they agree', () => {
    expect(compareAfterDay((checks) => checks.stockAddsUp.compare([tea]))).toEqual([]);
    expect(compareAfterDay((checks) => checks.orderLinesAddUp.compare(rows))).toEqual([]);
  });

  it('finds a stock position that was changed', () => {
    expect(compareAfterDay((checks) => checks.stockAddsUp.compare([{ ...tea, onHand: 99 }]))).toEqual([
      'I4: 7 units are on hand, but read.stock_position says 99',
    ]);
  });

  it('finds a movement that was deleted', () => {
    expect(compareAfterDay((checks) => checks.stockAddsUp.compare([{ ...tea, moved: -4 }]))).toEqual([
      'I4: 7 units have moved, but read.stock_movement adds up to -4',
    ]);
  });

  it('finds stock that is not in the log', () => {
    expect(compareAfterDay((checks) => checks.stockAddsUp.compare([tea, { ...tea, sku: 'MUG' }]))).toEqual([
      'I4: The read models show stock that is not in the log',
    ]);
  });

  it('finds an order line that was changed', () => {
    const changed = [{ orderId: 'o-1', lines: [{ ...row, open: 1, cancelled: 2 }] }, ...rows.slice(1)];
    expect(compareAfterDay((checks) => checks.orderLinesAddUp.compare(changed))).toEqual([
      'I6: Line 1: 3 = 0 + 0 + 0 + 3, but read.order_status says 3 = 1 + 0 + 0 + 2',
    ]);
  });

  it('finds an order that is missing', () => {
    expect(compareAfterDay((checks) => checks.orderLinesAddUp.compare(rows.slice(1)))).toEqual([
      'I6: read.order_status has no row for the order',
    ]);
  });

  it('finds any row that a fresh fold of the log would not produce', () => {
    const digest = (text: string) => ({ rows: 1, digest: text });
    const audited = {
      name: 'customer',
      live: digest('a'),
      fresh: digest('b'),
      differences: [{ key: 'c-1', live: 'different', position: asPosition(7) } as const],
    };
    expect(compareAfterDay((checks) => checks.readModelsMatch.compare([audited]))).toEqual([
      'I11: The row c-1 is different',
    ]);
  });
});
