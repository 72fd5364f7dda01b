import { describe, expect, it } from '@jest/globals';
import { instrumentIdOf, returnCreditIdOf, storeCreditIdOf, withAccounts, withoutCodes } from './instruments.js';

const digest = (kind: string, value: string) => `${kind}:${Array.from(value).reverse().join('')}`;

describe('the id of an instrument', () => {
  it.each(['abcd-1234', ' ABCD 1234 ', 'ＡＢＣＤ1234'])('is the same when its code is typed %s', (code) =>
    expect(instrumentIdOf('gift-card', code, digest)).toBe('cgift-card:4321DCBA'),
  );

  it('is another for a voucher of the same code', () =>
    expect(instrumentIdOf('voucher', 'ABCD1234', digest)).not.toBe(instrumentIdOf('gift-card', 'ABCD1234', digest)));

  it('takes the place of the code in a tender', () =>
    expect(
      withoutCodes(
        [
          { tenderId: '1', kind: 'gift-card', code: 'AB' },
          { tenderId: '2', kind: 'voucher', code: 'AB' },
          { tenderId: '3', kind: 'card', code: 'AB' },
          { tenderId: '4', kind: 'cash' },
        ],
        digest,
      ),
    ).toEqual([
      { tenderId: '1', kind: 'gift-card', instrumentId: 'cgift-card:BA' },
      { tenderId: '2', kind: 'voucher', instrumentId: 'cvoucher:BA' },
      { tenderId: '3', kind: 'card' },
      { tenderId: '4', kind: 'cash' },
    ]));
});

describe('store credit', () => {
  it('is an account of one customer in one currency', () => {
    const ids = [storeCreditIdOf('c-1', 'EUR'), storeCreditIdOf('c-1', 'GBP'), storeCreditIdOf('c-2', 'EUR')];
    expect(new Set(ids).size).toBe(3);
    expect(storeCreditIdOf('c-1', 'EUR')).toBe(ids[0]);
  });

  it('is spent by orders of its customer only', () => {
    const tenders = [{ kind: 'store-credit' }, { kind: 'cash' }];
    const account = { kind: 'store-credit', instrumentId: storeCreditIdOf('c-1', 'EUR') };
    expect(withAccounts(tenders, { customerId: 'c-1', currency: 'EUR' })).toEqual([account, { kind: 'cash' }]);
    const forGuest = () => withAccounts(tenders, { currency: 'EUR' });
    expect(forGuest).toThrow(expect.objectContaining({ code: 'customer-required' }));
  });
});

it('the credit of a return pays before that of the customer', () => {
  const said = [
    { kind: 'store-credit', returnId: 'r-1' },
    { kind: 'card', returnId: 'r-1' },
  ];
  const named = [{ kind: 'store-credit', instrumentId: returnCreditIdOf('r-1') }, { kind: 'card' }];
  expect(withoutCodes(said, digest)).toEqual(named);
  expect(withAccounts(named, { customerId: 'c-1', currency: 'EUR' })).toEqual(named);
});

it('a gift card without its code pays for nothing', () => {
  const named = [{ kind: 'gift-card', instrumentId: 'c1' }];
  expect(withAccounts(named, { currency: 'EUR' })).toEqual(named);
  const nameless = () => withAccounts([{ kind: 'voucher' }], { currency: 'EUR' });
  expect(nameless).toThrow(expect.objectContaining({ code: 'code-required' }));
});
