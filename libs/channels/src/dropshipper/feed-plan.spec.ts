import { describe, expect, it } from '@jest/globals';
import { type FeedKnowledge, planFeed } from './feed-plan.js';
import { parseStockFeed } from './stock-feed-rows.js';

const knowing = (onHand: Readonly<Record<string, number>>, mapped: Readonly<Record<string, string>> = {}) => ({
  mapped: new Map(Object.entries(mapped)),
  known: new Set(Object.keys(onHand)),
  onHand: new Map(Object.entries(onHand)),
});
const plan = (csvRows: string, knowledge: FeedKnowledge, mode: 'full' | 'delta' = 'full') =>
  planFeed({ mode, ...parseStockFeed('csv', `sku;quantity;delta\n${csvRows}\n`) }, knowledge);

describe('a full feed', () => {
  it('sets what it leaves out to 0, and says what is new and what has no stock any more', () =>
    expect(plan('MUG;5\nCUP;0\nPOT;1\nLID;0', knowing({ MUG: 1, CUP: 2, JUG: 3, PAN: 0, LID: 0 }))).toMatchObject({
      absent: ['JUG'],
      zeroed: ['JUG', 'CUP'],
      newSkus: ['POT'],
      kept: [],
      stocked: 3,
    }));

  it('changes nothing of a SKU whose row is wrong, under whichever name', () =>
    expect(plan('theirs;many', knowing({ MUG: 1, CUP: 1 }, { theirs: 'MUG' }))).toMatchObject({
      absent: ['CUP'],
      wrong: [{ row: 1, sku: 'MUG' }],
    }));

  it('changes nothing of a SKU that is there more than once, under whichever name', () =>
    expect(plan('MUG;5\ntheirs;0\nCUP;1', knowing({ MUG: 1, CUP: 1 }, { theirs: 'MUG' }))).toMatchObject({
      rows: [{ sku: 'CUP' }],
      absent: [],
      wrong: [
        { row: 1, sku: 'MUG' },
        { row: 2, sku: 'MUG' },
      ],
    }));

  it.each(['', '4.00638E+12', '4,00638E+12', '12-Mar', 'Mar-12', '#REF!', '~'])(
    'empties no shelf because of a row whose SKU cannot be read: "%s"',
    (code) =>
      expect(plan(`${code};8\nMUG;5`, knowing({ MUG: 1, CUP: 2 }))).toMatchObject({
        rows: [{ sku: 'MUG' }],
        absent: [],
        kept: ['CUP'],
        zeroed: [],
        newSkus: [],
        wrong: [{ row: 1 }],
      }),
  );

  it.each([
    ['12345', '0012345'],
    ['12345.0', '12345'],
    ['4006381333931,00', '4006381333931'],
    ['mug', 'MUG'],
  ])('makes no article %s where there is %s', (code, sku) =>
    expect(plan(`${code};many\n${code};8\nCUP;5`, knowing({ [sku]: 1, CUP: 1 }))).toMatchObject({
      rows: [{ sku: 'CUP' }],
      absent: [],
      newSkus: [],
      wrong: [
        { row: 1, sku },
        { row: 2, sku, problem: expect.stringContaining(`"${code}" is not known, but ${sku} is`) },
      ],
    }),
  );

  it('takes a code that looks damaged where it is known, is mapped, or occurs together with the other', () => {
    const knowledge = knowing({ '12345': 1, '1E+12': 1, '007': 1 }, { '12-Mar': 'MAR-12' });
    expect(plan('12345;2\n0012345;3\n1E+12;2\n12-Mar;4\n007;1', knowledge)).toMatchObject({
      rows: [{ sku: '12345' }, { sku: '0012345' }, { sku: '1E+12' }, { sku: 'MAR-12' }, { sku: '007' }],
      wrong: [],
    });
  });
});

it('a delta feed leaves alone what it does not name, and says what has no stock any more', () =>
  expect(plan('MUG;;-5\nCUP;;-1\nJUG;0', knowing({ MUG: 5, CUP: 2, JUG: 3, PAN: 4 }), 'delta')).toMatchObject({
    absent: [],
    zeroed: ['MUG', 'JUG'],
  }));
