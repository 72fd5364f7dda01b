import { describe, expect, it } from '@jest/globals';
import { checkPlan } from './check-plan.js';
import { type AllocatedLine, type Allocation } from './order-messages.js';
import { aLine, allocation } from './samples.js';

const check = (lines: Parameters<typeof checkPlan>[1], ...allocations: Allocation[]) =>
  checkPlan({ attempt: 1, allocations, candidates: [], policyVersion: 1 }, lines);
const refused = expect.objectContaining({ code: 'plan-incomplete' });

const two = [aLine('1', { quantity: 2 })];
const pickup = [aLine('1', { quantity: 2, method: 'pickup', locationId: 'leeds' })];
const parts = (...lines: AllocatedLine[]) => ({ lines });

describe('a plan', () => {
  it('allocates the ordered units of each line', () => {
    const plan = check(two, allocation('r-1', { '1': 1 }), allocation('r-2', { '1': 1 }, { locationId: 'leeds' }));
    expect(plan.allocations).toHaveLength(2);
  });
  it('may be empty if no location can serve the order', () => expect(check(two).allocations).toEqual([]));
  it('may allocate another location that sends the goods to the pickup store', () =>
    expect(
      check(pickup, allocation('r-1', { '1': 2 }, parts({ lineId: '1', quantity: 2, pickupAt: 'leeds' }))),
    ).toBeDefined());

  it.each<[string, typeof two, Allocation]>([
    ['too few units', two, allocation('r-1', { '1': 1 })],
    ['too many units', two, allocation('r-1', { '1': 3 })],
    ['an unknown line', two, allocation('r-1', { '1': 2, '2': 1 })],
    ['an allocation of another quantity than its lines', two, allocation('r-1', { '1': 2 }, { quantity: 3 })],
    ['another location than the line names', pickup, allocation('r-1', { '1': 2 })],
    [
      'another pickup store than the line names',
      pickup,
      allocation('r-1', { '1': 2 }, parts({ lineId: '1', quantity: 2, pickupAt: 'hull' })),
    ],
  ])('is refused with %s', (_, lines, wrong) => {
    expect(() => check(lines, wrong)).toThrow(refused);
  });
});
