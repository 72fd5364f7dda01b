import { describe, expect, it } from '@jest/globals';
import { customerIdOf } from './customers.js';
import { compare, readExpected } from './figures.js';

const names = (comparison: ReturnType<typeof compare>) => comparison.differing.map(({ name }) => name);

describe('figures', () => {
  it('are equal only if they agree to the last decimal', () => {
    expect(compare('2011-08', { revenue: '1.230', rows: 3 }, { revenue: '1.230', rows: 3 })).toEqual({
      compared: 2,
      differing: [],
      unanswered: [],
    });
    expect(compare('2011-08', { revenue: '1.230' }, { revenue: '1.231' }).differing).toEqual([
      { name: '2011-08 revenue', expected: '1.230', actual: '1.231' },
    ]);
    expect(names(compare('all', { rows: 3 }, { rows: '3' }))).toEqual(['all rows']);
  });

  it('of several parts are compared part by part, also unexpected parts', () => {
    const comparison = compare('all', { kinds: { sale: 1, cancel: 2 } }, { kinds: { sale: 1, adjust: 3 } });
    expect(comparison.compared).toBe(3);
    expect(names(comparison)).toEqual(['all kinds.cancel', 'all kinds.adjust']);
  });

  it('of a kind that does not occur are 0', () => {
    const expected = { kinds: { sale: 1, adjust: 0 }, classes: { fee: [0, 0, '0.000'] } };
    const found = { kinds: { sale: 1, cancel: 0 }, classes: {} };
    expect(compare('all', expected, found)).toMatchObject({ compared: 4, differing: [] });
  });

  it('that do not follow from a file are not answered', () => {
    const name = 'return_rows_not_fully_covered_in_time_order';
    expect(compare('all', { [name]: 3 }, { [name]: null })).toMatchObject({
      compared: 0,
      unanswered: [{ name: `all ${name}`, why: expect.stringContaining('of the same minute') }],
    });
  });

  it('in a list depend on its order', () => {
    expect(
      names(
        compare(
          'all',
          {
            top: [
              ['a', 2],
              ['b', 1],
            ],
          },
          {
            top: [
              ['b', 1],
              ['a', 2],
            ],
          },
        ),
      ),
    ).toEqual(['all top']);
  });

  it('without an answer are listed with the reason', () => {
    expect(compare('all', { rows_without_description: 82, phase_of_the_moon: 1 }, {}).unanswered).toEqual([
      { name: 'all rows_without_description', why: expect.stringContaining('no description') },
      { name: 'all phase_of_the_moon', why: 'no such figure is known' },
    ]);
  });

  it('show customers by their number where it is known', () => {
    const top = (name: string) => ({ top5_customers_by_revenue_net: [[name, '1.000']] });
    expect(names(compare('all', top('14646.0'), top(customerIdOf('14646'))))).toEqual([]);
    expect(names(compare('all', top('14646.0'), top(customerIdOf('14647'))))).toHaveLength(1);
  });

  it('that cannot be read lead to an error with the name of the file', async () => {
    await expect(readExpected('/nope.json')).rejects.toThrow('/nope.json cannot be read: ENOENT');
  });
});
