import { describe, expect, it } from '@jest/globals';
import { checkPlan } from './complete-plan.js';
import { type AllocatedLine, type Allocation } from './order-messages.js';
import { aLine, allocation } from './samples.js';

const check = (lines: Parameters<typeof checkPlan>[1], ...allocations: Allocation[]) =>
  checkPlan({ attempt: 1, allocations, candidates: [], policyVersion: 1 }, lines);
const refused = expect.objectContaining({ code: 'plan-incomplete' });

const two = [aLine('1', { quantity: 2 })];
const pickup = [aLine('1', { quantity: 2, method: 'pickup', locationId: 'leeds' })];
const parts = (...lines: AllocatedLine[]) => ({ lines });

describe('a plan', () => {
  it('gives each line what it ordered', () => {
    const plan = check(two, allocation('r-1', { '1': 1 }), allocation('r-2', { '1': 1 }, { locationId: 'leeds' }));
    expect(plan.allocations).toHaveLength(2);
  });
  it('may be empty: nobody can', () => expect(check(two).allocations).toEqual([]));
  it('may send to the store what is picked up there', () =>
    expect(
      check(pickup, allocation('r-1', { '1': 2 }, parts({ lineId: '1', quantity: 2, pickupAt: 'leeds' }))),
    ).toBeDefined());

  it.each<[string, typeof two, Allocation]>([
    ['too little', two, allocation('r-1', { '1': 1 })],
    ['too much', two, allocation('r-1', { '1': 3 })],
    ['a line that is not there', two, allocation('r-1', { '1': 2, '2': 1 })],
    ['another sum than its lines', two, allocation('r-1', { '1': 2 }, { quantity: 3 })],
    ['from another place than it was ordered from', pickup, allocation('r-1', { '1': 2 })],
    ['for another store', pickup, allocation('r-1', { '1': 2 }, parts({ lineId: '1', quantity: 2, pickupAt: 'hull' }))],
  ])('never gives %s', (_, lines, wrong) => {
    expect(() => check(lines, wrong)).toThrow(refused);
  });
});
